import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Rng, rng } from '../../core/index.ts';
import { loadKernels } from './load-kernels.ts';
import { plainKernels } from './plain-kernels.ts';
import { buildTopK } from './top-k-index.ts';

/** Every row scored and sorted, ties to the lowest number. */
function bruteForce(
  items: Float32Array,
  n: number,
  width: number,
  query: Float32Array,
  k: number,
  mask?: Uint8Array,
) {
  const scored = Array.from({ length: n }, (_, item) => {
    const sums = [0, 0, 0, 0];
    const whole = width & ~3;
    for (let j = 0; j < width; j++) sums[j < whole ? j & 3 : 0]! += query[j]! * items[item * width + j]!;
    return { item, score: sums[0]! + sums[1]! + (sums[2]! + sums[3]!) };
  }).filter(({ item }) => !mask || mask[item]);
  scored.sort((a, b) => b.score - a.score || a.item - b.item);
  return scored.slice(0, k);
}

/** Rows of very different kinds: normal, zero, repeated, huge, tiny, one number only, few distinct values. */
function row(chance: Rng, width: number, earlier: Float32Array): number[] {
  const size = 10 ** (chance.int(60) - 30);
  switch (chance.int(8)) {
    case 0:
      return Array(width).fill(0);
    case 1:
      return earlier.length > 0 ? [...earlier.subarray(0, width)] : Array(width).fill(1);
    case 2:
      return Array.from({ length: width }, () => chance.normal() * size);
    case 3:
      return Array.from({ length: width }, (_, j) => (j === 0 ? size : 0));
    case 4:
      return Array.from({ length: width }, () => chance.int(3) - 1);
    default:
      return Array.from({ length: width }, () => chance.normal());
  }
}

test('finds exactly what sorting everything finds, ties, zeros and huge rows included', () => {
  const kernels = [loadKernels({ bytes: 2 ** 28 }), plainKernels()];
  fc.assert(
    fc.property(
      fc.integer(),
      fc.integer({ min: 0, max: 900 }),
      fc.integer({ min: 1, max: 70 }),
      fc.integer({ min: 0, max: 40 }),
      fc.boolean(),
      (seed, n, width, k, masked) => {
        const chance = rng(seed);
        const items = new Float32Array(n * width);
        for (let i = 0; i < n; i++) items.set(row(chance, width, items.subarray(0, i * width)), i * width);
        const mask = masked ? Uint8Array.from({ length: n }, () => chance.int(4) && 1) : undefined;
        for (const query of [row(chance, width, items), row(chance, width, items)].map((each) =>
          Float32Array.from(each),
        )) {
          const wanted = bruteForce(items, n, width, query, k, mask);
          for (const each of kernels) {
            const also = Int32Array.from({ length: Math.min(n, 3) }, (_, i) => n - 1 - i);
            const index = buildTopK(items, n, width, each);
            const { items: found, scores, also: its } = index.search(query, k, mask, also);
            const every = new Map(bruteForce(items, n, width, query, n).map((x) => [x.item, x.score]));
            expect([...its]).toEqual([...also].map((item) => Math.fround(every.get(item)!)));
            expect([...found]).toEqual(wanted.map(({ item }) => item));
            expect([...scores]).toEqual(wanted.map(({ score }) => Math.fround(score)));
          }
        }
      },
    ),
    { numRuns: 150 },
  );
});

test('guessed floors leave nothing out: many rows, few allowed, all alike, the best beside one another', () => {
  const [n, width, sampled] = [9000, 16, 1024];
  const chance = rng(3);
  const normal = Float32Array.from({ length: n * width }, () => chance.normal());
  const alike = new Float32Array(n * width).fill(1);
  const beside = Float32Array.from(normal, (x, at) => (at < 40 * width ? 10 + x : x));
  // The rows that are looked at first are the best, so that the first floor is too high.
  const misleading = Float32Array.from(normal, (x, at) => {
    const row = Math.floor(at / width);
    return row === Math.floor((Math.ceil((row * sampled) / n) * n) / sampled) ? x + 5 : x;
  });
  const few = Uint8Array.from({ length: n }, (_, i) => Number(i % 700 === 0));
  const query = new Float32Array(width).fill(1);
  for (const items of [normal, alike, beside, misleading])
    for (const mask of [undefined, few])
      for (const k of [1, 10, 30, 500, 8000, n]) {
        const { items: found } = buildTopK(items, n, width).search(query, k, mask);
        expect([...found]).toEqual(bruteForce(items, n, width, query, k, mask).map(({ item }) => item));
      }
});

test('rows in rising order of score are the worst case, and still right', () => {
  const [n, width] = [5000, 64];
  const items = Float32Array.from({ length: n * width }, (_, at) => 1 + Math.floor(at / width) * 1e-6);
  const { items: found } = buildTopK(items, n, width).search(new Float32Array(width).fill(1), 5);
  expect(found[0]).toBeGreaterThan(n - 3);
  expect([...found]).toEqual(
    bruteForce(items, n, width, new Float32Array(width).fill(1), 5).map((each) => each.item),
  );
});

test('more than there are, none at all, and everything masked', () => {
  const index = buildTopK(Float32Array.of(1, 2, 3), 3, 1);
  expect([...index.search(Float32Array.of(1), 10).items]).toEqual([2, 1, 0]);
  expect(index.search(Float32Array.of(1), 0).items.length).toBe(0);
  expect(index.search(Float32Array.of(1), 2, new Uint8Array(3)).items.length).toBe(0);
  expect(buildTopK(new Float32Array(0), 0, 8).search(new Float32Array(8), 3).items.length).toBe(0);
});

test('numbers that are not finite are refused, and say where they are', () => {
  expect(() => buildTopK(Float32Array.of(1, Number.NaN), 1, 2)).toThrow('row 0, column 1 is NaN');
  const index = buildTopK(Float32Array.of(1, 2), 1, 2);
  expect(() => index.search(Float32Array.of(1, Infinity), 1)).toThrow('not finite');
  expect(() => index.search(Float32Array.of(1), 1)).toThrow('the query has 1');
});
