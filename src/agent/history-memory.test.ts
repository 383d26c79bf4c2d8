import { expect, test } from 'vitest';
import { rng, sequencesOf } from '../core/index.ts';
import { type HistoryMemory, historyMemory } from './history-memory.ts';

const histories = (n: number) =>
  sequencesOf(
    Array.from({ length: n }, (_, i) => [i, i]),
    1000,
  );
const recalled = (memory: HistoryMemory): number => memory.recall(1000, 1000, rng(1)).n;

test('remembers no more than its capacity, each history with the same chance', () => {
  const counts = new Array<number>(20).fill(0);
  for (let seed = 0; seed < 2000; seed++) {
    const memory = historyMemory(5, false);
    memory.remember(histories(20), rng(seed));
    const { items, n } = memory.recall(1000, 1000, rng(seed));
    expect(n).toBe(5);
    for (let i = 0; i < items.length; i += 2) counts[items[i]!]!++;
  }
  // A quarter of 2,000 each, with a standard deviation of 19.
  for (const count of counts) expect(Math.abs(count - 500)).toBeLessThan(100);
});

test.each([
  ['raised', 30, 30],
  ['lowered', 4, 4],
])('a capacity that was %s holds from then on', (_, capacity, after) => {
  const memory = historyMemory(10, false);
  memory.remember(histories(40), rng(1));
  const again = historyMemory(capacity, false, memory.saved());
  expect(recalled(again)).toBe(Math.min(10, capacity));
  again.remember(histories(40), rng(2));
  expect(recalled(again)).toBe(after);
});
