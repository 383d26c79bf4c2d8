import { describe, expect, test } from 'vitest';
import { ortEngine } from '../adapters/index.ts';
import { type ActionSpec, observationSpec, type RolloutBatch, readSettings, rng } from '../core/index.ts';
import { agentSuite } from './agent.suite.ts';
import type { AgentDefinition, RolloutAgent } from './agent.ts';
import { boxAgentSuite } from './box-agent.suite.ts';
import { reinforce } from './reinforce.ts';

const engine = await ortEngine();
agentSuite(reinforce as AgentDefinition, {
  learns: 'next',
  context: async () => ({ engine }),
  batches: 60,
  settings: { learningRate: 0.01, rolloutSteps: 16, batchSize: 128, hidden: 32 },
});
boxAgentSuite(
  reinforce as AgentDefinition,
  engine,
  { learningRate: 0.01, rolloutSteps: 16, batchSize: 128, hidden: 32, deviation: 0.5 },
  150,
);

const observation = observationSpec([{ name: 'x', kind: 'real', size: 1, low: -1, high: 1 }]);
const items = 6;

async function create(action: ActionSpec, given: Record<string, unknown>): Promise<RolloutAgent> {
  const settings = readSettings(reinforce.settings, { hidden: 16, learningRate: 0.01, ...given });
  if (!settings.ok) throw new Error(settings.error.message);
  const agent = await reinforce.create({ observation, action, engine, rng: rng(1) }, settings.value);
  if (agent.consumes !== 'rollouts') throw new Error('unreachable');
  return agent;
}

const probabilities = async (agent: RolloutAgent): Promise<number[]> => {
  const scores = await agent.policy().evaluate(Float32Array.of(0), 1);
  const whole = scores.values.reduce((sum, x) => sum + Math.exp(x), 0);
  return [...scores.values].map((x) => Math.exp(x) / whole);
};

/** Steps of one world that ends after each of them, or where `terminated` says. */
const batchOf = (
  actions: Int32Array,
  rewards: ArrayLike<number>,
  more: Partial<RolloutBatch> = {},
): RolloutBatch => ({
  steps: rewards.length,
  n: 1,
  observations: new Float32Array(rewards.length + 1),
  actions,
  rewards: Float32Array.from(rewards),
  terminated: new Uint8Array(rewards.length).fill(1),
  truncated: new Uint8Array(rewards.length),
  finalObservations: new Float32Array(0),
  discount: 0.9,
  ...more,
});

describe('reinforce', () => {
  test('waits for the end of an episode, and learns what followed each step', async () => {
    const agent = await create(
      { kind: 'choice', n: 2 },
      { rolloutSteps: 4, batchSize: 6, learningRate: 1e-9 },
    );
    const actions = new Int32Array(4);
    const open = new Uint8Array(4);
    const first = await agent.learn(batchOf(actions, [0, 0, 0, 0], { terminated: open }));
    expect(first).toMatchObject({ updates: 0, waiting: 0, steps: 4 });
    const second = await agent.learn(
      batchOf(actions, [0, 1, 0, 0], { terminated: Uint8Array.of(0, 1, 0, 0) }),
    );
    expect(second).toMatchObject({ updates: 1, waiting: 0, steps: 8 });
    // Values start near 0 and are all alike, as is what is seen: with V the loss is the mean of (.9^t - V)^2.
    const returns = [5, 4, 3, 2, 1, 0].map((t) => 0.9 ** t);
    const scores = (v: number): number => returns.reduce((sum, g) => sum + (g - v) ** 2, 0) / 6;
    const mean = returns.reduce((a, b) => a + b) / 6;
    expect(second.valueLoss!).toBeGreaterThanOrEqual(scores(mean));
    expect(second.valueLoss!).toBeLessThan(scores(-0.5));
    expect(second.meanWeight).toBeCloseTo(1, 5);
  });

  test('with its correction learns the policy a log of another one calls for; without, the log itself', async () => {
    // The log prefers action 0 nine to one; both pay, action 1 a little more.
    const stream = rng('log');
    const learned = async (corrected: boolean): Promise<number> => {
      const agent = await create(
        { kind: 'choice', n: 2 },
        {
          rolloutSteps: 128,
          batchSize: 128,
          baseline: false,
          normaliseAdvantages: false,
          learningRate: 0.003,
        },
      );
      for (let i = 0; i < 60; i++) {
        const actions = Int32Array.from({ length: 128 }, () => (stream.float() < 0.9 ? 0 : 1));
        const logProbs = Float32Array.from(actions, (a) => Math.log(a ? 0.1 : 0.9));
        const rewards = Array.from(actions, (a) => (a ? 1 : 0.5));
        await agent.learn(batchOf(actions, rewards, corrected ? { logProbs } : {}));
      }
      return (await probabilities(agent))[1]!;
    };
    expect(await learned(true)).toBeGreaterThan(0.9);
    expect(await learned(false)).toBeLessThan(0.2);
  });

  test('the top-K correction wants each good item among those shown, not the best one above all', async () => {
    const worth = [1, 0.9, 0, 0, 0, 0];
    const learned = async (topK: boolean): Promise<number[]> => {
      const slate: ActionSpec = { kind: 'slate', k: 2, n: items };
      const agent = await create(slate, { rolloutSteps: 64, batchSize: 64, topK, learningRate: 0.005 });
      const stream = rng('slates');
      for (let i = 0; i < 150; i++) {
        const scores = await agent.policy().evaluate(new Float32Array(1), 1);
        const slates = Array.from({ length: 64 }, () => agent.policy().sample(scores, 0, stream).action);
        // The shopper looks at both and takes the first that is good enough for the mood of the moment, or leaves.
        const chosen = Int32Array.from(slates, (slate) => {
          const mood = stream.float();
          return [...slate].findIndex((item) => worth[item]! > mood);
        });
        const rewards = Array.from(chosen, (slot) => (slot < 0 ? 0 : 1));
        await agent.learn(batchOf(Int32Array.from(slates.flatMap((s) => [...s])), rewards, { chosen }));
      }
      return probabilities(agent);
    };
    const [plain, corrected] = [await learned(false), await learned(true)];
    expect(Math.max(...plain)).toBeGreaterThan(0.85);
    expect(Math.max(...corrected)).toBeLessThan(0.75);
    expect(corrected[0]! + corrected[1]!).toBeGreaterThan(0.9);
  });

  test('refuses slates whose answers it is not told', async () => {
    const agent = await create({ kind: 'slate', k: 2, n: items }, { rolloutSteps: 2 });
    await expect(agent.learn(batchOf(Int32Array.of(0, 1, 2, 3), [1, 0]))).rejects.toMatchObject({
      code: 'bad-setting',
    });
  });
});
