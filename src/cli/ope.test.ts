import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { rng } from '../core/index.ts';

const tendril = join(import.meta.dirname, '../../bin/tendril.js');
const directory = mkdtempSync(join(tmpdir(), 'tendril-ope-'));
afterAll(() => rmSync(directory, { recursive: true }));
const file = (name: string, content: string): string => {
  writeFileSync(join(directory, name), content);
  return join(directory, name);
};
const ope = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [tendril, 'ope', ...args], {
    encoding: 'utf8',
  });
  return {
    status,
    stdout,
    stderr,
    rows: () =>
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
  };
};

/** A mail to half of them; it brings .6, nothing brings .2. */
const stream = rng('campaign');
const campaign = file(
  'campaign.csv',
  `age,action,propensity,outcome\n${Array.from({ length: 600 }, () => {
    const mail = stream.int(2) === 1;
    return `${20 + stream.int(50)},${mail ? 'mail' : 'none'},0.5,${stream.float() < (mail ? 0.6 : 0.2) ? 1 : 0}`;
  }).join('\n')}\n`,
);
const mails = file('mails.csv', 'action,probability\nmail,1\n');
const never = file('never.csv', 'action,probability\nletter,1\n');

test('one line an estimator: name, value, low, high, ess, verdict; the same seed, the same bytes', () => {
  const { status, stdout, rows } = ope(
    campaign,
    '--target',
    mails,
    '--json',
    '--seed',
    '7',
    '--resamples',
    '100',
  );
  expect(status).toBe(0);
  expect(rows().map(({ name }) => name)).toEqual(['ipw', 'snipw', 'dm', 'dr', 'switch-dr']);
  for (const { value, low, high, ess, verdict } of rows()) {
    expect(low).toBeLessThan(value);
    expect(high).toBeGreaterThan(value);
    expect(ess).toBeGreaterThan(250);
    expect(verdict).toBe('better');
  }
  expect(ope(campaign, '--target', mails, '--json', '--seed', '7', '--resamples', '100').stdout).toBe(stdout);
});

test('for people: the log, a table and the verdict with its reason; against another policy too', () => {
  const { stdout } = ope(campaign, '--target', 'uniform', '--against', mails, '--resamples', '100');
  expect(stdout).toContain('600 logged choices');
  expect(stdout).toMatch(/^verdict \(dr\): worse: the 95 % interval of the difference lies below 0$/m);
});

test('shoppers in many rows: shoppers are counted, and the bounds say from which outcome on they hold', () => {
  const log = file(
    'shoppers.csv',
    `shopper,action,propensity,outcome\n${Array.from({ length: 600 }, (_, i) => {
      const mail = stream.int(2) === 1;
      return `${i % 150},${mail ? 'mail' : 'none'},0.5,${mail ? stream.float() - 0.3 : 0}`;
    }).join('\n')}\n`,
  );
  const page = (...args: string[]) => ope(log, '--target', mails, '--resamples', '50', ...args).stdout;
  expect(page()).toMatch(/^600 logged choices of 150 shoppers, .*\neffective sample size 1\d\d shoppers;/);
  expect(page()).toMatch(
    /^ipw's value lies between .* no outcome than the largest seen, nor below the least seen, -0\.[23]\d*\)/m,
  );
  const stated = ['--most-weight', '3', '--most-outcome', '.9', '--least-outcome', '-2'];
  expect(page(...stated)).toMatch(
    /^ipw's value lies between .* larger than 3 and no outcome than 0\.9, nor below -2\)/m,
  );
  const [row] = ope(log, '--target', mails, '--json', '--resamples', '10').rows();
  expect(row).toMatchObject({ shoppers: 150, rows: 600 });
  expect(row.boundLow).toBeLessThan(row.value);
  const wrong = ope(log, '--target', mails, '--least-outcome', '0');
  expect([wrong.status, wrong.stderr]).toEqual([
    2,
    expect.stringContaining('more than what was said to be possible'),
  ]);
  const alone = file('alone.csv', 'shopper,action,propensity,outcome\n7,mail,.5,1\n7,none,.5,0\n');
  expect(ope(alone, '--target', mails, '--resamples', '10').stdout).toMatch(
    /^no empirical Bernstein bound of ipw: it needs two/m,
  );
});

