import { historyPlace, readHistory, type Sequences, TendrilError } from '../core/index.ts';
import type { AgentContext, AgentDefinition, SequenceAgent } from './agent.ts';
import { growCounts } from './grow-counts.ts';
import { chooseProfileDecay, profileDecaySetting, profileDecays } from './profile-decay.ts';
import { arrayOf, readModel, writeModel } from './saved-model.ts';
import { epsilonSetting, itemsOf, scoredPolicy } from './scored-policy.ts';
import {
  addRows,
  addRowTo,
  emptyRows,
  entriesByItem,
  rowOfEntry,
  type SparseRows,
  sparseRows,
} from './sparse-rows.ts';

/**
 * What the same shoppers took. Two items are near where many shoppers have both: cosine of their columns, shrunk so
 * that two shoppers are not a proof (Sarwar et al. 2001; Koren & Bell 2015, "Advances in Collaborative Filtering",
 * section on neighbourhood models, for the shrinkage).
 *
 *   near(i, j) = shoppers with both / (sqrt(shoppers of i x shoppers of j) + shrink)
 *   score(j)   = sum over the history of profileDecay^age x near(i, j) + 1e-9 x popularity(j)
 */
const settings = {
  shrink: {
    type: 'number',
    default: 10,
    min: 0,
    max: 1e6,
    doc: 'added to the divisor: how many shoppers make a proof',
  },
  profileDecay: profileDecaySetting,
  profileLimit: {
    type: 'number',
    default: 1000,
    min: 2,
    max: 1e6,
    integer: true,
    doc: 'newest items of one shopper that are paired: the work grows with the square',
  },
  epsilon: epsilonSetting,
} as const;

interface Learned {
  /** Shoppers with both items. */
  both: SparseRows;
  /** Shoppers with the item. */
  shoppers: Float64Array;
  profileDecay: number;
}

export const itemKnn: AgentDefinition<typeof settings> = {
  name: 'item-knn',
  summary: 'what the shoppers took who took what this shopper took',
  consumes: 'sequences',
  settings,
  async create(context, values) {
    const n = itemsOf(context.action);
    return build(context, values, {
      both: emptyRows(n),
      shoppers: new Float64Array(n),
      profileDecay: values.profileDecay || profileDecays[0],
    });
  },
  async restore(context, values, saved) {
    const n = itemsOf(context.action);
    const model = readModel('item-knn', saved);
    return build(context, values, {
      both: {
        n,
        offsets: arrayOf(model, 'offsets', 'i32', n + 1),
        columns: arrayOf(model, 'columns', 'i32'),
        values: arrayOf(model, 'values', 'f32'),
      },
      shoppers: arrayOf(model, 'shoppers', 'f64', n),
      profileDecay: Number(model.values.profileDecay),
    });
  },
  grow: growCounts({ shoppers: 0 }),
};

function build(
  { observation, action }: AgentContext,
  values: { shrink: number; profileDecay: number; profileLimit: number; epsilon: number },
  learned: Learned,
): SequenceAgent {
  const n = itemsOf(action);
  const place = historyPlace(observation);
  if (!place)
    throw new TendrilError('bad-setting', 'item-knn needs an observation with the part "history.items"');
  let near = nearness(learned, values.shrink);
  let tieBreak = Float32Array.from(learned.shoppers, (count) => 1e-9 * count);
  const history = new Int32Array(place.size);

  const score = (items: Int32Array, length: number, older: number, out: Float32Array): void => {
    out.set(tieBreak);
    let weight = 1;
    for (let age = 0; age < length; age++, weight *= older) addRowTo(out, near, items[age]!, weight);
  };

  const count = (sequences: Sequences, newFrom?: Int32Array): void => {
    const profiles = profilesOf(sequences, newFrom, values.profileLimit);
    const more = pairs(profiles, n);
    learned.both = learned.both.values.length > 0 ? addRows(learned.both, more) : more;
    profiles.items.forEach((item, p) => {
      if (profiles.fresh[p]) learned.shoppers[item]!++;
    });
    near = nearness(learned, values.shrink);
    tieBreak = Float32Array.from(learned.shoppers, (count) => 1e-9 * count);
  };

  return {
    name: 'item-knn',
    consumes: 'sequences',
    async fit(train, { validation }) {
      learned.both = emptyRows(n);
      learned.shoppers.fill(0);
      count(train);
      const chosen = chooseProfileDecay(values.profileDecay, validation, place.size, score);
      learned.profileDecay = chosen.profileDecay;
      return { interactions: train.items.length, pairs: learned.both.values.length, ...chosen };
    },
    async learn(more, newFrom) {
      count(more, newFrom);
      return { interactions: more.items.length, pairs: learned.both.values.length };
    },
    save: async () => {
      const { offsets, columns, values: counts } = learned.both;
      return writeModel('item-knn', {
        values: { profileDecay: learned.profileDecay },
        arrays: { offsets, columns, values: counts, shoppers: learned.shoppers },
      });
    },
    policy: () =>
      scoredPolicy(observation, action, values.epsilon, (observations, at, out) =>
        score(history, readHistory(place, observations, at, history), learned.profileDecay, out),
      ),
  };
}

interface Profiles {
  readonly offsets: Int32Array;
  readonly items: Int32Array;
  /** 1 where the shopper has the item since the last call only. */
  readonly fresh: Uint8Array;
}

/** Each shopper's different items, the newest `limit` of them. */
function profilesOf(sequences: Sequences, newFrom: Int32Array | undefined, limit: number): Profiles {
  const offsets = new Int32Array(sequences.n + 1);
  const items = new Int32Array(sequences.items.length);
  const fresh = new Uint8Array(sequences.items.length);
  const lastRow = new Int32Array(sequences.itemCount).fill(-1);
  const place = new Int32Array(sequences.itemCount);
  let size = 0;
  for (let u = 0; u < sequences.n; u++) {
    const known = sequences.offsets[u]! + (newFrom?.[u] ?? 0);
    for (let p = sequences.offsets[u + 1]! - 1; p >= sequences.offsets[u]!; p--) {
      const item = sequences.items[p]!;
      if (lastRow[item] !== u) {
        if (size - offsets[u]! >= limit) break;
        lastRow[item] = u;
        place[item] = size;
        items[size++] = item;
      }
      fresh[place[item]!] = p >= known ? 1 : 0;
    }
    offsets[u + 1] = size;
  }
  return { offsets, items: items.slice(0, size), fresh: fresh.slice(0, size) };
}

/** Row i: shoppers who have i and j, of whom at least one is fresh. */
function pairs({ offsets, items, fresh }: Profiles, itemCount: number): SparseRows {
  const { starts, entries } = entriesByItem(items, itemCount);
  const rows = rowOfEntry(offsets);
  return sparseRows(itemCount, (item, add) => {
    for (let e = starts[item]!; e < starts[item + 1]!; e++) {
      const p = entries[e]!;
      const end = offsets[rows[p]! + 1]!;
      for (let q = offsets[rows[p]!]!; q < end; q++) if (q !== p && (fresh[p] || fresh[q])) add(items[q]!, 1);
    }
  });
}

function nearness({ both, shoppers }: Learned, shrink: number): SparseRows {
  const root = shoppers.map(Math.sqrt);
  const values = new Float32Array(both.values.length);
  for (let i = 0; i < both.n; i++) {
    for (let p = both.offsets[i]!; p < both.offsets[i + 1]!; p++)
      values[p] = both.values[p]! / (root[i]! * root[both.columns[p]!]! + shrink);
  }
  return { ...both, values };
}
