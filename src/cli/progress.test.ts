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
    'simulate: 0.5 of 2 dqn 135 s left',
    'simulate: 1.5 of 2 dqn 20 s left',
    '',
  ]);
});
