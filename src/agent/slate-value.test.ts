import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ortEngine } from '../adapters/index.ts';
import { rng } from '../core/index.ts';
import { graph } from '../math/index.ts';
import { bestSlate } from './slate-value.ts';

const [items, k] = [6, 2];

/** The best value over every ordered slate, one by one. */
function byEnumeration(q: number[], logits: number[], position: number[]): number {
  let best = -Infinity;
  for (let a = 0; a < items; a++)
    for (let b = 0; b < items; b++) {
      if (a === b) continue;
      const weights = [a, b].map((item, slot) => Math.exp(logits[item]! + position[slot]!));
      const nothing = Math.exp(logits[items]!);
      const worth = nothing * q[items]! + weights[0]! * q[a]! + weights[1]! * q[b]!;
      best = Math.max(best, worth / (nothing + weights[0]! + weights[1]!));
    }
  return best;
}

test('is worth what the best of all slates is worth, and its scores pick that slate', async () => {
  const g = graph();
  const best = bestSlate(
    g.input('q', [1, items + 1]),
    g.input('logits', [1, items + 1]),
    g.input('position', [k]),
  );
  g.output('value', best.value);
  g.output('scores', best.scores);
  const program = await (await ortEngine()).compile(g.bytes());
  await fc.assert(
    fc.asyncProperty(fc.integer(), async (seed) => {
      const chance = rng(seed);
      const draw = (n: number): Float32Array => Float32Array.from({ length: n }, () => chance.normal());
      const [q, logits] = [draw(items + 1), draw(items + 1)];
      // The first position pulls most, as lists are read from the top.
      const position = draw(k).sort((a, b) => b - a);
      const value = new Float32Array(1);
      const scores = new Float32Array(items);
      await program.bind(
        {
          q: { data: q, shape: [1, items + 1] },
          logits: { data: logits, shape: [1, items + 1] },
          position: { data: position, shape: [k] },
        },
        { value: { data: value, shape: [1, 1] }, scores: { data: scores, shape: [1, items] } },
      )();
      const expected = byEnumeration([...q], [...logits], [...position]);
      expect(value[0]).toBeCloseTo(expected, 4);
      const order = [...scores.keys()].sort((a, b) => scores[b]! - scores[a]!);
      const picked = order.slice(0, k).map((item, slot) => Math.exp(logits[item]! + position[slot]!));
      const nothing = Math.exp(logits[items]!);
      const worth =
        (nothing * q[items]! + picked[0]! * q[order[0]!]! + picked[1]! * q[order[1]!]!) /
        (nothing + picked[0]! + picked[1]!);
      expect(worth).toBeCloseTo(expected, 4);
    }),
    { numRuns: 50, seed: 1 },
  );
});
