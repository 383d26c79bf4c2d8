import { expect, test } from 'vitest';
import { rng, sequencesOf } from '../core/index.ts';
import { embedShopper, itemEmbeddings } from './item-embeddings.ts';

const [kinds, each, size] = [3, 5, 4];
const stream = rng(4);
/** Shoppers keep to one kind, but for one item in ten; item 15 is never taken. */
const histories = Array.from({ length: 120 }, (_, u) =>
  Array.from({ length: 12 }, () => {
    const kind = stream.float() < 0.1 ? stream.int(kinds) : u % kinds;
    return kind * each + stream.int(each);
  }),
);
const embeddings = itemEmbeddings(sequencesOf(histories, kinds * each + 1), size);
const vector = (item: number): number[] => embeddings.vectors.slice(item * size, (item + 1) * size);
const cosine = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, x, i) => sum + x * b[i]!, 0) /
  (Math.hypot(...Array.from(a)) * Math.hypot(...Array.from(b)));

test('what is taken together points the same way, what is not does not', () => {
  for (let a = 0; a < kinds * each; a++) {
    const near = (kind: number): number => {
      const others = Array.from({ length: each }, (_, i) => kind * each + i).filter((b) => b !== a);
      return others.reduce((sum, b) => sum + cosine(vector(a), vector(b)), 0) / others.length;
    };
    const own = Math.floor(a / each);
    expect(near(own)).toBeGreaterThan(0.6);
    for (const kind of [0, 1, 2]) if (kind !== own) expect(near(kind)).toBeLessThan(near(own) - 0.4);
  }
  expect(vector(15)).toEqual([0, 0, 0, 0]);
  expect(Math.hypot(...vector(0))).toBeCloseTo(1, 4);
});
test('the same histories give the same numbers', () => {
  expect(itemEmbeddings(sequencesOf(histories, kinds * each + 1), size)).toEqual(embeddings);
});
test('a shopper is where they were lately: old things fade, half in 30 days', () => {
  const day = 86_400_000;
  const out = new Float32Array(6).fill(9);
  const at = (taken: readonly { item: number; time: number }[], now: number): Float32Array => {
    embedShopper(embeddings, taken, now, out, 1);
    return out.slice(1, 5);
  };
  const moved = [
    { item: 0, time: 0 },
    { item: 5, time: 30 * day },
  ];
  const here = at(moved, 30 * day);
  const expected = vector(0).map((x, c) => 0.5 * x + vector(5)[c]!);
  expect(cosine(here, expected)).toBeCloseTo(1, 5);
  expect(Math.hypot(...here)).toBeCloseTo(1, 5);
  expect([...at([], 0)]).toEqual([0, 0, 0, 0]);
  expect([out[0], out[5]]).toEqual([9, 9]);
});