test('an action that was never logged: no verdict, the reason and what would be needed', () => {
  const { status, rows } = ope(campaign, '--target', never, '--json', '--resamples', '10');
  expect(status).toBe(0);
  for (const row of rows())
    expect(row).toMatchObject({
      verdict: 'refused',
      reason: "100.0 % of the target's choices are actions the log never shows (letter)",
      needed: expect.stringContaining('a log of a policy that shows them too'),
    });
});

test.each([
  [[campaign], 2, 'say which policy to judge: accepted: either --target or --policy'],
  [[campaign, '--target', join(directory, 'none.csv')], 1, 'there is no file'],
  [[campaign, '--target', 'uniform', '--propensity', '1.5'], 2, 'a number above 0 and at most 1'],
  [
    [campaign, '--target', 'uniform', '--format', 'open-bandit', '--action', 'x'],
    2,
    '--action goes with --format campaign',
  ],
  [[campaign, '--target', 'uniform', '--format', 'open-bandit'], 1, 'there is no column "item_id"'],
  [
    [file('twice.csv', 'age,action,propensity,outcome,age\n1,a,0.5,1,2\n'), '--target', 'uniform'],
    1,
    'twice.csv, line 1: there are two columns "age"; accepted',
  ],
  ...[
    ['a', 'propensity is 0.5; accepted: 1 where allowed is the chosen action alone, "a"'],
    ['a|b|a', 'allowed is "a|b|a"; accepted: the name of each action that was allowed, once'],
    ['a||b', 'allowed is "a||b"; accepted: the name of each'],
  ].map(([allowed, told], i): [string[], number, string] => [
    [
      file(`allowed${i}.csv`, `action,propensity,outcome,allowed\na,0.5,1,${allowed}\n`),
      '--target',
      'uniform',
    ],
    1,
    `line 2: ${told}`,
  ]),
  [[campaign, '--target', 'uniform', '--outcome', 'age2'], 1, 'there is no column "age2" for the outcome'],
])('%j exits with %i and says: %s', (args, exit, told) => {
  const { status, stderr, stdout } = ope(...args);
  expect([status, stdout]).toEqual([exit, '']);
  expect(stderr).toContain(told);
  expect(stderr).not.toContain('    at ');
});

const datasets = process.env.TENDRIL_DATASETS;
describe.skipIf(!datasets)('Open Bandit and Hillstrom (needs TENDRIL_DATASETS)', () => {
  test('"always item 0" on the first 1,000 rows of the random log gets no verdict', () => {
    const log = gunzipSync(
      readFileSync(join(datasets!, 'open-bandit-small/random/men/men.csv.gz')),
    ).toString();
    const first = file('first.csv', log.split('\n').slice(0, 1001).join('\n'));
    const item = file('item-0.csv', 'item_id,position,probability\n0,1,1\n0,2,1\n0,3,1\n');
    const { status, rows } = ope(first, '--format', 'open-bandit', '--target', item, '--json');
    expect(status).toBe(0);
    expect(rows().length).toBe(5);
    for (const row of rows())
      expect(row).toMatchObject({
        verdict: 'refused',
        ess: expect.closeTo(34),
        reason: expect.stringContaining('the effective sample size is 34 of 1000 rows'),
        needed: expect.stringContaining('about 3,000 rows like these'),
      });
  });

  test('a randomised campaign gives back its own figures: the men’s e-mail to everyone, 18.28 % visits', () => {
    const mens = file('mens.csv', 'action,probability\nMens E-Mail,1\n');
    const { rows } = ope(
      join(datasets!, 'hillstrom-email/hillstrom.csv.gz'),
      ...['--action', 'segment', '--propensity', '1/3', '--outcome', 'visit', '--features', 'none'],
      ...['--target', mens, '--resamples', '50', '--json'],
    );
    expect(rows()[1]).toMatchObject({ name: 'snipw', value: expect.closeTo(0.1828, 4), verdict: 'better' });
  });
});
