import { expect, test } from 'vitest';
import { rng, sequencesOf } from '../core/index.ts';
import { fitByPasses } from './fit-by-passes.ts';
import { windowsOf } from './sequence-windows.ts';

const lists = sequencesOf(
  Array.from({ length: 8 }, () => [0, 1, 2]),
  3,
);

/** A network of one weight, which counts the batches it learned from. */
async function weightAfter(hits: readonly number[], patience: number) {
  const weights = [new Float32Array(1)];
  let pass = 0;
  const report = await fitByPasses(
    {
      weights,
      state: { weights: weights[0]! },
      async update() {
        weights[0]![0]!++;
        return 1;
      },
    },
    lists,
    windowsOf(lists, 3),
    {
      batchSize: 100,
      places: 3,
      epochs: hits.length,
      patience,
      averaging: 0,
      rng: rng(1),
      judge: async () => ({ hits: hits[pass]!, ndcg: hits[pass++]! / 2 }),
    },
  );
  return { weight: weights[0]![0], ...report };
}

test('the passes that validation likes best remain, of equals the first', async () => {
  expect(await weightAfter([0.1, 0.3, 0.3, 0.2, 0.9], 2)).toMatchObject({ weight: 2, passes: 2, hits: 0.3 });
});

test('without a hit no pass is better than a later one, and patience waits for the first hit', async () => {
  expect(await weightAfter([0, 0, 0, 0, 0], 2)).toMatchObject({ weight: 5, passes: 5, hits: 0 });
  expect(await weightAfter([0, 0, 0, 0.1, 0, 0, 0.2], 2)).toMatchObject({ weight: 4, passes: 4, hits: 0.1 });
});
