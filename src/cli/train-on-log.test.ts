import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { rng } from '../core/index.ts';

const bin = join(import.meta.dirname, '../../bin/tendril.js');
const directory = mkdtempSync(join(tmpdir(), 'tendril-log-'));
afterAll(() => rmSync(directory, { recursive: true }));
const at = (name: string): string => join(directory, name);
const file = (name: string, content: string): string => {
  writeFileSync(at(name), content);
  return at(name);
};
const tendril = (...args: string[]) => spawnSync(process.execPath, [bin, ...args], { encoding: 'utf8' });
const rowsOf = (stdout: string) =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

/** A mail costs 1; it brings web shoppers 4 and phone shoppers nothing. */
const header = 'channel,age,action,propensity,margin,cost';
const made = (seed: string): string => {
  const stream = rng(seed);
  const lines = Array.from({ length: 800 }, () => {
    const channel = stream.int(2) === 1 ? 'web' : 'phone';
    const mail = stream.float() < 0.3;
    const margin = mail && channel === 'web' ? 8 * stream.int(2) : 0;
    return [
      channel,
      20 + stream.int(50),
      mail ? 'mail' : 'none',
      mail ? 0.3 : 0.7,
      margin,
      mail ? 1 : 0,
    ].join();
  });
  return `${[header, ...lines].join('\n')}\n`;
};
const train = file('train.csv', made('train'));
const test_ = file('test.csv', made('test'));

describe('from a log to a judged policy', () => {
  test.each(['ips', 'dr', 'cql'])(
    '%s: learned on one half, better than the log on the other',
    (agent) => {
      const policy = at(`${agent}.policy`);
      const args = ['--log', train, '--reward', 'margin - cost', '--out', policy, '--json'];
      const learned = tendril('train', agent, ...args);
      expect(learned.stderr).toBe('');
      expect(rowsOf(learned.stdout)[0]).toMatchObject({ agent, rows: 800, reward: 'margin - cost' });
      const judged = tendril('ope', test_, '--policy', policy, '--resamples', '50', '--json');
      expect(judged.stderr).toBe('');
      const dr = rowsOf(judged.stdout).find(({ name }) => name === 'dr');
      expect(dr).toMatchObject({ verdict: 'better' });
      // The best there is: (4 - 1) for the half that shops on the web.
      expect(dr.value).toBeGreaterThan(1.2);
      const seen = JSON.stringify({ channel: 'web', age: 40 });
      const told = tendril('explain', '--policy', policy, '--observation', seen, '--json');
      expect(told.stderr).toBe('');
      expect(rowsOf(told.stdout)[0]).toMatchObject({
        words: 'mail',
        sentence: expect.stringContaining('has "channel": web'),
      });
    },
    60_000,
  );

  test('a stored policy may stand on either side, judged as it draws or by what it prefers', () => {
    const [dr, ips] = [at('dr.policy'), at('ips.policy')];
    const judged = tendril('ope', test_, '--target', dr, '--against', ips, '--greedy', '--resamples', '20');
    expect(judged.stderr).toBe('');
    expect(judged.stdout).toContain('verdict (dr): not distinguishable');
  }, 60_000);
});

test('what was learned from a log that a world wrote can be held against the truth', () => {
  const [log, policy] = [at('offers.csv'), at('offers.policy')];
  expect(tendril('worlds', 'campaign-v1', '--log', log, '--rows', '2000').status).toBe(0);
  expect(tendril('train', 'lin-ucb', '--log', log, '--out', policy).status).toBe(0);
  const { stdout } = tendril('evaluate', '--policy', policy, '--world', 'campaign-v1', '--json');
  // By lot .32, the best there is .85.
  expect(rowsOf(stdout)[0].meanReturn).toBeGreaterThan(0.6);
  const { status, stderr } = tendril('evaluate', '--policy', policy, '--world', 'campaign-v2');
  expect(status).toBe(1);
  expect(stderr).toContain('not those of "campaign-v2"');
}, 60_000);

