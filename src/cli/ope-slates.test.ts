import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { rng } from '../core/index.ts';
import { captureOutput } from './captured-output.suite.ts';
import { main } from './main.ts';

const captured = captureOutput();
const folder = mkdtempSync(join(tmpdir(), 'tendril-slates-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, lines: readonly string[]): string => {
  writeFileSync(join(folder, name), `${lines.join('\n')}\n`);
  return join(folder, name);
};
const ope = async (...args: string[]) => {
  captured.out = '';
  captured.err = '';
  const status = await main(['ope', ...args]);
  return {
    status,
    stderr: captured.err,
    rows: () =>
      captured.out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
  };
};
const header = 'slate,slot,action,propensity,outcome';
const actions = ['a', 'b', 'c', 'd'];
const appeal = [0.8, 0.5, 0.3, 0.1];

/** Two slots; a click has the appeal of the action, at the second slot half of it; `reads`: only after no click above. */
function slates(seed: string, n: number, { ranking = false, reads = false } = {}): string[] {
  const stream = rng(seed);
  const odds = [0.1, 0.2, 0.3, 0.4];
  const lines = [header];
  for (let i = 0; i < n; i++) {
    let above = -1;
    let clicked = false;
    for (let slot = 0; slot < 2; slot++) {
      let action = stream.int(4);
      if (ranking) while (action === above) action = stream.int(4);
      else {
        let u = stream.float();
        action = 0;
        while (action < 3 && u >= odds[action]!) u -= odds[action++]!;
      }
      const click: boolean = (!reads || !clicked) && stream.float() < appeal[action]! / (slot + 1);
      clicked = click;
      above = action;
      lines.push(`s${i},${slot + 1},${actions[action]},${ranking ? '' : odds[action]},${Number(click)}`);
    }
  }
  return lines;
}
const target = file('target.csv', ['slot,action,probability', '1,a,0.9', '1,b,0.1', '2,b,1']);

test('slots on their own: all three estimators find the truth, in one line each', async () => {
  const log = file('independent.csv', slates('independent', 6000));
  const { status, rows } = await ope(
    log,
    '--format',
    'slates',
    '--target',
    target,
    '--resamples',
    '100',
    '--json',
  );
  expect(status).toBe(0);
  const truth = 0.9 * 0.8 + 0.1 * 0.5 + 0.25;
  expect(rows().map(({ name }) => name)).toEqual(['iips', 'rips', 'pi']);
  for (const { name, value, low, high, verdict } of rows()) {
    expect(Math.abs(value - truth), name).toBeLessThan(0.12);
    expect(low).toBeLessThan(truth);
    expect(high).toBeGreaterThan(truth);
    expect(verdict).toBe('better');
  }
});

test('who reads on only after nothing above was liked: only rips is right', async () => {
  const log = file('reads.csv', slates('reads', 20_000, { reads: true }));
  const { rows } = await ope(log, '--format', 'slates', '--target', target, '--resamples', '20', '--json');
  const first = 0.9 * 0.8 + 0.1 * 0.5;
  const truth = first + (1 - first) * 0.25;
  const [iips, rips] = rows();
  expect(Math.abs(rips.value - truth)).toBeLessThan(0.05);
  expect(Math.abs(iips.value - truth)).toBeGreaterThan(0.08);
});

test('rankings by lot need no propensities; a page for people', async () => {
  const log = file('ranking.csv', slates('ranking', 6000, { ranking: true }));
  const fixed = file('fixed.csv', ['slot,action,probability', '1,a,1', '2,b,1']);
  const args = [log, '--format', 'slates', '--logging', 'ranking', '--resamples', '50'];
  const { rows } = await ope(...args, '--target', fixed, '--json');
  for (const { name, value, verdict } of rows()) {
    expect(Math.abs(value - 1.05), name).toBeLessThan(0.12);
    expect(verdict).toBe('better');
  }
  await ope(...args, '--target', 'uniform');
  expect(captured.out).toContain('6000 slates of 2 slots');
  expect(captured.out).toMatch(/^verdict \(rips\): not distinguishable: /m);
});

describe('what cannot be judged', () => {
  test('few slates, and actions the log never shows, get no verdict but what would be needed', async () => {
    const log = file('few.csv', slates('few', 60));
    const { rows } = await ope(log, '--format', 'slates', '--target', target, '--resamples', '10', '--json');
    for (const { verdict, reason, needed } of rows()) {
      expect(verdict).toBe('refused');
      expect(reason).toContain('the effective sample size is');
      expect(needed).toContain('slates like these');
    }
    const never = file('never.csv', ['slot,action,probability', '1,z,1', '2,a,1']);
    for (const logging of ['independent', 'ranking']) {
      const judged = await ope(
        ...[
          file(
            'r.csv',
            slates('r', 300, { ranking: true }).map((line) => line.replace(',,', ',0.25,')),
          ),
        ],
        ...['--format', 'slates', '--logging', logging, '--target', never, '--resamples', '5', '--json'],
      );
      for (const { reason } of judged.rows()) expect(reason).toContain('actions the log never shows (z)');
    }
  });

  test.each([
    ['s1,1,a,0,1', 'line 2: propensity is "0"; accepted: above 0 and at most 1'],
    ['s1,1,a,1.5,1', 'line 2: propensity is "1.5"'],
    ['s1,1,a,,1', 'line 2: propensity is missing'],
    ['s1,0,a,0.5,1', 'line 2: slot is "0"; accepted: a whole number from 1'],
    ['s1,1,,0.5,1', 'line 2: action is missing'],
    ['s1,1,a,0.5,NaN', 'line 2: outcome is "NaN"; accepted: a number'],
    ['s1,2,a,0.5,1', 'slate "s1" has no slot 1; accepted: slots 1 to 2 in every slate'],
    ['s1,1,a,0.5,1\ns1,1,b,0.5,1', 'line 3: slate "s1" has slot 1 twice'],
  ])('a log with %s: %s', async (line, told) => {
    const { status, stderr } = await ope(
      file('bad.csv', [header, line]),
      '--format',
      'slates',
      '--target',
      'uniform',
    );
    expect(status).toBe(1);
    expect(stderr).toContain(told);
  });

  test.each([
    [['slot,action,probability', '1,a,1', '2,a,0.4'], 'slot 2: the probabilities sum to 0.4; accepted: 1'],
    [['slot,action,probability', '3,a,1'], 'slot is "3"; accepted: 1 to 2, as in the log'],
    [['slot,action', '1,a'], 'accepted: slot, action, probability'],
  ])('a target %j: %s', async (lines, told) => {
    const log = file('small.csv', slates('small', 20));
    const { status, stderr } = await ope(log, '--format', 'slates', '--target', file('t.csv', lines));
    expect(status).toBe(1);
    expect(stderr).toContain(told);
  });

  test('a ranking that shows one thing twice, and options that are not for slates', async () => {
    const twice = file('twice.csv', [header, 's1,1,a,,1', 's1,2,a,,0']);
    const ranked = await ope(twice, '--format', 'slates', '--logging', 'ranking', '--target', 'uniform');
    expect(ranked.stderr).toContain('slate "s1" shows "a" twice');
    const { status, stderr } = await ope(
      twice,
      '--format',
      'slates',
      '--target',
      'uniform',
      '--reward',
      'visit',
    );
    expect([status, stderr]).toEqual([
      2,
      expect.stringContaining('--reward does not go with --format slates'),
    ]);
  });
});
