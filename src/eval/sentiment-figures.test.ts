import { expect, test } from 'vitest';
import { sentimentFigures } from './sentiment-figures.ts';

const about = { source: 'made up', simulated: false };
const score = (text: string): number => Number(text);

test('counts by the usual cut-offs, the cut-offs themselves included', async () => {
  const figures = await sentimentFigures(
    ['0.05', '0.049', '-0.05', '-0.049', ' ', '0'].map((text) => ({ text })),
    score,
    about,
  );
  expect(figures).toEqual({ ...about, positive: 1, neutral: 3, negative: 1 });
});

test('means by stars and by period, oldest first', async () => {
  const figures = await sentimentFigures(
    [
      { text: '1', timestamp: Date.UTC(2014, 1), stars: 5 },
      { text: '0.5', timestamp: Date.UTC(2004, 5), stars: 5 },
      { text: '-1', timestamp: Date.UTC(2004, 6), stars: 1 },
    ],
    score,
    about,
  );
  expect(figures?.byStars).toEqual([
    { stars: 1, mean: -1, texts: 1 },
    { stars: 5, mean: 0.75, texts: 2 },
  ]);
  expect(figures?.trend?.map(({ period, mean, texts }) => [period, mean, texts])).toEqual([
    ['2004', -0.25, 2],
    ['2014', 1, 1],
  ]);
});

test('no texts, no figures', async () => expect(await sentimentFigures([], score, about)).toBeUndefined());
