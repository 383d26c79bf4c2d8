import { expect, test } from 'vitest';
import { agentNamed } from '../agent/index.ts';
import { observationSpec, rng } from '../core/index.ts';
import { vectorWorld } from '../world/index.ts';
import { meanReturn } from './judge-in-world.ts';

test('exactly so many episodes as asked, and the short ones are not preferred', async () => {
  // Episodes of the worlds take 1, 2, 3 steps and bring as much: the first four to end would be of 1, 1, 2, 1.
  const lengths = [1, 2, 3].values();
  const world = vectorWorld('lengths-v1', 3, () => {
    const length = lengths.next().value!;
    let step = 0;
    return {
      observation: observationSpec([{ name: 'nothing', kind: 'real', size: 1, low: 0, high: 1 }]),
      action: { kind: 'choice', n: 2 },
      reset: () => {
        step = 0;
      },
      step: () => ({ reward: 1, terminated: ++step === length }),
    };
  });
  const agent = await agentNamed('random').create({ ...world, rng: rng(1) }, {});
  const mean = (episodes: number): Promise<number> => meanReturn(world, agent.policy(), 1, episodes);
  expect(await mean(4)).toBe((1 + 1 + 2 + 3) / 4);
  expect(await mean(2)).toBe((1 + 2) / 2);
  expect(await mean(6)).toBe(2);
});
