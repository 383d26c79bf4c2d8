import { expect, test } from 'vitest';
import { rng } from '../../src/core/index.ts';
import { judgeTarget } from '../../src/measure/index.ts';
import { madeUpLog } from '../../src/measure/off-policy/made-up-log.suite.ts';

/**
 * On a log of known truth every estimator errs less than the naive figure, the mean of the log, over 20 seeds; the doubly
 * robust one also less than the mean of the rows in which the log happened to do what the target does most.
 */
test('estimators err less than the naive figures over 20 seeds', () => {
  const squares: Record<string, number> = {};
  for (let seed = 1; seed <= 20; seed++) {
    const { log, target, value } = madeUpLog(rng(`error ${seed}`), 1000);
    const judged = judgeTarget(log, target, { rng: rng(seed), resamples: 1 });
    const agreeing = [...log.action].flatMap((action, i) => {
      const at = target.context[i]! * log.actions.length;
      const line = target.probabilities.subarray(at, at + log.actions.length);
      return line[action] === Math.max(...line) ? [log.reward[i]!] : [];
    });
    const figures = {
      ...Object.fromEntries(judged.estimates.map((estimate) => [estimate.name, estimate.value])),
      'mean of the log': judged.logged,
      'mean where they agree': agreeing.reduce((a, b) => a + b / agreeing.length, 0),
    };
    for (const [name, figure] of Object.entries(figures))
      squares[name] = (squares[name] ?? 0) + (figure - value) ** 2 / 20;
  }
  const naive = squares['mean of the log']!;
  for (const name of ['ipw', 'snipw', 'dm', 'dr', 'switch-dr'])
    expect(squares[name], name).toBeLessThan(naive / 4);
  expect(squares.dr).toBeLessThan(squares['mean where they agree']!);
});
