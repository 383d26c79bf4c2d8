import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Policy } from '../src/agent/index.ts';
import { meanReturn } from '../src/learn/index.ts';
import { acrobot } from '../src/world/acrobot-v1.ts';
import { cartPole } from '../src/world/cart-pole-v1.ts';
import { controlWorld } from '../src/world/control-world.ts';
import type { Dynamics } from '../src/world/index.ts';
import { mountainCar } from '../src/world/mountain-car-v0.ts';

/** Where the episodes begin, by world and seed of the peer's worlds (bench/peers/judge_starts.py). */
const recorded = JSON.parse(
  readFileSync(join(import.meta.dirname, 'results/sb3-judge-starts.json'), 'utf8'),
) as Readonly<Record<string, Readonly<Record<string, readonly (readonly number[])[]>>>>;
const worlds: Readonly<Record<string, readonly [dynamics: Dynamics, recorded: string]>> = {
  'cart-pole-v1': [cartPole, 'CartPole-v1'],
  'acrobot-v1': [acrobot, 'Acrobot-v1'],
  'mountain-car-v0': [mountainCar, 'MountainCar-v0'],
};

/**
 * Mean return of the best actions over the 100 episodes on which bench/peers/sb3_returns.py judges its policy of this
 * seed: from the same states, for where an episode of these worlds begins is all that is left to chance in it.
 */
export async function returnFromPeersStarts(id: string, policy: Policy, seed: number): Promise<number> {
  const [dynamics, name] = worlds[id]!;
  const starts = Array.from({ length: 10 }, (_, i) => recorded[name]![1000 + seed + i]!).flat();
  let begun = 0;
  const from: Dynamics = {
    ...dynamics,
    // An episode each is judged; what begins after it is not.
    begin: (_, state, at) => state.set(starts[begun++ % starts.length]!, at),
  };
  return meanReturn(controlWorld(from, starts.length), policy, seed, starts.length);
}
