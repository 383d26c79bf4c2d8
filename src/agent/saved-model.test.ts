import { expect, test } from 'vitest';
import { arrayOf, readModel, writeModel } from './saved-model.ts';

const arrays = {
  counts: Float64Array.of(1, 2.5, -3),
  items: Int32Array.of(7, -1),
  weights: Float32Array.of(0.5),
  bytes: Uint8Array.of(1, 2, 3),
};

test('what is written is read back', () => {
  const saved = writeModel('markov', { values: { name: 'Käse', rng: [1, 2, 4294967295, 4] }, arrays });
  expect(readModel('markov', saved)).toEqual({
    values: { name: 'Käse', rng: [1, 2, 4294967295, 4] },
    arrays,
  });
});

test('reads from the middle of a larger buffer', () => {
  const saved = writeModel('markov', { values: {}, arrays });
  const larger = new Uint8Array(saved.length + 13);
  larger.set(saved, 13);
  expect(readModel('markov', larger.subarray(13)).arrays).toEqual(arrays);
});

test('another agent, a cut at any place, and arrays of the wrong kind are refused', () => {
  const saved = writeModel('markov', { values: {}, arrays });
  expect(() => readModel('item-knn', saved)).toThrow('of "markov", not of "item-knn"');
  for (let cut = 0; cut < saved.length - 7; cut++) {
    expect(() => readModel('markov', saved.slice(0, cut)), `cut at ${cut}`).toThrow(/damaged/);
  }
  const model = readModel('markov', saved);
  expect(() => arrayOf(model, 'counts', 'f32')).toThrow('no f32 array "counts"');
  expect(() => arrayOf(model, 'counts', 'f64', 4)).toThrow('3 entries where 4 are needed');
});
