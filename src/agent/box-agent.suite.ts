import { describe, expect, test } from 'vitest';
import {
  observationSpec,
  type RolloutBatch,
  readSettings,
  rng,
  type TransitionBatch,
} from '../core/index.ts';
import type { Engine } from '../math/index.ts';
import type { Agent, AgentContext, AgentDefinition } from './agent.ts';
import { type Box, withinBox } from './gaussian.ts';

/**
 * What every Agent promises whose actions are numbers within bounds, in a world of one step small enough to know the right
 * answer: it shows x from [-1, 1], the best action is [2 + x, 2 - x] within [0, 4], and the reward is less by the square
 * of each number's distance. Numbers outside the bounds count as on them.
 */
const observation = observationSpec([{ name: 'x', kind: 'real', size: 1, low: -1, high: 1 }]);
const action: Box = { kind: 'box', size: 2, low: 0, high: 4 };
const n = 8;

export function boxAgentSuite(
  definition: AgentDefinition,
  engine: Engine,
  given: Readonly<Record<string, unknown>>,
  batches: number,
): void {
  const settings = (): never => {
    const read = readSettings(definition.settings, given);
    if (!read.ok) throw new Error(read.error.message);
    return read.value as never;
  };
  const context = (seed: number, more: Partial<AgentContext> = {}): AgentContext => ({
    observation,
    action,
    engine,
    rng: rng(seed),
    ...more,
  });
  const teach = async (agent: Agent, from: number, to: number): Promise<unknown[]> => {
    const reports: unknown[] = [];
    for (let i = from; i < to; i++) reports.push(await lesson(agent, i));
    return reports;
  };
  const probes = Float32Array.of(-0.8, -0.3, 0.2, 0.9);

  describe(`${definition.name} chooses numbers`, () => {
    test('learns them where the answer is known, and keeps to the bounds', async () => {
      const agent = await definition.create(context(5), settings());
      const policy = agent.policy();
      const before = await worst(agent);
      await teach(agent, 0, batches);
      expect(await worst(agent)).toBeLessThan(Math.min(0.35, before / 2));
      const scores = await policy.evaluate(probes, 4);
      for (let i = 0; i < 4; i++)
        for (const x of policy.greedy(scores, i)) expect(x >= 0 && x <= 4).toBe(true);
    });

    test('draws as often as its densities say', async () => {
      const agent = await definition.create(context(1), settings());
      const policy = agent.policy();
      const scores = await policy.evaluate(probes, 4);
      const stream = rng('draws');
      const draws = Array.from({ length: 4000 }, () => policy.sample(scores, 2, stream));
      for (const { action: drawn, logProbs } of draws.slice(0, 50))
        expect([...policy.logProb(scores, 2, drawn)]).toEqual([...logProbs]);
      // The mass of an interval, once counted and once summed up from the densities.
      const [from, to, steps] = [1.9, 2.1, 200];
      let mass = 0;
      for (let s = 0; s < steps; s++) {
        const at = from + ((s + 0.5) * (to - from)) / steps;
        mass += (Math.exp(policy.logProb(scores, 2, Float32Array.of(at, 0))[0]!) * (to - from)) / steps;
      }
      const counted = draws.filter(({ action: [x] }) => x! > from && x! < to).length / draws.length;
      expect(mass).toBeGreaterThan(0.001);
      expect(Math.abs(counted - mass)).toBeLessThan(5 * Math.sqrt(mass / draws.length));
    });

    test('continues identically after being saved and restored', async () => {
      const agent = await definition.create(context(3), settings());
      await teach(agent, 0, 4);
      const restored = await definition.restore(context(99), settings(), await agent.save());
      expect(await teach(restored, 4, 6)).toEqual(await teach(agent, 4, 6));
      expect(await restored.save()).toEqual(await agent.save());
      const [one, two] = [restored, agent].map((a) => a.policy().evaluate(probes, 4));
      expect((await one!).values).toEqual((await two!).values);
    });

    test('refuses bytes that are not its own', async () => {
      for (const bytes of [new Uint8Array(3), new Uint8Array(64).fill(7)])
        await expect(definition.restore(context(1), settings(), bytes)).rejects.toMatchObject({
          code: 'bad-model',
        });
    });
  });

  /** The largest distance of a probe's action from the best one. */
  async function worst(agent: Agent): Promise<number> {
    const policy = agent.policy();
    const scores = await policy.evaluate(probes, 4);
    return Math.max(
      ...[...probes].flatMap((x, i) => {
        const [a, b] = policy.greedy(scores, i);
        return [Math.abs(a! - 2 - x), Math.abs(b! - 2 + x)];
      }),
    );
  }
}

/** Steps of the agent's own policy, learned from. */
async function lesson(agent: Agent, seed: number): Promise<unknown> {
  if (agent.consumes === 'sequences' || agent.consumes === 'decisions') throw new Error('unreachable');
  const steps = agent.consumes === 'rollouts' ? agent.rolloutSteps : 4;
  const stream = rng(`box ${seed}`);
  const size = steps * n;
  const observations = Float32Array.from({ length: size + n }, () => 2 * stream.float() - 1);
  const policy = agent.policy();
  const scores = await policy.evaluate(observations, size + n);
  const actions = new Float32Array(2 * size);
  const rewards = new Float32Array(size);
  for (let i = 0; i < size; i++) {
    const drawn = policy.sample(scores, i, stream).action;
    actions.set(drawn as Float32Array, 2 * i);
    const [a, b] = withinBox(action, drawn);
    rewards[i] = 1 - (a! - 2 - observations[i]!) ** 2 - (b! - 2 + observations[i]!) ** 2;
  }
  const shared = {
    actions,
    rewards,
    terminated: new Uint8Array(size).fill(1),
    truncated: new Uint8Array(size),
  };
  if (agent.consumes === 'rollouts') {
    const batch: RolloutBatch = {
      ...shared,
      steps,
      n,
      observations,
      finalObservations: new Float32Array(0),
      discount: 0.9,
    };
    return agent.learn(batch);
  }
  const batch: TransitionBatch = {
    ...shared,
    n: size,
    observations: observations.slice(0, size),
    nextObservations: observations.slice(n, size + n),
    discounts: new Float32Array(size),
  };
  return agent.learn(batch);
}
