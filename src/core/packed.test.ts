import { describe, expect, test } from 'vitest';
import { pack, unpack } from './packed.ts';

describe('packed arrays', () => {
  const arrays = { steps: Float64Array.of(1.5), weights: Float32Array.of(1, 2, 3), kinds: Uint8Array.of(7) };
  const bytes = pack('TEST', { header: { name: 'größer' }, arrays });

  test('come back as they were', () => {
    expect(unpack('TEST', bytes)).toEqual({ header: { name: 'größer' }, arrays });
  });

  test("also from a Buffer of Node's, as a file is read, wherever it begins in its memory", () => {
    const memory = Buffer.alloc(bytes.length + 3);
    memory.set(bytes, 3);
    const found = unpack('TEST', memory.subarray(3))!;
    expect(found.arrays.steps).toEqual(arrays.steps);
    expect(found.arrays.weights).toEqual(arrays.weights);
  });

  test('are not made of what is not whole', () => {
    expect(unpack('TEST', bytes.subarray(0, bytes.length - 9))).toBeUndefined();
    expect(unpack('REST', bytes)).toBeUndefined();
  });
});
