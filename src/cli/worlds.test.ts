import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { captureOutput } from './captured-output.suite.ts';
import { main } from './main.ts';

const captured = captureOutput();

const sample =
  '{"recency":15,"frequency":3,"monetaryValue":200,"engagementScore":0.78,"discountSensitive":1,"freeShippingPreferred":0,"emailOpens":0.87,"smsResponse":0.12,"pushResponse":0.05,"lastPurchaseDays":8}';
const ask = (...words: string[]): Promise<number> => main(['worlds', ...words, '--json']);

test('says what an action earns with a shopper, and what the best one does', async () => {
  expect(await ask('campaign-v1', '--observation', sample, '--action', '2')).toBe(0);
  expect(captured.out).toContain('"reward":0.9,');
  expect(JSON.parse(captured.out)).toMatchObject({
    action: 2,
    offer: 'discount',
    percent: 15,
    channel: 'email',
    reward: 0.9,
    regret: 0,
  });
  captured.out = '';
  expect(await ask('campaign-v1', '--observation', sample, '--action', '0')).toBe(0);
  expect(JSON.parse(captured.out)).toMatchObject({ action: 0, reward: 0.8, bestAction: 2, regret: 0.1 });
  captured.out = '';
  expect(await ask('campaign-v1', '--observation', sample)).toBe(0);
  expect(JSON.parse(captured.out)).toMatchObject({ action: 2, reward: 0.9 });
});

test.each([
  [
    ['campaign-v1', '--observation', sample.replace('0.87', '1.87')],
    'field "emailOpens" of the observation is 1.87; accepted: a number from 0 to 1',
  ],
  [
    ['campaign-v1', '--observation', sample.replace('"recency":15,', '')],
    'field "recency" of the observation is missing',
  ],
  [['campaign-v1', '--observation', '{x'], '--observation {x is not JSON'],
  [['campaign-v1', '--observation', sample, '--action', '18'], 'a whole number from 0 to 17'],
  [['campaign-v1', '--observation', sample, '--action', ''], 'a whole number from 0 to 17'],
  [['campaign-v1', '--action', '2'], 'a world with --observation'],
  [['campaign-v2', '--world-option', 'budgt=1'], 'unknown setting "budgt"'],
  [['campaign-v2', '--world-option', 'budget=-1'], 'setting "budget" is "-1"'],
  [['campaign-v1', '--world-option', 'x=1', '--observation', sample], 'unknown setting "x"'],
  [['--world-option', 'budget=1'], 'the name of a world with --world-option'],
  [['cart-pole-v1', '--observation', '{}'], 'accepted with --observation: campaign-v1'],
])('refuses %j in a sentence', async (words, sentence) => {
  expect(await ask(...words)).toBe(2);
  expect(captured.err).toContain(sentence);
  expect(captured.err).not.toContain('    at ');
  expect(captured.out).toBe('');
});

test('tells all about a world in lines that fit, numbers and options by name', async () => {
  expect(await main(['worlds', 'campaign-v2'])).toBe(0);
  expect(captured.out).toMatch(/\n {2}bundleInStock +0 or 1\n/);
  expect(captured.out).toContain('\n  cap=2  messages in any seven days\n');
  expect(captured.out.split('\n').every((line) => line.length <= 110)).toBe(true);
});

test('checks a world, with the options it is given', async () => {
  const check = (...words: string[]): Promise<number> => main(['worlds', ...words, '--check']);
  expect(await check('campaign-v2', '--world-option', 'budget=20', '--steps', '130')).toBe(0);
  expect(captured.out).toBe('campaign-v2 keeps every rule of worlds\n');
  expect(await check('campaign-v2', '--world-option', 'budget=-1')).toBe(2);
  expect(captured.err).toContain('setting "budget"');
  expect(await check()).toBe(2);
  expect(captured.err).toContain('accepted: the name of a world with --check');
});

test('writes a log of choices by lot whose truth is known; only where single decisions are', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tendril-world-log-'));
  try {
    const log = join(folder, 'offers.csv');
    expect(await ask('campaign-v1', '--log', log, '--rows', '300')).toBe(0);
    const { meanReward, bestPossible } = JSON.parse(captured.out);
    const [header, ...rows] = readFileSync(log, 'utf8').trim().split('\n');
    expect(header).toContain('lastPurchaseDays,action,propensity,outcome');
    expect(rows.length).toBe(300);
    const mean = rows.reduce((sum, row) => sum + Number(row.split(',').at(-1)) / 300, 0);
    expect(mean).toBeCloseTo(meanReward, 5);
    expect(bestPossible).toBeGreaterThan(mean + 0.3);
    expect(await ask('campaign-v2', '--log', log)).toBe(2);
    expect(captured.err).toContain('accepted with --log: campaign-v1');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
