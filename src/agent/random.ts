import type { AgentContext, AgentDefinition, SequenceAgent } from './agent.ts';
import { arrayOf, readModel, writeModel } from './saved-model.ts';
import { scoredPolicy } from './scored-policy.ts';

/**
 * Chooses uniformly among what is allowed: the floor any agent must beat, and the cleanest logging policy. Its scores are
 * a hash of (seed, observation, item), so that its best list is another one for each shopper and always the same for the
 * same: judged as a ranking it is chance itself.
 */
export const random: AgentDefinition = {
  name: 'random',
  summary: 'every allowed choice with the same probability',
  consumes: 'sequences',
  settings: {},
  create: async (context) => build(context, Uint32Array.from(context.rng.fork('lists').state())),
  restore: async (context, _settings, saved) =>
    build(context, arrayOf(readModel('random', saved), 'seed', 'u32', 4)),
};

function build({ observation, action }: AgentContext, seed: Uint32Array): SequenceAgent {
  return {
    name: 'random',
    consumes: 'sequences',
    fit: async () => ({}),
    learn: async () => ({}),
    save: async () => writeModel('random', { values: {}, arrays: { seed } }),
    policy: () =>
      scoredPolicy(observation, action, 1, (observations, at, out) => {
        const row = new Uint32Array(observations.slice(at, at + observation.size).buffer);
        let hash = 0;
        for (const word of seed) hash = mixed(hash ^ word);
        for (const word of row) hash = mixed(Math.imul(hash, 31) ^ word);
        for (let item = 0; item < out.length; item++) {
          out[item] = mixed(hash + Math.imul(item, 0x9e3779b9)) / 4294967296;
        }
      }),
  };
}

/** A 32-bit number with its bits well mixed (MurmurHash3's finish). */
function mixed(word: number): number {
  let x = word;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}
