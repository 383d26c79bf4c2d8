import { expect, test } from 'vitest';
import { ortEngine } from '../adapters/index.ts';
import { agentNamed, agents, type Policy } from '../agent/index.ts';
import { rng } from '../core/index.ts';
import type { CampaignLog } from '../measure/index.ts';
import { madeUpLog } from '../measure/off-policy/made-up-log.suite.ts';
import { decisionsOfLog, numbersOfWords, observationsOfLog } from './decisions-of-log.ts';
import { restoreOnLog, trainOnLog } from './train-on-log.ts';

const engine = await ortEngine();
const reading = { action: 'action', propensity: 'propensity', reward: { column: 'outcome' } } as const;

/** The made-up shop, its kind of shopper as a word beside a number that means nothing. */
function campaign(seed: string, n: number): { log: CampaignLog; truth: number[][]; loggedValue: number } {
  const { log, truth, loggedValue } = madeUpLog(rng(seed), n);
  const noise = rng(`${seed} noise`);
  const features = new Float64Array(n * 4);
  for (let i = 0; i < n; i++) {
    features[i * 4] = 50 * noise.normal();
    features.set(log.features.subarray(i * 3, i * 3 + 3), i * 4 + 1);
  }
  const rows = Int32Array.from({ length: n }, (_, i) => i);
  return {
    truth,
    loggedValue,
    log: {
      ...log,
      features,
      width: 4,
      columns: [{ name: 'age' }, { name: 'kind', words: ['a', 'b', 'c'] }],
      outcomes: {},
      shopper: rows,
      time: Float64Array.from(rows),
    },
  };
}

/** What its greedy choices truly bring, over the kinds. */
async function trueValue(policy: Policy, truth: readonly number[][]): Promise<number> {
  const scores = await policy.evaluate(Float32Array.of(0, 1, 0, 2, 0, 3), 3);
  return truth.reduce((sum, row, kind) => sum + row[policy.greedy(scores, kind)[0]!]! / 3, 0);
}

const train = (name: string, log: CampaignLog, settings: Record<string, unknown> = {}, seed = 1) =>
  trainOnLog({
    definition: agentNamed(name),
    settings,
    log,
    reading,
    seed,
    engine,
    clock: () => 0,
  });

const learners: readonly [string, Record<string, unknown>][] = [
  ['ips', { passes: 100 }],
  ['ips', { passes: 100, estimator: 'clipped' }],
  ['dr', { passes: 100 }],
  ['cql', { passes: 20, batchSize: 64, learningRate: 0.003, hidden: 16 }],
  ['lin-ucb', {}],
];

test.each(learners)(
  '%s %j finds the best action of each kind of shopper from a log that preferred the worst',
  async (name, settings) => {
    for (const seed of ['one', 'two', 'three']) {
      const { log, truth, loggedValue } = campaign(seed, 3000);
      const best = truth.reduce((sum, row) => sum + Math.max(...row) / 3, 0);
      const { agent } = await train(name, log, settings);
      const value = await trueValue(agent.policy(), truth);
      expect(value, seed).toBeGreaterThan(0.97 * best);
      expect(value).toBeGreaterThan(loggedValue + 0.2);
    }
  },
);

test.each(['dr', 'ips', 'cql'])(
  '%s learns as well where three shoppers have all rows between them, one of them a single row',
  async (name) => {
    const { log, truth } = campaign('one', 2001);
    const shopper = Int32Array.from({ length: log.n }, (_, row) => (row === 0 ? 0 : 1 + (row % 2)));
    const settings = name === 'cql' ? { batchSize: 64, learningRate: 0.003, hidden: 16 } : {};
    const [few, many] = [await train(name, { ...log, shopper }, settings), await train(name, log, settings)];
    const [told, usual] = [few.manifest.metrics, many.manifest.metrics];
    expect(told['fit.heldOut']).toBeGreaterThan(150);
    expect(told).not.toHaveProperty('fit.heldOutShoppers');
    expect(usual['fit.heldOutShoppers']).toBe(usual['fit.heldOut']);
    if (name !== 'cql') expect(told['fit.value']).toBeCloseTo(usual['fit.value']!, 1);
    const value = await trueValue(few.agent.policy(), truth);
    expect(value).toBeCloseTo(await trueValue(many.agent.policy(), truth), 1);
  },
);

test('cql: where contacts follow each other it learns to the last pass, and so what pays only later', async () => {
  // Five places in a row: "go" leads to the next for nothing and from the last back to the first for 10; "stay" pays .5.
  const stream = rng('five places');
  const n = 16_000;
  const place = new Float64Array(n);
  const action = new Int32Array(n);
  const reward = new Float64Array(n);
  for (let row = 0; row < n; row++) {
    if (row % 8 === 0) place[row] = stream.int(5);
    action[row] = stream.int(2);
    const went = action[row] === 0;
    reward[row] = went ? (place[row] === 4 ? 10 : 0) : 0.5;
    if (row % 8 < 7) place[row + 1] = went ? (place[row]! + 1) % 5 : place[row]!;
  }
  const log: CampaignLog = {
    n,
    actions: ['go', 'stay'],
    action,
    propensity: new Float64Array(n).fill(0.5),
    reward,
    positions: [''],
    position: new Int32Array(n),
    features: place,
    width: 1,
    columns: [{ name: 'place' }],
    outcomes: {},
    shopper: Int32Array.from(action, (_, row) => Math.floor(row / 8)),
    time: Float64Array.from(action, (_, row) => row),
  };
  for (const seed of [1, 2, 3]) {
    const { agent, manifest } = await trainOnLog({
      definition: agentNamed('cql'),
      log,
      reading,
      seed,
      discount: 0.9,
      engine,
      clock: () => 0,
    });
    const policy = agent.policy();
    const scores = await policy.evaluate(Float32Array.of(0, 1, 2, 3, 4), 5);
    expect([0, 1, 2, 3, 4].map((i) => policy.greedy(scores, i)[0])).toEqual([0, 0, 0, 0, 0]);
    expect(manifest.metrics).toMatchObject({ 'fit.bestPass': 20, 'fit.heldOut': 0 });
  }
});

