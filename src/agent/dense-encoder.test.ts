import { expect, test } from 'vitest';
import { observationSpec, rng } from '../core/index.ts';
import { type DenseMode, denseEncoder } from './dense-encoder.ts';
import { runningStatistics } from './running-statistics.ts';

const spec = observationSpec([
  { name: 'kind', kind: 'index', size: 2, n: 3 },
  { name: 'age', kind: 'real', size: 1, low: 10, high: 30 },
  { name: 'speed', kind: 'real', size: 1 },
]);
const encoded = (mode: DenseMode, ...rows: number[]): number[] => {
  const encoder = denseEncoder(spec, mode);
  const out = new Float32Array((rows.length / 4) * encoder.size).fill(9);
  encoder.encode(Float32Array.from(rows), rows.length / 4, out);
  return [...out];
};

test('real parts first, then index parts as one-hot; "none" is all zeros', () => {
  expect(encoded('raw', 1, 3, 25, 7)).toEqual([25, 7, 1, 0, 0, 0, 0, 1]);
  expect(encoded('scaled', 0, 2, 25, 7, 0, 0, 10, -7)).toEqual([
    0.5, 7, 0, 0, 0, 0, 1, 0, -1, -7, 0, 0, 0, 0, 0, 0,
  ]);
});

test('running: less the mean, over the deviation, within 10; before anything was seen as they are', () => {
  const encoder = denseEncoder(spec, 'running');
  const stream = rng(1);
  const rows = Float32Array.from({ length: 4000 }, (_, i) =>
    i % 4 === 2 ? 20 + 3 * stream.normal() : i % 4 === 3 ? 100 * stream.normal() : 1,
  );
  const out = new Float32Array(encoder.size);
  encoder.encode(Float32Array.of(1, 1, 5, 7), 1, out);
  expect([...out.subarray(0, 2)]).toEqual([5, 7]);
  encoder.learn(rows.subarray(0, 1600), 400);
  encoder.learn(rows.subarray(1600), 600);
  encoder.encode(Float32Array.of(1, 1, 23, 1e9), 1, out);
  expect(out[0]).toBeCloseTo(1, 0);
  expect(out[1]).toBe(10);
  const copy = denseEncoder(spec, 'running');
  for (const [name, array] of Object.entries(encoder.state)) copy.state[name]!.set(array);
  copy.restored();
  const again = new Float32Array(encoder.size);
  copy.encode(Float32Array.of(1, 1, 23, 1e9), 1, again);
  expect([...again]).toEqual([...out]);
});

test('running statistics in parts are those of the whole', () => {
  const stream = rng(2);
  const rows = Float64Array.from({ length: 300 }, () => 5 + 2 * stream.normal());
  const [whole, parts] = [runningStatistics(3), runningStatistics(3)];
  whole.add(rows, 100);
  parts.add(rows.subarray(0, 30), 10);
  parts.add(rows.subarray(30, 33), 1);
  parts.add(rows.subarray(33), 89);
  for (let c = 0; c < 3; c++) {
    expect(parts.means[c]).toBeCloseTo(whole.means[c]!, 12);
    expect(parts.variance(c)).toBeCloseTo(whole.variance(c), 12);
  }
});

test('a part with too many entries is refused', () => {
  const items = observationSpec([{ name: 'history', kind: 'index', size: 5, n: 5000 }]);
  expect(() => denseEncoder(items, 'raw')).toThrow('more than 20000 entries up to part "history"');
});