const row = 'web,30,mail,0.3,8,1';
const bad = (line: string): string =>
  file(`bad-${line.length}-${line.replaceAll(/\W/g, '_')}.csv`, `${header}\n${row}\n${line}\n`);
describe('a log that is wrong is refused with row and field', () => {
  test.each([
    ['web,30,mail,0,8,1', 'line 3: propensity is "0"; accepted: above 0 and at most 1'],
    ['web,30,mail,1.2,8,1', 'line 3: propensity is "1.2"; accepted: above 0 and at most 1'],
    ['web,30,mail,-0.5,8,1', 'line 3: propensity is "-0.5"; accepted: above 0 and at most 1'],
    ['web,30,mail,,8,1', 'line 3: propensity is missing; accepted: above 0 and at most 1'],
    ['web,30,mail,NaN,8,1', 'line 3: propensity is "NaN"; accepted: above 0 and at most 1'],
    ['web,NaN,mail,0.3,8,1', 'line 3: the feature age is "NaN"; accepted: a number'],
    ['web,,mail,0.3,8,1', 'line 3: the feature age is missing; accepted: a number'],
    ['web,Infinity,mail,0.3,8,1', 'line 3: the feature age is "Infinity"; accepted: a number'],
    ['web,30,,0.3,8,1', 'line 3: action is missing; accepted: the name of the action'],
    ['web,30,mail,0.3,lots,1', 'line 3: margin is "lots"; accepted: a number'],
    ['web,30,mail,0.3,8', 'line 3: it has 5 fields where the header has 6'],
  ])('%s: %s', (line, told) => {
    const log = bad(line);
    const { status, stderr, stdout } = tendril('ope', log, '--target', 'uniform', '--reward', 'margin');
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toContain(told);
  });

  test.each([
    [['--log', bad('web,NaN,mail,0.3,8,1'), '--reward', 'margin', '--out', at('x')], 1, 'age is "NaN"'],
    [['--reward', 'margin'], 2, '--log writes a policy: say where to, with --out FILE'],
    [['--reward', 'profit', '--out', at('x')], 2, 'there is no signal "profit"'],
    [['--out', at('x')], 1, 'there is no column "outcome" for the outcome'],
    [['--reward', 'visit', '--out', at('x')], 1, 'there is no column "visit" for the reward "visit"'],
    [['--reward', 'margin', '--features', 'none', '--out', at('x')], 2, 'the log has no feature'],
    [['--reward', 'margin', '--world', 'bandit-v1', '--out', at('x')], 2, '--world does not go with --log'],
    [['--reward', 'margin', '--outcome', 'cost', '--out', at('x')], 2, 'either --outcome or --reward'],
  ])('train %j exits with %i: %s', (args, exit, told) => {
    const { status, stderr, stdout } = tendril('train', 'ips', '--log', train, ...args);
    expect([status, stdout]).toEqual([exit, '']);
    expect(stderr).toContain(told);
  });

  test('missing propensities: the column must be there, or one number for all', () => {
    const log = file('no-odds.csv', 'age,action,outcome\n30,mail,1\n');
    const { status, stderr } = tendril('ope', log, '--target', 'uniform');
    expect(status).toBe(1);
    expect(stderr).toContain('there is no column "propensity" for the propensity');
  });

  test.each([
    ['train', 'ppo', '--log', train, '--reward', 'margin', '--out', at('x')],
    ['train', 'dr', '--world', 'campaign-v1', '--steps', '10'],
    ['evaluate', '--policy', at('dr.policy')],
    ['ope', test_, '--policy', train],
    ['ope', test_],
    ['ope', test_, '--policy', at('dr.policy'), '--features', 'channel', '--reward', 'visit'],
  ])('%s %s %s %s is refused in a sentence', (...args) => {
    const { status, stderr } = tendril(...args);
    expect(status).toBeGreaterThan(0);
    expect(stderr).toMatch(/^tendril: .+(accepted|tendril ope|columns are|policy file is)/m);
    expect(stderr).not.toContain('    at ');
  });
});
