import { expect, test } from 'vitest';
import { agentNamed, type Policy } from '../../agent/index.ts';
import { rng, rngFrom } from '../../core/index.ts';
import { worldNamed } from '../../world/index.ts';
import { driversOf } from './drivers.ts';
import { observedStates } from './observed-states.ts';

async function policyOf(
  name: string,
  world: ReturnType<ReturnType<typeof worldNamed>['create']>,
): Promise<Policy> {
  const { observation, action } = world;
  const agent = await agentNamed(name).create({ observation, action, rng: rng(1) }, { epsilon: 1 });
  return agent.policy();
}

test('moments of whole episodes are seen, not only of their beginnings', async () => {
  const world = worldNamed('campaign-v2').create(300);
  const policy = await policyOf('random', world);
  const { observations, masks, n } = await observedStates(world, policy, 3);
  const { parts, size } = world.observation;
  let at = 0;
  for (const part of parts) {
    if (part.name === 'day') break;
    at += part.size;
  }
  const days = Array.from({ length: n }, (_, i) => observations[i * size + at]!);
  const of = (from: number, to: number) => days.filter((day) => day >= from && day < to).length;
  // 75 of 300 in each quarter of 56 days, give or take what chance does.
  for (const from of [0, 14, 28, 42]) {
    expect(of(from, from + 14)).toBeGreaterThan(45);
    expect(of(from, from + 14)).toBeLessThan(105);
  }
  expect(masks!.length).toBe(n * 19);
});

test('the global view has one measure for all shoppers, whatever the last of them is like', async () => {
  const world = worldNamed('campaign-v1').create(4);
  const { observation, action } = world;
  const rows = (await observedStates(world, await policyOf('random', world), 1)).observations;
  const choices = 18;
  // Greedy but for a tenth; of the last shopper all other scores are equal.
  const last = rows.subarray(3 * observation.size).join();
  const policy: Policy = {
    observation,
    action,
    evaluate: async (observations, n) => ({
      n,
      choices,
      values: Float32Array.from({ length: n * choices }, (_, k) => {
        const row = observations.subarray(
          Math.floor(k / choices) * observation.size,
          (Math.floor(k / choices) + 1) * observation.size,
        );
        if (k % choices === 0) return 1;
        return row.join() === last ? 0 : row[0]! / 1000 - (k % choices) / 100;
      }),
    }),
    greedy: () => Int32Array.of(0),
    sample: () => ({
      action: Int32Array.of(0),
      logProbs: Float32Array.of(Math.log(0.9)),
      explored: Uint8Array.of(0),
    }),
    logProb: (_scores, _row, [taken]) => Float32Array.of(Math.log(taken === 0 ? 0.9 : 0.1 / 17)),
  };
  const told = await driversOf({
    policy,
    states: { n: 4, observations: rows },
    background: rows.slice(0, 2 * observation.size),
    words: worldNamed('campaign-v1').words!,
    rng: rngFrom(rng(1).state()),
  });
  expect(told.measure).toBe('lead');
});
