import { expect, test } from 'vitest';
import { sentiment } from '../../math/index.ts';
import { reviewNumber, reviewTexts, textsPerStar } from './reviews.ts';

test('what is written agrees with the stars, and the stored sentiment is what sentiment(text) says', () => {
  for (const [stars, text, compound] of reviewTexts) {
    expect(sentiment(text).compound).toBe(compound);
    if (stars <= 2) expect(compound).toBeLessThan(-0.05);
    if (stars >= 4) expect(compound).toBeGreaterThan(0.05);
  }
});

test('every number of stars has its texts', () => {
  for (let stars = 1; stars <= 5; stars++) {
    for (let t = 0; t < textsPerStar; t++)
      expect(reviewTexts[reviewNumber(stars, t / textsPerStar)]![0]).toBe(stars);
  }
});
