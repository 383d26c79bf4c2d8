import { describe, expect, test } from 'vitest';
import { rng } from '../../core/index.ts';
import type { Kernels } from './kernels.ts';
import { loadKernels } from './load-kernels.ts';
import { plainKernels } from './plain-kernels.ts';

const keepers = {
  plain: plainKernels(),
  unfused: loadKernels({ bytes: 2 ** 22, fused: false }),
  fused: loadKernels({ bytes: 2 ** 22, fused: true }),
};

/** Every layer kernel on arrays drawn from a seed. */
function layers(kernels: Kernels, seed: number, rows: number, inputs: number, outputs: number): number[][] {
  const chance = rng(seed);
  const draw = (n: number): Float32Array => {
    const array = kernels.floats(n);
    for (let i = 0; i < n; i++) array[i] = chance.normal();
    return array;
  };
  const [x, w, b, d] = [draw(rows * inputs), draw(inputs * outputs), draw(outputs), draw(rows * outputs)];
  const [y, h, back] = [
    kernels.floats(rows * outputs),
    kernels.floats(rows * outputs),
    kernels.floats(rows * inputs),
  ];
  const [wT, dw, db] = [kernels.floats(inputs * outputs), draw(inputs * outputs), draw(outputs)];
  kernels.affine(x, rows, w, b, false, y);
  kernels.affine(x, rows, w, b, true, h);
  kernels.transpose(w, inputs, outputs, wT);
  kernels.backThroughTanh(d, rows, wT, inputs, x, back);
  kernels.addOuter(x, rows - 1, d, dw, db);
  return [y, h, wT, back, dw, db].map((array) => [...array]);
}

test.each([
  [4, 4, 4],
  [8, 12, 20],
  [16, 64, 64],
  [64, 4, 64],
])(
  '%i rows of %i numbers to %i: WebAssembly as plain, to the last bit where nothing is fused',
  (...sizes) => {
    const plain = layers(keepers.plain, 1, ...sizes);
    expect(layers(keepers.unfused, 1, ...sizes)).toEqual(plain);
    layers(keepers.fused, 1, ...sizes).forEach((array, k) => {
      array.forEach((x, i) => {
        expect(x).toBeCloseTo(plain[k]![i]!, 4);
      });
    });
  },
);

describe.each(Object.entries(keepers))('%s', (_, kernels) => {
  test('tanh is within 3e-7 of the truth everywhere', () => {
    const n = 4096;
    const [x, one, zero, out] = [kernels.floats(n), kernels.floats(16), kernels.floats(4), kernels.floats(n)];
    for (let i = 0; i < 4; i++) one[5 * i] = 1;
    let worst = 0;
    for (const [from, to] of [
      [-12, 12],
      [-1, 1],
      [-1e-3, 1e-3],
      [-1e30, 1e30],
    ] as const) {
      for (let i = 0; i < n; i++) x[i] = from + ((to - from) * i) / (n - 1);
      kernels.affine(x, n / 4, one, zero, true, out);
      for (let i = 0; i < n; i++) worst = Math.max(worst, Math.abs(out[i]! - Math.tanh(x[i]!)));
    }
    expect(worst).toBeLessThan(3e-7);
  });

  test('what does not fit is said, not written', () => {
    const [four, eight, sixteen] = [kernels.floats(4), kernels.floats(8), kernels.floats(16)];
    expect(() => kernels.affine(sixteen, 3, sixteen, four, false, sixteen)).toThrow('multiples of 4');
    expect(() => kernels.affine(sixteen, 4, kernels.floats(12), four, false, sixteen)).toThrow(
      'multiples of 4',
    );
    expect(() => kernels.affine(eight, 4, sixteen, four, false, sixteen)).toThrow('do not fit');
    expect(() => kernels.affine(sixteen, 4, sixteen, four, false, eight)).toThrow('do not fit');
    expect(() => kernels.backThroughTanh(sixteen, 4, sixteen, 4, eight, sixteen)).toThrow('do not fit');
    expect(() => kernels.addOuter(four, 2, sixteen, sixteen, four)).toThrow('do not fit');
    expect(() => kernels.transpose(sixteen, 4, 4, eight)).toThrow('do not fit');
  });

  test.each([
    [1, 1],
    [3, 5],
    [4, 7],
    [9, 4],
    [10, 6],
  ])('%i x %i turned', (rows, columns) => {
    const [w, out] = [kernels.floats(rows * columns), kernels.floats(rows * columns)];
    for (let i = 0; i < w.length; i++) w[i] = i + 1;
    kernels.transpose(w, rows, columns, out);
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < columns; j++) expect(out[j * rows + i]).toBe(w[i * columns + j]);
  });
});
