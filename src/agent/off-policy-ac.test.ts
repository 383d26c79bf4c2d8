import { describe, expect, test } from 'vitest';
import { ortEngine } from '../adapters/index.ts';
import { type ActionSpec, readSettings, rng, shopObservation, type TransitionBatch } from '../core/index.ts';
import type { AgentContext, AgentDefinition, TransitionAgent } from './agent.ts';
import { offPolicyAc } from './off-policy-ac.ts';

const engine = await ortEngine();
const observation = shopObservation(6, 4);
const contextOf = (action: ActionSpec): AgentContext => ({ observation, action, engine, rng: rng(1) });
const quick = {
  updatesPerStep: 0.3,
  learningStarts: 64,
  batchSize: 32,
  averaging: 0,
  itemContent: 'none',
  bodyLearningRate: 0,
  nextWeight: 0,
};
const settingsOf = (given: Readonly<Record<string, unknown>>): never => {
  const read = readSettings(offPolicyAc.settings, { ...quick, ...given });
  if (!read.ok) throw new Error(read.error.message);
  return read.value as never;
};
const create = (
  action: ActionSpec,
  given: Readonly<Record<string, unknown>> = {},
): Promise<TransitionAgent> =>
  (offPolicyAc as AgentDefinition).create(contextOf(action), settingsOf(given)) as Promise<TransitionAgent>;

/** Steps that end at once, all seen alike: item 0 was taken last. */
function steps(
  n: number,
  actions: Int32Array,
  rewards: Float32Array,
  more: Partial<TransitionBatch>,
): TransitionBatch {
  const observations = new Float32Array(n * observation.size);
  for (let i = 0; i < n; i++) observations.set([1, 0, 0, 0, 3], i * observation.size + 3);
  return {
    n,
    observations,
    actions,
    rewards,
    nextObservations: observations,
    discounts: new Float32Array(n),
    terminated: new Uint8Array(n).fill(1),
    truncated: new Uint8Array(n),
    ...more,
  };
}

const logPi = async (agent: TransitionAgent): Promise<Float32Array> => {
  const { observations } = steps(1, new Int32Array(1), new Float32Array(1), {});
  return (await agent.policy().evaluate(observations, 1)).values;
};

describe('corrects for who acted', () => {
  const slate: ActionSpec = { kind: 'slate', k: 3, n: 6 };

  test.each([0, 1, 2, -1])(
    'its own slates have weight 1 under a mask: learned from slot %i',
    async (slot) => {
      const first = await create(slate, { learningRate: 0.05, entropyWeight: 0, replaySize: 128 });
      // It comes to like items 4 and 5, so that the slots of a slate are far from alike.
      const liked = Int32Array.from({ length: 3 * 128 }, (_, at) => [4 + ((at / 3) & 1), 1, 2][at % 3]!);
      await first.learn(steps(128, liked, new Float32Array(128).fill(1), { chosen: new Int32Array(128) }));
      const values = await logPi(first);
      expect(Math.max(...values) - Math.min(...values)).toBeGreaterThan(1);
      const agent = (await offPolicyAc.restore(
        contextOf(slate),
        settingsOf({ learningRate: 0, updatesPerStep: 1, replaySize: 128 }),
        await first.save(),
      )) as TransitionAgent;
      const policy = agent.policy();
      const n = 128;
      const batch = steps(n, new Int32Array(3 * n), new Float32Array(n), {});
      const masks = Uint8Array.from({ length: 6 * n }, (_, at) => Number(at % 6 !== ((at / 6) % 6) >> 0));
      const logProbs = new Float32Array(3 * n);
      const scores = await policy.evaluate(batch.observations, n);
      for (let i = 0; i < n; i++) {
        const sample = policy.sample(scores, i, rng(i), masks.subarray(6 * i, 6 * i + 6));
        batch.actions.set(sample.action, 3 * i);
        logProbs.set(sample.logProbs, 3 * i);
      }
      const report = await agent.learn({ ...batch, masks, logProbs, chosen: new Int32Array(n).fill(slot) });
      expect(report.weight).toBeCloseTo(1, 3);
    },
  );

  /** Arm 1 pays three times as often, and was shown a ninth as often. */
  const better = async (given: Readonly<Record<string, unknown>>, told: boolean): Promise<number> => {
    const agent = await create({ kind: 'choice', n: 2 }, { valueWeight: 0, ...given });
    const stream = rng('two arms');
    for (let step = 0; step < 8; step++) {
      const n = 64;
      const actions = Int32Array.from({ length: n }, () => Number(stream.float() < 0.1));
      const rewards = Float32Array.from(actions, (arm) => Number(stream.float() < [0.3, 0.9][arm]!));
      const logProbs = Float32Array.from(actions, (arm) => Math.log([0.9, 0.1][arm]!));
      await agent.learn(steps(n, actions, rewards, told ? { logProbs } : {}));
    }
    const [one, two] = await logPi(agent);
    return two! - one!;
  };
  test('of two arms it finds the better one that was seldom shown', async () =>
    expect(await better({}, true)).toBeGreaterThan(1));
  test('without propensities it picks what was shown most', async () =>
    expect(await better({}, false)).toBeLessThan(-1));
  test('the largest weight bounds the correction', async () =>
    expect(await better({ weightCap: 1 }, true)).toBeLessThan(-1));
});

