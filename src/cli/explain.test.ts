import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { drawPng } from '../adapters/charts.ts';
import { openEngine, writePolicyFile } from '../adapters/index.ts';
import { agentNamed } from '../agent/index.ts';
import { trainInWorld } from '../learn/index.ts';
import { worldNamed } from '../world/index.ts';
import { captureOutput } from './captured-output.suite.ts';
import { main } from './main.ts';

const captured = captureOutput();
const folder = mkdtempSync(join(tmpdir(), 'tendril-explain-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const policyOf = (world: string): string => join(folder, `${world}.policy`);
beforeAll(async () => {
  const engine = await openEngine();
  for (const [world, steps] of [
    ['campaign-v1', 8192],
    ['campaign-v2', 512],
    ['cart-pole-v1', 256],
  ] as const) {
    const trained = await trainInWorld({
      definition: agentNamed('ppo'),
      settings: { hidden: 16, rolloutSteps: 32, learningRate: 0.003 },
      world: worldNamed(world),
      seed: 1,
      steps,
      episodes: 8,
      engine,
      clock: () => 0,
    });
    writePolicyFile(policyOf(world), trained);
  }
  const run = { world: worldNamed('campaign-v1'), seed: 1, episodes: 8, engine, clock: () => 0 };
  const bandit = { ...run, definition: agentNamed('lin-ucb'), settings: {}, steps: 1000 };
  writePolicyFile(policyOf('hopeful'), await trainInWorld(bandit));
});

const sample = {
  recency: 15,
  frequency: 3,
  monetaryValue: 200,
  engagementScore: 0.78,
  discountSensitive: 1,
  freeShippingPreferred: 0,
  emailOpens: 0.87,
  smsResponse: 0.12,
  pushResponse: 0.05,
  lastPurchaseDays: 8,
};
const shopper = JSON.stringify(sample);
const later = {
  ...sample,
  department: 1,
  consent: [1, 0, 0],
  weekday: 2,
  slot: 1,
  day: 3,
  daysSinceContact: 9,
  contactsLastWeek: 0,
  eveningShare: 0.4,
  offer: 0,
  offerDaysLeft: 0,
  bundleInStock: 1,
  budgetLeft: 900,
};
const about = (...more: string[]): string[] => ['explain', '--policy', policyOf('campaign-v1'), ...more];

describe('tendril explain', () => {
  test('a decision is one line: figures that add up, and the same again', async () => {
    const args = about('--observation', shopper, '--background', '20', '--json');
    expect(await main(args)).toBe(0);
    const { out } = captured;
    const row = JSON.parse(out);
    expect(row).toMatchObject({ world: 'campaign-v1', agent: 'ppo', measure: 'log-odds' });
    expect(row.shapley.features.map((f: { feature: string }) => f.feature)).toEqual(Object.keys(sample));
    const sum = row.shapley.features.reduce(
      (a: number, f: { contribution: number }) => a + f.contribution,
      0,
    );
    expect(row.shapley.base + sum).toBeCloseTo(row.shapley.value, 6);
    expect(1 / (1 + Math.exp(-row.shapley.value))).toBeCloseTo(row.probability, 5);
    expect(row.lime.fidelity).toBeLessThanOrEqual(1);
    captured.out = '';
    await main(args);
    expect(captured.out).toBe(out);
  });
  test('without --json it is a page; another action says what is preferred', async () => {
    expect(await main(about('--observation', shopper, '--background', '10', '--action', '11'))).toBe(0);
    expect(captured.out).toMatch(/^20 % off by push message: the policy prefers /);
    expect(captured.out).toMatch(/\(Shapley values of the log-odds, exact\)/);
  });
  test('a bandit that hopes is explained by what it does', async () => {
    expect(await main(['explain', '--policy', policyOf('hopeful'), '--observation', shopper, '--json'])).toBe(
      0,
    );
    const { action, preferred, probability, measure } = JSON.parse(captured.out);
    expect([action, probability, measure]).toEqual([preferred.action, 1, 'lead']);
  });
  test('a world of more features is sampled, with its errors, under its rules', async () => {
    const args = [
      'explain',
      '--policy',
      policyOf('campaign-v2'),
      '--background',
      '10',
      '--json',
      '--observation',
    ];
    expect(await main([...args, JSON.stringify(later)])).toBe(0);
    const { action, shapley } = JSON.parse(captured.out);
    expect(action).toBeLessThanOrEqual(6);
    expect(shapley.exact).toBe(false);
    expect(shapley.base + shapley.sum).toBeCloseTo(shapley.value, 6);
    expect(await main([...args, JSON.stringify(later), '--action', '8'])).toBe(2);
    expect(captured.err).toContain('--action 8 (10 % off by SMS) is forbidden for this shopper');
  });
  test('the global view and the tree are lines of their own', async () => {
    expect(await main(about('--global', '--tree', '--shoppers', '6', '--json'))).toBe(0);
    const [{ drivers }, { imitation }] = captured.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(drivers).toMatchObject({ shoppers: 6, background: 20 });
    expect(imitation).toMatchObject({ trainedOn: 600, heldOut: 300 });
    expect(imitation.depth).toBeLessThanOrEqual(4);
    expect(imitation.agreement).toBeGreaterThan(0.5);
    expect(imitation.always.agreement).toBeGreaterThan(0);
    captured.out = '';
    expect(await main(about('--global', '--tree', '--shoppers', '3'))).toBe(0);
    expect(captured.out).toContain('Which facts drive which offer');
    expect(captured.out).toMatch(/-> .* by .* shoppers, the policy agrees in/);
    expect(captured.out).toMatch(/ % of cases; always .* would agree in \d+\.\d %\./);
  });
  test.each([
    [['--observation', shopper], 'money spent in the last year'],
    [['--global', '--shoppers', '4'], 'all offers together'],
    [['--tree', '--shoppers', '4'], 'the policy agrees in'],
  ])('%j --svg draws it', async (what, words) => {
    const file = join(folder, 'pictures', 'one.svg');
    expect(await main(about(...what, '--background', '10', '--svg', file))).toBe(0);
    const svg = readFileSync(file, 'utf8');
    expect(svg).toContain(words);
    expect(drawPng(svg, '#fff').length).toBeGreaterThan(10_000);
  });

  const { recency: _, ...less } = sample;
  test.each([
    [[], 2, "required option '--policy <file>'"],
    [['--policy', 'campaign-v1'], 2, 'nothing to explain; accepted: --observation, --global, --tree'],
    [['--policy', 'nothing', '--tree'], 1, 'there is no file'],
    [['--policy', 'broken', '--tree'], 1, 'is no policy file'],
    [
      ['--policy', 'cart-pole-v1', '--tree'],
      2,
      '"cart-pole-v1" is not a world of offers; explained are policies of campaign-v1',
    ],
    [
      ['--policy', 'campaign-v2', '--world', 'campaign-v1', '--tree'],
      1,
      'was trained in "campaign-v2", not in "campaign-v1"',
    ],
    [
      ['--policy', 'campaign-v2', '--observation', shopper],
      2,
      'field "department" of the observation is missing',
    ],
    [
      ['--policy', 'campaign-v1', '--observation', JSON.stringify(less)],
      2,
      'field "recency" of the observation is missing',
    ],
    [
      ['--policy', 'campaign-v1', '--observation', JSON.stringify({ ...sample, age: 3 })],
      2,
      'no field "age"',
    ],
    [
      ['--policy', 'campaign-v1', '--observation', shopper.replace('15', 'NaN')],
      2,
      '--observation holds NaN for "recency", which is no number',
    ],
    [
      ['--policy', 'campaign-v1', '--observation', shopper.replace('15', '-1')],
      2,
      '"recency" of the observation is -1',
    ],
    [['--policy', 'campaign-v1', '--observation', '{recency: 15}'], 2, 'is not JSON'],
    [
      ['--policy', 'campaign-v1', '--observation', shopper, '--action', '18'],
      2,
      '--action 18; accepted: a whole number from 0 to 17',
    ],
    [['--policy', 'campaign-v1', '--tree', '--action', '1'], 2, 'give --observation'],
    [['--policy', 'campaign-v1', '--tree', '--background', '0'], 2, 'a whole number from 1'],
    [
      ['--policy', 'campaign-v1', '--tree', '--global', '--svg', 'x.svg'],
      2,
      '--svg draws one thing at a time',
    ],
  ])('%j: exit code %i and a sentence', async (args, code, sentence) => {
    writeFileSync(policyOf('broken'), 'hello, this is not a policy');
    expect(
      await main(['explain', ...args.map((arg, i) => (args[i - 1] === '--policy' ? policyOf(arg) : arg))]),
    ).toBe(code);
    expect(captured.err).toContain(sentence);
    expect(captured.err).not.toContain('    at ');
  });
});
