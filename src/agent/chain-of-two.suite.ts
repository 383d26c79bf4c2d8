import {
  type ItemFeatures,
  readSettings,
  rng,
  shopObservation,
  type TransitionBatch,
} from '../core/index.ts';
import type { Engine } from '../math/index.ts';
import type { AgentContext, AgentDefinition } from './agent.ts';

export const items = 5;
export const observation = shopObservation(items, 3);
/** Two kinds of items; the words say nothing. */
export const features: ItemFeatures = {
  ...{ n: items, categoryCount: 2, brandCount: 0, textSize: 1 },
  categories: Int32Array.of(1, 2, 1, 2, 1),
  brands: new Int32Array(items),
  prices: new Float32Array(items).fill(0.5),
  text: new Float32Array(items),
} as never;

/**
 * After item 0 showing 1 pays .3 and it is over; showing 2 pays nothing and leads to where showing 3 pays 1. Everything else pays
 * nothing. So 2 is worth more, but where 3 is forbidden next.
 */
export function chain(seed: number, open: boolean, discount = 0.9): TransitionBatch {
  const n = 64;
  const stream = rng(`chain ${seed}`);
  const at = (row: Float32Array, i: number, item: number): void =>
    row.set([item + 1, 3], i * observation.size + 2);
  const batch = {
    n,
    observations: new Float32Array(n * observation.size),
    nextObservations: new Float32Array(n * observation.size),
    actions: Int32Array.from({ length: n }, () => stream.int(items)),
    rewards: new Float32Array(n),
    discounts: new Float32Array(n),
    terminated: new Uint8Array(n).fill(1),
    truncated: new Uint8Array(n),
    nextMasks: Uint8Array.from({ length: n * items }, (_, choice) => Number(open || choice % items !== 3)),
  };
  for (let i = 0; i < n; i++) {
    const first = stream.float() < 0.5;
    // A log by somebody who often knew.
    if (!first && stream.float() < 0.5) batch.actions[i] = 3;
    at(batch.observations, i, first ? 0 : 2);
    at(batch.nextObservations, i, batch.actions[i]!);
    if (first && batch.actions[i] === 1) batch.rewards[i] = 0.3;
    if (!first && batch.actions[i] === 3) batch.rewards[i] = 1;
    if (first && batch.actions[i] === 2) {
      batch.discounts[i] = discount;
      batch.terminated[i] = 0;
    }
  }
  return batch;
}

/** What an agent is made with there, but for `more`. */
export const contextIn = (engine: Engine, more: Partial<AgentContext> = {}): AgentContext => ({
  observation,
  action: { kind: 'choice', n: items },
  items: features,
  engine,
  rng: rng(1),
  ...more,
});
export function settingsFor(definition: AgentDefinition, given: Readonly<Record<string, unknown>>): never {
  const read = readSettings(definition.settings, given);
  if (!read.ok) throw new Error(read.error.message);
  return read.value as never;
}