test('top-K: an item that is nearly the best keeps its place in a slate', async () => {
  const second = async (topK: boolean): Promise<number> => {
    const agent = await create({ kind: 'slate', k: 2, n: 6 }, { topK, entropyWeight: 0, valueWeight: 0 });
    const stream = rng('slates');
    const worth = [1, 0.8, 0.1, 0.1, 0.1, 0.1];
    for (let step = 0; step < 12; step++) {
      const n = 64;
      const actions = new Int32Array(2 * n);
      const rewards = new Float32Array(n);
      for (let i = 0; i < n; i++) {
        const shown = stream.int(6);
        actions.set([shown, (shown + 1 + stream.int(5)) % 6], 2 * i);
        rewards[i] = worth[shown]!;
      }
      const logProbs = Float32Array.from(actions, (_, at) => -Math.log(at % 2 === 0 ? 6 : 5));
      await agent.learn(steps(n, actions, rewards, { logProbs, chosen: new Int32Array(n) }));
    }
    return (await logPi(agent))[1]!;
  };
  expect(await second(true)).toBeGreaterThan((await second(false)) + 0.5);
});

describe('slates that nobody answered to', () => {
  const slate: ActionSpec = { kind: 'slate', k: 2, n: 6 };
  const shown = (n: number): Int32Array =>
    Int32Array.from({ length: 2 * n }, (_, at) => ((at >> 1) + (at & 1) * (1 + ((at >> 1) % 5))) % 6);

  test('what makes shoppers leave is shown less', async () => {
    const agent = await create(slate, {});
    const n = 240;
    const actions = shown(n);
    const rewards = Float32Array.from({ length: n }, (_, i) =>
      actions.subarray(2 * i, 2 * i + 2).includes(3) ? -1 : 0,
    );
    const logProbs = Float32Array.from(actions, (_, at) => -Math.log(at % 2 === 0 ? 6 : 5));
    for (let pass = 0; pass < 2; pass++)
      await agent.learn(steps(n, actions, rewards, { logProbs, chosen: new Int32Array(n).fill(-1) }));
    const values = await logPi(agent);
    const others = values.filter((_, item) => item !== 3);
    expect(values[3]).toBeLessThan(Math.min(...others) - 0.5);
  });

  test('and that no policy showed are no lesson: neither to the critic nor to the actor', async () => {
    const agent = await create(slate, { entropyWeight: 0 });
    const before = (await logPi(agent)).slice();
    const n = 128;
    const report = await agent.learn(
      steps(n, shown(n), new Float32Array(n).fill(5), { chosen: new Int32Array(n).fill(-1) }),
    );
    expect(report.updates).toBeGreaterThan(10);
    expect(report.valueLoss).toBe(0);
    expect([...(await logPi(agent))]).toEqual([...before]);
  });
});
