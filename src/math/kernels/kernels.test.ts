import fc from 'fast-check';
import { expect, test } from 'vitest';
import { kernelsSourceHash } from '../../../scripts/build-kernels.ts';
import { rng } from '../../core/index.ts';
import { kernelsSuite } from './kernels.suite.ts';
import { type Kernels, sparseProductRoom } from './kernels.ts';
import { kernelsSource } from './kernels-wasm.data.ts';
import { loadKernels } from './load-kernels.ts';
import { plainKernels } from './plain-kernels.ts';

kernelsSuite('WebAssembly', () => loadKernels());
kernelsSuite('plain', plainKernels);

test('the committed bytes were compiled from the source as it is: else "npm run kernels"', () => {
  expect(kernelsSourceHash()).toBe(kernelsSource);
});

test('WebAssembly and plain agree to the last bit where products are not fused', () => {
  const wasm = loadKernels({ fused: false });
  const plain = plainKernels();
  fc.assert(
    fc.property(
      fc.integer(),
      fc.integer({ min: 0, max: 70 }),
      fc.integer({ min: 1, max: 30 }),
      (seed, n, width) => {
        const runs = [wasm, plain].map((kernels) => everyKernel(kernels, seed, n, width));
        expect(runs[0]).toEqual(runs[1]);
      },
    ),
    { numRuns: 100 },
  );
});

/** Runs each kernel on arrays drawn from the seed and answers all they changed. */
function everyKernel(kernels: Kernels, seed: number, n: number, width: number): unknown {
  const chance = rng(seed);
  const draw = (length: number): Float32Array =>
    kernels.floats(length).map(() => chance.normal() * 10 ** (chance.int(9) - 6));
  const fill = <T extends { set(from: ArrayLike<number>): void }>(array: T, values: ArrayLike<number>): T => {
    array.set(values);
    return array;
  };
  const table = (): Float32Array => fill(kernels.floats(n * width), draw(n * width));
  const [theta, m, gradient] = [table(), table(), table()];
  const v = fill(kernels.floats(n * width), table().map(Math.abs));
  const step = {
    learningRate: 0.003,
    beta1: 0.9,
    beta2: 0.98,
    epsilon: 1e-9,
    step: 1 + chance.int(50),
    scale: 0.7,
  };
  kernels.adam(theta, m, v, gradient, step);
  kernels.sgd(theta, gradient, 0.1, 0.3);
  kernels.approach(m, theta, 0.005);
  const rows = kernels.ints(2 * n).map(() => chance.int(n + 1) - 1);
  const repeated = fill(kernels.ints(2 * n), rows);
  kernels.scatterAddRows(gradient, repeated, fill(kernels.floats(2 * n * width), draw(2 * n * width)), width);
  const out = kernels.ints(2 * n);
  const distinct = kernels.distinctRows(repeated, kernels.bytes(n + 1), out);
  const squares = kernels.sumOfSquares(gradient);
  kernels.adamRows(theta, m, v, gradient, out.subarray(0, distinct), width, step);
  const padded = Math.ceil(width / 64) * 64;
  const fours = n & ~3;
  const query = fill(
    kernels.bytes(padded),
    Array.from({ length: padded }, () => chance.int(65) - 32),
  );
  const items = fill(
    kernels.bytes(fours * padded),
    Array.from({ length: fours * padded }, () => chance.int(128)),
  );
  const found = kernels.ints(n);
  const bounds = kernels.floats(n + 3);
  const scales = v.subarray(0, fours);
  const count = kernels.scanInt8(query, items, scales, 1e4, 1e4 * chance.normal(), found, bounds);
  const scored = kernels.doubles(n);
  kernels.dotRows(
    fill(kernels.floats(width), draw(width)),
    theta,
    fill(kernels.ints(n), [...Array(n).keys()]),
    scored,
  );
  const quads = 4 * width;
  const rows4 = fill(kernels.floats(n * quads), draw(n * quads));
  const left = Math.min(n, 5);
  const crossed = kernels.floats(left * n);
  kernels.products(rows4, left, rows4, n, quads, crossed);
  const gated = kernels.floats(width * quads);
  kernels.sparseProduct({
    a: {
      values: fill(
        kernels.floats(n * width),
        draw(n * width).map((x) => Math.max(x, 0)),
      ),
      rows: n,
      columns: width,
      transposed: true,
    },
    b: { values: rows4, rows: n, columns: quads },
    start: fill(kernels.floats(quads), draw(quads)),
    gate: fill(kernels.floats(width * quads), draw(width * quads)),
    out: gated,
    room: kernels.floats(sparseProductRoom(width, n)),
  });
  const listed = [found.subarray(0, count), bounds.subarray(0, count), scored];
  return [theta, m, v, gradient, out, distinct, squares, ...listed, crossed, gated].map((part) =>
    typeof part === 'number' ? part : [...part],
  );
}

test('what does not fit is said, not written', () => {
  const kernels = loadKernels({ bytes: 1000 });
  expect(() => kernels.floats(40_000)).toThrow('ask loadKernels for more');
  expect(() => kernels.sumOfSquares(new Float32Array(4))).toThrow('does not lie in the memory');
  const [four, two] = [kernels.floats(4), kernels.ints(2)];
  expect(() => kernels.sgd(four, kernels.floats(5), 1)).toThrow('differ');
  two[1] = 2;
  expect(() => kernels.scatterAddRows(four, two, kernels.floats(4), 2)).toThrow('row 2');
  expect(() =>
    kernels.adamRows(four, four, four, four, two, 2, {
      learningRate: 1,
      beta1: 0,
      beta2: 0,
      epsilon: 1,
      step: 1,
    }),
  ).toThrow('row 2');
  expect(() => kernels.dotRows(kernels.floats(2), four, two, kernels.doubles(2))).toThrow('row 2');
  expect(() => kernels.scanInt8(kernels.bytes(8), kernels.bytes(32), four, 0, 0, two, four)).toThrow(
    'multiple of 64',
  );
  expect(() => kernels.scanInt8(kernels.bytes(64), kernels.bytes(64), four, 0, 0, two, four)).toThrow(
    'do not fit',
  );
});
