import { afterEach, expect, test, vi } from 'vitest';
import { captureOutput } from './captured-output.suite.ts';
import { progressLine } from './progress.ts';

const captured = captureOutput();
afterEach(() => {
  vi.useRealTimers();
});

test('a line every ten seconds, with the time left once a hundredth is done', () => {
  vi.useFakeTimers();
  const { report } = progressLine('simulate');
  for (const done of [0.001, 0.004, 0.5, 1.5]) {
    vi.advanceTimersByTime(15_000);
    report(done, 2, 'dqn');
    report(done, 2, 'dqn');
  }
  expect(captured.err.split('\n')).toEqual([
    'simulate: 0 of 2 dqn',
    'simulate: 0 of 2 dqn',
    'simulate: 0.5 of 2 dqn 90 s left',
    'simulate: 1.5 of 2 dqn 15 s left',
    '',
  ]);
});

test.each([
  ['work of another total', 300, 6000],
  ['work of the same total', 6000, 6000],
])('%s after it has a pace of its own', (_, before, total) => {
  vi.useFakeTimers();
  const { report } = progressLine('gru');
  for (let step = 1; step <= 60; step++) {
    vi.advanceTimersByTime(10_000);
    report((before * step) / 60, before, 'fit');
  }
  for (const done of [0, 1000, 2000, 3000]) {
    report(done, total, 'judge');
    vi.advanceTimersByTime(5000);
  }
  const lines = captured.err.split('\n');
  expect(lines[1]).toMatch(/^gru: .* fit 580 s left$/);
  expect(lines.slice(-2)).toEqual(['gru: 2000 of 6000 judge 20 s left', '']);
});

test('steps that were done before a run went on do not count as its pace', () => {
  vi.useFakeTimers();
  const { report } = progressLine('dqn');
  for (const done of [500_000, 510_000, 520_000]) {
    report(done, 1_000_000, '');
    vi.advanceTimersByTime(10_000);
  }
  expect(captured.err.split('\n')).toEqual([
    'dqn: 510000 of 1000000 490 s left',
    'dqn: 520000 of 1000000 480 s left',
    '',
  ]);
});
