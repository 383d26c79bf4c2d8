import { expect, test } from 'vitest';
import type { Policy } from '../agent/index.ts';
import { sequencesOf } from '../core/index.ts';
import { observationOf } from '../state/index.ts';
import type { ShopData } from './shop-data.ts';
import { validate } from './validate.ts';

const n = 12;
const cases = 150;
const encoding = { itemCount: n, shopperCount: 0 };

test('each case is ranked by its own policy, the whole catalogue but its history', async () => {
  const histories = Array.from({ length: cases }, (_, row) => [row % n]);
  const targets = Int32Array.from({ length: cases }, (_, row) => (row + 1) % n);
  const { size } = observationOf(encoding as never);
  const observations = new Float32Array(cases * size);
  histories.forEach(([item], row) => {
    observations[row * size] = item!;
  });
  const data = {
    validation: { inputs: sequencesOf(histories, n), targets, repeats: false, observations },
    encoder: { encoding },
  } as unknown as ShopData;
  /** Scores what was taken highest, and what came next by `next`, all else 0. */
  const scoring = (next: number) =>
    ({
      async evaluate(states: Float32Array, rows: number) {
        const values = new Float32Array(rows * n);
        for (let i = 0; i < rows; i++) {
          values[i * n + states[i * size]!] = 2;
          values[i * n + ((states[i * size]! + 1) % n)] = next;
        }
        return { n: rows, choices: n, values };
      },
    }) as unknown as Policy;
  const [right, wrong] = [scoring(1), scoring(-1)];
  expect(await validate(right, data)).toMatchObject({ 'hr@10': 1, 'ndcg@10': 1, mrr: 1, validated: cases });
  const last = await validate(wrong, data);
  expect(last['hr@10']).toBe(0);
  const mixed = await validate((row) => (row % 3 === 0 ? right : wrong), data);
  expect(mixed['hr@10']).toBeCloseTo(1 / 3, 6);
  expect(mixed.mrr).toBeCloseTo(1 / 3 + (2 / 3) * last.mrr, 6);
});
