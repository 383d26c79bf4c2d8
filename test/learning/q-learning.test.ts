import { describe, expect, test } from 'vitest';
import { agentNamed, type TransitionAgent } from '../../src/agent/index.ts';
import { readSettings, rng } from '../../src/core/index.ts';
import { greedyChoices, policyValue } from '../../src/eval/index.ts';
import { type World, worldNamed } from '../../src/world/index.ts';

/**
 * `q-learning` finds the best known policies of the tabular worlds, 5 seeds of 5, from uniformly random behaviour as
 * printed. What it learned is not sampled but evaluated exactly, by dynamic programming with the worlds' step limits.
 */
const seeds = [1, 2, 3, 4, 5];

test.each([
  { id: 'chain-v1', options: {}, steps: 100_000, discount: 0.99, learningRate: 0.2, decay: 0.01, least: 10 },
  {
    id: 'frozen-lake-v1',
    options: {},
    steps: 5_000_000,
    discount: 0.99,
    learningRate: 0.2,
    decay: 0.002,
    least: 0.7367,
  },
  {
    id: 'frozen-lake-v1',
    options: { map: '8x8' },
    steps: 10_000_000,
    discount: 0.997,
    learningRate: 0.2,
    decay: 0.002,
    least: 0.885,
  },
  {
    id: 'taxi-v3',
    options: {},
    steps: 2_000_000,
    discount: 1,
    learningRate: 0.5,
    decay: 0,
    least: 7.93 * 0.99,
  },
  {
    id: 'cliff-walking-v1',
    options: {},
    steps: 500_000,
    discount: 1,
    learningRate: 0.5,
    decay: 0,
    least: -13 * 1.01,
  },
])('$id $options: at least $least', async ({ id, options, steps, discount, learningRate, decay, least }) => {
  const definition = worldNamed(id);
  const model = definition.model!(options);
  for (const seed of seeds) {
    const world = definition.create(1000, options);
    const agent = await create(
      world,
      { learningRate, learningRateDecay: decay, exploration: 'uniform' },
      seed,
    );
    await learnUniformly(agent, world, { steps, discount, seed });
    const value = policyValue(model, await greedyChoices(agent.policy(), model.states));
    expect(value, `seed ${seed}`).toBeGreaterThanOrEqual(least);
  }
});

describe('before it has learned anything', () =>
  test.each(['frozen-lake-v1', 'taxi-v3', 'cliff-walking-v1'])('it is far from that on %s', async (id) => {
    const world = worldNamed(id).create(1);
    const model = worldNamed(id).model!();
    const { policy } = await create(world, {}, 1);
    const optimum = { 'frozen-lake-v1': 0.7402, 'taxi-v3': 7.93, 'cliff-walking-v1': -13 }[id]!;
    expect(policyValue(model, await greedyChoices(policy(), model.states))).toBeLessThan(optimum - 0.5);
  }));

async function create(
  world: World,
  given: Readonly<Record<string, unknown>>,
  seed: number,
): Promise<TransitionAgent> {
  const definition = agentNamed('q-learning');
  const settings = readSettings(definition.settings, given);
  if (!settings.ok) throw new Error(settings.error.message);
  const { observation, action } = world;
  const agent = await definition.create({ observation, action, rng: rng(seed) }, settings.value);
  if (agent.consumes !== 'transitions') throw new Error('unreachable');
  return agent;
}

/** A loop of its own for tens of millions of steps: under uniform behaviour nobody needs to ask the policy. */
async function learnUniformly(
  agent: TransitionAgent,
  world: World,
  { steps, discount, seed }: { readonly steps: number; readonly discount: number; readonly seed: number },
): Promise<void> {
  if (world.action.kind !== 'choice') throw new Error('unreachable');
  const { n: choices } = world.action;
  const { n } = world;
  const behaviour = rng('behaviour').fork(seed);
  const actions = new Int32Array(n);
  const observations = world.reset(seed).slice();
  const nextObservations = new Float32Array(n);
  const discounts = new Float32Array(n);
  for (let done = 0; done < steps; done += n) {
    for (let i = 0; i < n; i++) actions[i] = behaviour.int(choices);
    const step = world.step(actions);
    for (let i = 0; i < n; i++) {
      const ended = step.terminated[i] || step.truncated[i];
      nextObservations[i] = ended ? step.finalObservations[i]! : step.observations[i]!;
      discounts[i] = step.terminated[i] ? 0 : discount;
    }
    await agent.learn({ ...step, n, observations, actions, nextObservations, discounts });
    observations.set(step.observations);
  }
}
