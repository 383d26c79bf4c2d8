import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AdamStep, type Kernels, sparseProductRoom } from './kernels.ts';

/** What every keeper of `Kernels` must do: the same as these formulas in double precision, to float rounding. */
export function kernelsSuite(name: string, open: () => Kernels): void {
  describe(`kernels: ${name}`, () => {
    const kernels = open();
    const floats = (values: readonly number[]): Float32Array => {
      const array = kernels.floats(values.length);
      array.set(values);
      return array;
    };
    const ints = (values: readonly number[]): Int32Array => {
      const array = kernels.ints(values.length);
      array.set(values);
      return array;
    };
    const step: AdamStep = { learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, step: 1 };

    test('arrays are zero, of the length asked for, and do not overlap', () => {
      const all = [
        kernels.floats(5),
        kernels.ints(3),
        kernels.doubles(7),
        kernels.bytes(9),
        kernels.floats(0),
      ];
      expect(all.map((array) => array.length)).toEqual([5, 3, 7, 9, 0]);
      all.forEach((array, i) => {
        expect([...array].every((value) => value === 0)).toBe(true);
        array.fill(i + 1);
      });
      all.forEach((array, i) => {
        expect([...array].every((value) => value === i + 1)).toBe(true);
      });
    });

    test('adam follows the paper', () => {
      const number = fc.double({ min: -3, max: 3, noNaN: true });
      fc.assert(
        fc.property(
          fc.array(number, { minLength: 1, maxLength: 19 }),
          fc.array(number, { minLength: 19, maxLength: 19 }),
          (start, slopes) => {
            const theta = floats(start);
            const [m, v, gradient] = [0, 1, 2].map(() => kernels.floats(start.length)) as [
              Float32Array,
              Float32Array,
              Float32Array,
            ];
            const exact = start.map((value) => ({ value: Math.fround(value), m: 0, v: 0 }));
            for (let t = 1; t <= 4; t++) {
              gradient.set(slopes.slice(0, start.length).map((slope) => slope / t));
              kernels.adam(theta, m, v, gradient, { ...step, step: t, scale: 0.5 });
              exact.forEach((one, i) => {
                const g = gradient[i]! / 2;
                one.m = 0.9 * one.m + 0.1 * g;
                one.v = 0.999 * one.v + 0.001 * g * g;
                one.value -= (0.01 * (one.m / (1 - 0.9 ** t))) / (Math.sqrt(one.v / (1 - 0.999 ** t)) + 1e-8);
              });
            }
            exact.forEach((one, i) => {
              expect(Math.abs(theta[i]! - one.value)).toBeLessThan(3e-6);
            });
          },
        ),
        { numRuns: 50 },
      );
    });

    test('a mean gradient that has all but gone moves nothing and ends, rather than stay just above 0', () => {
      const [theta, m, v] = [
        floats([1, 2, 3, 4, 5]),
        floats([1e-30, -1e-30, 1e-20, 0, 1e-30]),
        floats([1, 1, 1, 1, 1]),
      ];
      kernels.adam(theta, m, v, kernels.floats(5), { ...step, step: 1000 });
      expect([...theta]).toEqual([1, 2, 3, 4, 5]);
      expect([...m]).toEqual([0, 0, Math.fround(Math.fround(0.9) * Math.fround(1e-20)), 0, 0]);
      expect([...v]).toEqual(Array(5).fill(Math.fround(0.999)));
    });

    test('what has no mean gradient stays where it is, beside what has one and without an epsilon', () => {
      const theta = floats([1, 2, 3, 4, 5, 6]);
      const gradient = floats([0, 1, 0, 0, 0, -1]);
      kernels.adam(theta, kernels.floats(6), kernels.floats(6), gradient, { ...step, epsilon: 0 });
      expect([...theta].map((value) => Number(value.toFixed(4)))).toEqual([1, 1.99, 3, 4, 5, 6.01]);
    });

    test('adam on rows moves those rows as adam would, clears their gradients and leaves the rest alone', () => {
      const width = 5;
      const table = Array.from({ length: 20 }, (_, i) => Math.sin(i));
      const slopes = Array.from({ length: 20 }, (_, i) => Math.cos(i));
      const [theta, m, v, gradient] = [floats(table), kernels.floats(20), kernels.floats(20), floats(slopes)];
      const [whole, m2, v2] = [floats(table), kernels.floats(20), kernels.floats(20)];
      kernels.adam(whole, m2, v2, floats(slopes), step);
      kernels.adamRows(theta, m, v, gradient, ints([3, 1]), width, step);
      for (let i = 0; i < 20; i++) {
        const touched = [1, 3].includes(Math.floor(i / width));
        expect(theta[i]).toBe(touched ? whole[i] : Math.fround(table[i]!));
        expect(m[i]).toBe(touched ? m2[i] : 0);
        expect(v[i]).toBe(touched ? v2[i] : 0);
        expect(gradient[i]).toBe(touched ? 0 : Math.fround(slopes[i]!));
      }
    });

    test('sgd takes a scaled step', () => {
      const theta = floats([1, 2, 3, 4, 5]);
      kernels.sgd(theta, floats([1, 1, 2, 2, 4]), 0.5, 0.5);
      expect([...theta]).toEqual([0.75, 1.75, 2.5, 3.5, 4]);
    });

    test('a mean approaches its values', () => {
      const mean = floats([1, 2, 3, 4, 5]);
      kernels.approach(mean, floats([2, 2, 1, 8, 6]), 0.25);
      expect([...mean]).toEqual([1.25, 2, 2.5, 5, 5.25]);
    });

    test('scatter adds repeated rows and leaves negative ones out', () => {
      const target = kernels.floats(4 * 5);
      const values = floats(Array.from({ length: 20 }, (_, i) => i));
      kernels.scatterAddRows(target, ints([2, -1, 2, 0]), values, 5);
      expect([...target.subarray(10, 15)]).toEqual([10, 12, 14, 16, 18]);
      expect([...target.subarray(0, 5)]).toEqual([15, 16, 17, 18, 19]);
      expect(kernels.sumOfSquares(target.subarray(5, 10))).toBe(0);
    });

    test('distinct rows come once, in order', () => {
      const [marks, out] = [kernels.bytes(9), kernels.ints(9)];
      const n = kernels.distinctRows(ints([4, -1, 8, 4, 0, 8, 4]), marks, out);
      expect([...out.subarray(0, n)]).toEqual([4, 8, 0]);
      expect([...marks]).toEqual(Array(9).fill(0));
    });

    test('sums of squares do not lose small numbers', () => {
      expect(kernels.sumOfSquares(floats([3, 4, 0, 0, 12]))).toBe(169);
      const many = kernels.floats(100_001).fill(1e-4);
      many[0] = 1;
      expect(kernels.sumOfSquares(many) - 1).toBeCloseTo(100_000 * Math.fround(1e-4) ** 2, 12);
    });

    test.each([
      [1, 1, 4],
      [3, 7, 8],
      [4, 9, 12],
    ])('products of %i and %i rows of %i columns', (m, n, width) => {
      const a = floats(Array.from({ length: m * width }, (_, i) => Math.round(9 * Math.sin(i))));
      const b = floats(Array.from({ length: n * width }, (_, i) => Math.round(9 * Math.cos(i * i))));
      const out = kernels.floats(m * n + 1);
      kernels.products(a, m, b, n, width, out);
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < n; j++) {
          let sum = 0;
          for (let c = 0; c < width; c++) sum += a[i * width + c]! * b[j * width + c]!;
          expect(out[i * n + j]).toBe(sum);
        }
      }
      expect(out[m * n]).toBe(0);
      expect(() => kernels.products(a, m + 1, b, n, width, out)).toThrow('do not fit');
      expect(() => kernels.products(a, 1, b, 1, 3, out)).toThrow('not a multiple of 4');
    });

    test.each([
      [1, 8, 64],
      [1, 5, 3],
      [5, 7, 32],
      [6, 9, 45],
    ])('sparse products of %i x %i and its columns %i, however they are laid out', (m, k, n) => {
      const numbers = (length: number, seed: number): Float32Array =>
        floats(Array.from({ length }, (_, i) => Math.max(0, Math.round(9 * Math.sin(seed + i * i)))));
      const [x, y, start, gate] = [numbers(m * k, 1), numbers(k * n, 2), numbers(n, 3), numbers(m * n, 4)];
      start[0] = -1e6;
      const room = kernels.floats(sparseProductRoom(m, k));
      for (const turnedA of [false, true])
        for (const turnedB of [false, true])
          for (const [rectify, gated] of [
            [false, false],
            [true, false],
            [false, true],
          ] as const) {
            const a = { values: x, rows: turnedA ? k : m, columns: turnedA ? m : k, transposed: turnedA };
            const b = { values: y, rows: turnedB ? n : k, columns: turnedB ? k : n, transposed: turnedB };
            const out = kernels.floats(m * n + 1).fill(7);
            kernels.sparseProduct({ a, b, start, rectify, ...(gated && { gate }), out, room });
            for (let i = 0; i < m; i++)
              for (let c = 0; c < n; c++) {
                let sum = start[c]!;
                for (let j = 0; j < k; j++)
                  sum += x[turnedA ? j * m + i : i * k + j]! * y[turnedB ? c * k + j : j * n + c]!;
                const wanted = rectify ? Math.max(sum, 0) : !gated || gate[i * n + c]! > 0 ? sum : 0;
                expect(out[i * n + c]).toBe(wanted);
              }
            expect(out[m * n]).toBe(7);
          }
      const [a, b] = [
        { values: x, rows: m, columns: k },
        { values: y, rows: k, columns: n },
      ];
      const out = kernels.floats(m * n);
      expect(() => kernels.sparseProduct({ a: b, b: a, out, room })).toThrow('is no product');
      expect(() => kernels.sparseProduct({ a, b, out: out.subarray(1), room })).toThrow('does not fit');
      expect(() => kernels.sparseProduct({ a, b, out, room: room.subarray(1) })).toThrow('does not fit');
    });

    test('sums rows that are named', () => {
      const [offsets, columns] = [ints([0, 2, 2, 5]), ints([4, 1, 0, 0, 3])];
      const values = floats(Array.from({ length: 5 * 16 }, (_, i) => Math.round(99 * Math.sin(i * i))));
      const out = kernels.floats(4 * 16).fill(7);
      kernels.sumRows(offsets, columns, values, out);
      for (let c = 0; c < 16; c++) {
        const at = (row: number): number => values[row * 16 + c]!;
        const found = [0, 1, 2, 3].map((row) => out[row * 16 + c]);
        expect(found).toEqual([at(4) + at(1), 0, 2 * at(0) + at(3), 7]);
      }
      expect(() => kernels.sumRows(offsets, columns, values.subarray(16), out)).toThrow('not in 0 .. 3');
      expect(() => kernels.sumRows(offsets, columns, values, out.subarray(32))).toThrow('do not fit');
      expect(() => kernels.sumRows(ints([0, 6]), columns, values, out)).toThrow('do not rise');
    });

    test.each([64, 192])('the scan finds what exceeds the threshold, at %i columns', (width) => {
      const n = 52;
      const [query, items] = [kernels.bytes(width), kernels.bytes(n * width)];
      const [scales, bounds] = [kernels.floats(n), kernels.floats(n + 3)];
      const rows = kernels.ints(n);
      // As large as lanes of eight columns may be, and of one sign in some.
      for (let j = 0; j < width; j++) query[j] = 32 * (j % 16 < 8 ? 1 : Math.sin(j));
      for (let j = 0; j < n * width; j++)
        items[j] = j < width ? 127 : Math.round(63.5 + 63.5 * Math.sin(j * j));
      for (let i = 0; i < n; i++) scales[i] = i === 9 ? Number.NaN : (1 + (i % 7)) / 8;
      const exact = Array.from({ length: n }, (_, i) => {
        let dot = 0;
        for (let j = 0; j < width; j++) dot += query[j]! * items[i * width + j]!;
        return (dot + 1000) * scales[i]!;
      });
      for (const threshold of [-Infinity, -1000, 0, 100_000]) {
        const found = kernels.scanInt8(query, items, scales, 1000, threshold, rows, bounds);
        const wanted = exact.map((_, i) => i).filter((i) => exact[i]! > threshold);
        expect([...rows.subarray(0, found)]).toEqual(wanted);
        expect([...bounds.subarray(0, found)]).toEqual(wanted.map((i) => Math.fround(exact[i]!)));
      }
    });

    test.each([1, 4, 7, 64])('rows of %i columns are scored in double precision', (width) => {
      const [query, values] = [kernels.floats(width), kernels.floats(9 * width)];
      for (let j = 0; j < width; j++) query[j] = Math.cos(j);
      for (let j = 0; j < 9 * width; j++) values[j] = Math.sin(j * j);
      const rows = ints([8, 0, 3, 3]);
      const out = kernels.doubles(4);
      kernels.dotRows(query, values, rows, out);
      rows.forEach((row, i) => {
        let dot = 0;
        for (let j = 0; j < width; j++) dot += query[j]! * values[row * width + j]!;
        expect(out[i]).toBeCloseTo(dot, 12);
      });
    });
  });
}
