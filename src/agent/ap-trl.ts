import {
  actionSize,
  eventTypes,
  historyPlace,
  rng,
  type SettingsOf,
  TendrilError,
  type TransitionBatch,
} from '../core/index.ts';
import type { AgentContext, AgentDefinition, TransitionAgent } from './agent.ts';
import { arrayOf, checkFinite, readModel, writeModel } from './saved-model.ts';
import { itemsOf, scoredPolicy } from './scored-policy.ts';
import { untrainedTransformer } from './untrained-transformer.ts';

const settings = {
  width: { type: 'number', default: 16, min: 2, max: 512, integer: true, doc: 'numbers an embedding has' },
  heads: { type: 'number', default: 2, min: 1, max: 64, integer: true, doc: 'attention heads' },
  blocks: { type: 'number', default: 1, min: 1, max: 12, integer: true, doc: 'layers of the encoder' },
  places: {
    type: 'number',
    default: 20,
    min: 1,
    max: 1000,
    integer: true,
    doc: 'newest interactions that make the sequence',
  },
  decimals: {
    type: 'number',
    default: 1,
    min: 0,
    max: 6,
    integer: true,
    doc: 'digits of the mean output that make the state key',
  },
  tuples: {
    type: 'number',
    default: 10_000,
    min: 0,
    max: 1e9,
    integer: true,
    doc: 'interactions learned from, as printed; 0: all',
  },
  learningRate: { type: 'number', default: 0.1, min: 0, max: 1, doc: 'step of the Q-value update' },
  epsilon: { type: 'number', default: 0.1, min: 0, max: 1, doc: 'share of picks at random' },
} as const;

/** Values a table may have: its states are keyed by text, which takes more room than the values. */
const mostEntries = 2_000_000;

/**
 * "AP-TRL": action prediction by a transformer with reinforcement learning, its two algorithms as printed and nothing
 * else. It is kept to be measured and beaten.
 *
 *   1  sequence -> tokens (item, type, item, type, ...) -> random embeddings -> transformer -> mean of outputs -> state key
 *   2  k times: pick an action for that key, epsilon-greedy on Q[key];
 *      Q[key][a] <- Q[key][a] + learningRate x (r + discount x max Q[key'] - Q[key][a])
 *
 * Nothing in the first algorithm is taught, so the key is a hash of the sequence: two histories share a row only where
 * their means agree in every digit. Of a slate the pick that was answered to gets the reward, the others 0.
 */
export const apTrl: AgentDefinition<typeof settings> = {
  name: 'ap-trl',
  summary: 'a table of values keyed by an untaught transformer, as published: a weak one, to compare with',
  consumes: 'transitions',
  settings,
  create: async (context, values) => build(context, values, context.rng.fork('ap-trl').int(2 ** 31)),
  async restore(context, values, saved) {
    const read = readModel('ap-trl', saved);
    const agent = build(context, values, Number(read.values.seed));
    const keys = read.values.keys as readonly string[];
    const lengths = arrayOf(read, 'lengths', 'i32', keys.length);
    const actions = arrayOf(read, 'actions', 'i32');
    const q = arrayOf(read, 'q', 'f64', actions.length);
    checkFinite(read, ['q']);
    let at = 0;
    keys.forEach((key, i) => {
      const row = new Map<number, number>();
      for (const to = at + lengths[i]!; at < to; at++) row.set(actions[at]!, q[at]!);
      agent.table.set(key, row);
    });
    agent.counts.steps = Number(read.values.steps);
    agent.counts.entries = actions.length;
    return agent;
  },
};

interface Built extends TransitionAgent {
  /** By state key the values that are not 0 of themselves. */
  readonly table: Map<string, Map<number, number>>;
  readonly counts: { steps: number; entries: number };
}