test('a policy read back acts as the one that was stored; same seed, same bytes', async () => {
  const { log } = campaign('stored', 500);
  const trained = await train('dr', log, { passes: 20 });
  expect((await train('dr', log, { passes: 20 })).model).toEqual(trained.model);
  const { agent, encoding } = await restoreOnLog(trained.manifest, trained.model, engine);
  expect(encoding).toMatchObject({ ...reading, actions: log.actions, columns: log.columns });
  const seen = observationsOfLog(log);
  const [before, after] = await Promise.all(
    [trained.agent, agent].map((a) => a.policy().evaluate(seen, log.n)),
  );
  expect(after!.values).toEqual(before!.values);
  expect(trained.sample.observations.length).toBe(500 * 2);
});

test('agents that learn from anything else are refused, and a log without features', async () => {
  const { log } = campaign('refused', 50);
  for (const { name } of agents.filter(({ consumes }) => consumes === 'rollouts'))
    await expect(train(name, log)).rejects.toThrow('accepted with --log: ips, dr, cql');
  const bare = { ...log, columns: [], features: new Float64Array(0), width: 0 };
  await expect(train('ips', bare)).rejects.toThrow('the log has no feature');
});

test.each(learners.slice(0, -1))(
  '%s %j stops by shoppers it never saw: tastes of single shoppers, known by heart, do not lengthen the learning',
  async (name, settings) => {
    const stream = rng('tastes');
    const [people, each] = [40, 25];
    const n = people * each;
    const likes = Array.from({ length: people }, () => stream.int(4));
    const shopper = Int32Array.from({ length: n }, (_, row) => row % people);
    const action = Int32Array.from(shopper, () => stream.int(4));
    const features = new Float64Array(n * people);
    for (const [row, one] of shopper.entries()) features[row * people + one] = 1;
    const log: CampaignLog = {
      ...campaign('tastes', n).log,
      action,
      propensity: new Float64Array(n).fill(0.25),
      reward: Float64Array.from(shopper, (one, row) => (action[row] === likes[one] ? 1 : 0)),
      features,
      width: people,
      columns: [{ name: 'name', words: likes.map((_, one) => `shopper ${one}`) }],
      shopper,
    };
    const passes = async (rows: CampaignLog): Promise<number> => {
      const { metrics } = (await train(name, rows, settings)).manifest;
      return metrics['fit.bestPass'] ?? metrics['fit.passes']!;
    };
    const alone = await passes({ ...log, shopper: Int32Array.from({ length: n }, (_, row) => row) });
    expect(await passes(log)).toBeLessThan(alone / 2);
  },
);

test('rows of one shopper follow each other by time; what follows is worth the discount', () => {
  const { log } = campaign('sequences', 4);
  const shoppers = { ...log, shopper: Int32Array.of(0, 1, 0, 0), time: Float64Array.of(5, 1, 9, 2) };
  const { discounts, nextObservations, observations } = decisionsOfLog(shoppers, 0.5);
  expect([...discounts]).toEqual([0.5, 0, 0, 0.5]);
  expect([...nextObservations.subarray(0, 2)]).toEqual([...observations.subarray(4, 6)]);
  expect([...nextObservations.subarray(6, 8)]).toEqual([...observations.subarray(0, 2)]);
});

test('words of a shopper given by name become their numbers; an unknown one is refused', () => {
  const { log } = campaign('words', 1);
  expect(numbersOfWords(log.columns, { age: 3, kind: 'b' })).toEqual({ age: 3, kind: 2 });
  expect(() => numbersOfWords(log.columns, { kind: 'z' })).toThrow(
    '"kind" of the observation is "z"; accepted: a, b, c',
  );
});

test('dr: where a log is too thin to learn from, every choice mostly stays alike', async () => {
  const stream = rng('thin');
  const { log } = campaign('thin', 500);
  const words = Array.from({ length: 30 }, (_, i) => `word ${i}`);
  const features = new Float64Array(500 * 30);
  for (let i = 0; i < 500; i++) features[i * 30 + stream.int(30)] = 1;
  const thin = {
    ...log,
    columns: [{ name: 'noise', words }],
    features,
    width: 30,
    action: Int32Array.from(log.action, () => stream.int(4)),
    propensity: new Float64Array(500).fill(0.25),
    reward: Float64Array.from(log.reward, () => (stream.float() < 0.02 ? 1 : 0)),
  };
  const passesOf = async (seed: number, settings = {}): Promise<number> =>
    (await train('dr', thin, settings, seed)).manifest.metrics['fit.passes']!;
  let untouched = 0;
  for (let seed = 1; seed <= 5; seed++) if ((await passesOf(seed)) === 0) untouched++;
  expect(untouched).toBeGreaterThanOrEqual(3);
  expect(await passesOf(1, { validation: 0 })).toBe(150);
});

test('a log in which nothing was chosen among others is refused', async () => {
  const { log } = campaign('one', 1);
  const single = { ...log, actions: log.actions.slice(0, 1) };
  await expect(
    trainOnLog({ definition: agentNamed('dr'), log: single, reading, seed: 1, engine, clock: () => 0 }),
  ).rejects.toThrow(/^the log has 1 row, and one action was chosen/);
});
