import { agentNamed } from '../../src/agent/index.ts';
import { readSettings, rng } from '../../src/core/index.ts';
import { rollout } from '../../src/learn/index.ts';
import type { Engine } from '../../src/math/index.ts';
import { worldNamed } from '../../src/world/index.ts';
import { type Act, actOf, play, type Rule } from './rules.ts';

/** How an agent is trained. */
export interface Lesson {
  readonly steps: number;
  readonly worlds: number;
  readonly discount: number;
  readonly settings: Readonly<Record<string, unknown>>;
}

export const tuningSeed = 101;
/** Steps of the world that tuning one contender may take. */
export const tuningSteps = 2_000_000;
const stepsOfEpisode = 112;

/** Successive halving (Jamieson & Talwalkar 2016): the better quarter goes on with four times the shoppers, the same for all. */
export async function tuneRule<T>(
  candidates: readonly T[],
  ruleOf: (candidate: T) => Rule,
  options: object,
): Promise<T> {
  const rounds = Math.ceil(Math.log(candidates.length) / Math.log(4));
  let left = [...candidates];
  for (let round = 0; round < rounds; round++) {
    const shoppers = Math.floor(tuningSteps / rounds / left.length / stepsOfEpisode);
    const world = worldNamed('campaign-v2').create(shoppers, { ...options });
    const results: { candidate: T; margin: number }[] = [];
    for (const candidate of left) {
      const { returns } = await play(
        world,
        actOf(ruleOf(candidate), world.observation.size),
        tuningSeed + round,
      );
      results.push({ candidate, margin: sum(returns) });
    }
    results.sort((a, b) => b.margin - a.margin);
    left = results.slice(0, Math.ceil(left.length / 4)).map(({ candidate }) => candidate);
  }
  return left[0]!;
}

/** Trains with each lesson and takes the one whose greedy policy brings most. */
export async function tuneAgent(
  name: string,
  lessons: readonly Lesson[],
  options: object,
  engine: Engine,
): Promise<Lesson> {
  let best: { lesson: Lesson; margin: number } | undefined;
  const world = worldNamed('campaign-v2').create(2000, { ...options });
  for (const lesson of lessons) {
    const act = await agentAct(name, lesson, options, tuningSeed, engine);
    const margin = sum((await play(world, act, tuningSeed)).returns);
    if (!best || margin > best.margin) best = { lesson, margin };
  }
  return best!.lesson;
}

/** Trains an agent and answers what its greedy policy does. */
export async function agentAct(
  name: string,
  { steps, worlds, discount, settings }: Lesson,
  options: object,
  seed: number,
  engine: Engine,
): Promise<Act> {
  const definition = agentNamed(name);
  const world = worldNamed('campaign-v2').create(worlds, { ...options });
  const { observation, action } = world;
  const read = readSettings(definition.settings, settings);
  if (!read.ok) throw new Error(`${name}: ${read.error.message}`);
  const agent = await definition.create({ observation, action, rng: rng(seed), engine }, read.value);
  await rollout(agent, world, { steps, seed, discount });
  const policy = agent.policy();
  return async (seen, masks) => {
    const n = seen.length / observation.size;
    const choices = masks.length / n;
    const scores = await policy.evaluate(seen, n);
    return Int32Array.from(
      { length: n },
      (_, i) => policy.greedy(scores, i, masks.subarray(i * choices, (i + 1) * choices))[0]!,
    );
  };
}

const sum = (values: Float64Array): number => values.reduce((a, b) => a + b, 0);