function build(
  { observation, action }: AgentContext,
  { width, heads, blocks, places, decimals, tuples, learningRate, epsilon }: SettingsOf<typeof settings>,
  seed: number,
): Built {
  const items = itemsOf(action);
  const slots = actionSize(action);
  const place = historyPlace(observation);
  if (!place)
    throw new TendrilError('bad-setting', 'ap-trl needs an observation with the part "history.items"');
  if (width % heads !== 0)
    throw new TendrilError(
      'bad-setting',
      `width ${width} cannot be shared by ${heads} heads; accepted: a multiple of heads`,
    );
  const encoder = untrainedTransformer(
    { tokens: items + eventTypes.length + 1, width, heads, blocks },
    rng(seed),
  );
  const table = new Map<string, Map<number, number>>();
  const counts = { steps: 0, entries: 0 };

  /** Algorithm 1. */
  function keyOf(observations: Float32Array, at: number): string {
    const tokens: number[] = [];
    for (let slot = Math.max(0, place!.size - places); slot < place!.size; slot++) {
      const item = observations[at + place!.items + slot]!;
      if (item <= 0) continue;
      tokens.push(item - 1);
      if (place!.types >= 0) tokens.push(items + observations[at + place!.types + slot]!);
    }
    return [...encoder.read(tokens)]
      .map((x) => (Math.round(x * 10 ** decimals) / 10 ** decimals || 0).toFixed(decimals))
      .join();
  }
  /** Over what the i-th of the masks allows; over everything without. */
  const best = (key: string, masks: Uint8Array | undefined, i: number): number => {
    const row = table.get(key);
    if (!row) return 0;
    if (masks) {
      let top = -Infinity;
      for (let item = 0; item < items; item++)
        if (masks[i * items + item]) top = Math.max(top, row.get(item) ?? 0);
      return top === -Infinity ? 0 : top;
    }
    // What was never updated is worth 0 as well.
    let top = row.size < items ? 0 : -Infinity;
    for (const q of row.values()) if (q > top) top = q;
    return top;
  };

  /** Algorithm 2, its update. */
  function learn(batch: TransitionBatch): Record<string, number> {
    let [updates, errors] = [0, 0];
    for (let i = 0; i < batch.n && (tuples === 0 || counts.steps < tuples); i++, counts.steps++) {
      const key = keyOf(batch.observations, i * observation.size);
      const next =
        batch.discounts[i]! > 0
          ? batch.discounts[i]! *
            best(keyOf(batch.nextObservations, i * observation.size), batch.nextMasks, i)
          : 0;
      const row = table.get(key) ?? new Map<number, number>();
      table.set(key, row);
      for (let slot = 0; slot < slots; slot++) {
        const item = batch.actions[i * slots + slot]!;
        if (item < 0) continue;
        const reward = !batch.chosen || batch.chosen[i] === slot ? batch.rewards[i]! : 0;
        const error = reward + next - (row.get(item) ?? 0);
        if (!row.has(item) && ++counts.entries > mostEntries)
          throw new TendrilError(
            'bad-setting',
            `the table of "ap-trl" would pass ${mostEntries} values: ${table.size} states; give fewer "decimals" or "tuples"`,
          );
        row.set(item, (row.get(item) ?? 0) + learningRate * error);
        errors += Math.abs(error);
        updates++;
      }
    }
    return { updates, states: table.size, steps: counts.steps, tdError: updates > 0 ? errors / updates : 0 };
  }

  return {
    name: 'ap-trl',
    consumes: 'transitions',
    table,
    counts,
    learn: async (batch) => learn(batch),
    policy: () =>
      scoredPolicy(observation, action, epsilon, (observations, at, out) => {
        out.fill(0);
        for (const [item, q] of table.get(keyOf(observations, at)) ?? []) out[item] = q;
      }),
    save: async () => {
      const rows = [...table.values()];
      return writeModel('ap-trl', {
        values: { seed, steps: counts.steps, keys: [...table.keys()] },
        arrays: {
          lengths: Int32Array.from(rows, (row) => row.size),
          actions: Int32Array.from(rows.flatMap((row) => [...row.keys()])),
          q: Float64Array.from(rows.flatMap((row) => [...row.values()])),
        },
      });
    },
  };
}
