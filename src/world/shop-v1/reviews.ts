/**
 * What shoppers write: stars, text, and the text's compound sentiment (VADER), kept here so that a step costs a look-up;
 * a test holds the third column equal to what `sentiment(text)` says. One to two stars are negative, four to five
 * positive (beyond +-.05, VADER's own cut-offs), three in between.
 */
export const reviewTexts = [
  [1, 'Terrible. It broke after two days and the refund was a nightmare.', -0.7096],
  [1, 'Awful quality, I am very disappointed.', -0.7501],
  [1, 'Do not buy this, it is useless and a waste of money.', -0.6808],
  [1, 'The worst thing I have bought in years. I hate it.', -0.8316],
  [1, 'Broken on arrival and bad service. Never again.', -0.765],
  [1, 'Looks nothing like the picture. Horrible.', -0.6818],
  [2, 'Poor quality for the price, I was disappointed.', -0.7351],
  [2, 'It does the job badly and feels cheap and weak.', -0.7184],
  [2, 'Not good. The fit is wrong and the colour is ugly.', -0.8725],
  [2, 'Annoying to use, I would not buy it again.', -0.4019],
  [2, 'The material is bad and it smells awful.', -0.7579],
  [2, 'I had problems with it from the first day.', -0.4019],
  [3, 'It is okay, nothing more.', 0.2263],
  [3, 'Does what it says. Neither here nor there.', 0],
  [3, 'Average. I expected a bit more for the price.', 0],
  [3, 'The size was different from the table, the rest is as described.', 0],
  [3, 'Arrived on time. I have used it twice so far.', 0],
  [3, 'Some things are good, some are bad.', -0.1531],
  [4, 'Good quality and it fits well.', 0.6124],
  [4, 'Nice, works as expected. I am happy with it.', 0.7579],
  [4, 'A solid buy, I like it.', 0.4767],
  [4, 'Pretty good for the price, delivery was fast.', 0.7269],
  [4, 'I enjoy using it, only the packaging could be better.', 0.7269],
  [4, 'Comfortable and well made, glad I bought it.', 0.8126],
  [5, 'Excellent! I love it and would buy it again.', 0.8478],
  [5, 'Perfect, the best I have ever had.', 0.836],
  [5, 'Wonderful quality, highly recommended.', 0.6997],
  [5, 'I am very happy, it is beautiful and works great.', 0.9184],
  [5, 'Fantastic value, everybody in the family loves it.', 0.8658],
  [5, 'Amazing. Better than I hoped, great gift too.', 0.946],
] as const satisfies readonly (readonly [stars: number, text: string, compound: number])[];

/** Texts for each number of stars. */
export const textsPerStar = 6;

/** The row of `reviewTexts` for stars 1 to 5 and a uniform number in [0, 1). */
export const reviewNumber = (stars: number, luck: number): number =>
  (stars - 1) * textsPerStar + Math.floor(luck * textsPerStar);
