import { historyPlace, readHistory, type Sequences, TendrilError } from '../core/index.ts';
import { addCounts } from './add-counts.ts';
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
 * What usually follows. Of each pair of interactions at most `window` apart, the later item is counted as a follower of
 * the earlier one, with weight decay^(distance - 1): a first-order Markov chain with skips (Shani, Heckerman & Brafman
 * 2005, section 4.1.3). A row is divided by its sum where that is above 1, which leaves rare items unsure.
 *
 *   score(j) = sum over the history of profileDecay^age x count(i, j) / max(1, sum of row i) + 1e-9 x popularity(j)
 */
const settings = {
  window: {
    type: 'number',
    default: 10,
    min: 1,
    max: 100,
    integer: true,
    doc: 'largest distance of a counted pair',
  },
  decay: {
    type: 'number',
    default: 0.8,
    min: 0,
    max: 1,
    doc: 'weight of a pair for each step more of distance',
  },
  profileDecay: profileDecaySetting,
  epsilon: epsilonSetting,
} as const;

interface Learned {
  counts: SparseRows;
  popularity: Float64Array;
  profileDecay: number;
}

export const markov: AgentDefinition<typeof settings> = {
  name: 'markov',
  summary: 'what usually follows what the shopper did last',
  consumes: 'sequences',
  settings,
  async create(context, values) {
    const n = itemsOf(context.action);
    return build(context, values, {
      counts: emptyRows(n),
      popularity: new Float64Array(n),
      profileDecay: values.profileDecay || profileDecays[0],
    });
  },
  async restore(context, values, saved) {
    const n = itemsOf(context.action);
    const model = readModel('markov', saved);
    return build(context, values, {
      counts: {
        n,
        offsets: arrayOf(model, 'offsets', 'i32', n + 1),
        columns: arrayOf(model, 'columns', 'i32'),
        values: arrayOf(model, 'values', 'f32'),
      },
      popularity: arrayOf(model, 'popularity', 'f64', n),
      profileDecay: Number(model.values.profileDecay),
    });
  },
  grow: growCounts({ popularity: 0 }),
};

function build(
  { observation, action }: AgentContext,
  {
    window,
    decay,
    profileDecay,
    epsilon,
  }: { window: number; decay: number; profileDecay: number; epsilon: number },
  learned: Learned,
): SequenceAgent {
  const n = itemsOf(action);
  const place = historyPlace(observation);
  if (!place)
    throw new TendrilError('bad-setting', 'markov needs an observation with the part "history.items"');
  let scale = scalesOf(learned.counts);
  let tieBreak = Float32Array.from(learned.popularity, (count) => 1e-9 * count);
  const history = new Int32Array(place.size);

  const score = (items: Int32Array, length: number, older: number, out: Float32Array): void => {
    out.set(tieBreak);
    let weight = 1;
    for (let age = 0; age < length; age++, weight *= older)
      addRowTo(out, learned.counts, items[age]!, weight * scale[items[age]!]!);
  };

  const count = (sequences: Sequences, newFrom?: Int32Array): void => {
    const more = followers(sequences, newFrom, window, decay);
    learned.counts = learned.counts.values.length > 0 ? addRows(learned.counts, more) : more;
    scale = scalesOf(learned.counts);
    addCounts(learned.popularity, sequences, newFrom);
    tieBreak = Float32Array.from(learned.popularity, (count) => 1e-9 * count);
  };

  return {
    name: 'markov',
    consumes: 'sequences',
    async fit(train, { validation }) {
      learned.counts = emptyRows(n);
      learned.popularity.fill(0);
      count(train);
      const chosen = chooseProfileDecay(profileDecay, validation, place.size, score);
      learned.profileDecay = chosen.profileDecay;
      return { interactions: train.items.length, pairs: learned.counts.values.length, ...chosen };
    },
    async learn(more, newFrom) {
      count(more, newFrom);
      return { interactions: more.items.length, pairs: learned.counts.values.length };
    },
    save: async () => {
      const { offsets, columns, values } = learned.counts;
      return writeModel('markov', {
        values: { profileDecay: learned.profileDecay },
        arrays: { offsets, columns, values, popularity: learned.popularity },
      });
    },
    policy: () =>
      scoredPolicy(observation, action, epsilon, (observations, at, out) =>
        score(history, readHistory(place, observations, at, history), learned.profileDecay, out),
      ),
  };
}

/** Row i: how often, and how near, each item followed item i. Pairs whose later one is not new were counted before. */
function followers(
  { items, itemCount, offsets }: Sequences,
  newFrom: Int32Array | undefined,
  window: number,
  decay: number,
): SparseRows {
  const { starts, entries } = entriesByItem(items, itemCount);
  const rows = rowOfEntry(offsets);
  const weights = Float64Array.from({ length: window + 1 }, (_, distance) => decay ** (distance - 1));
  return sparseRows(itemCount, (item, add) => {
    for (let e = starts[item]!; e < starts[item + 1]!; e++) {
      const p = entries[e]!;
      const u = rows[p]!;
      const last = Math.min(p + window, offsets[u + 1]! - 1);
      for (let q = Math.max(p + 1, offsets[u]! + (newFrom?.[u] ?? 0)); q <= last; q++)
        add(items[q]!, weights[q - p]!);
    }
  });
}

function scalesOf({ n, offsets, values }: SparseRows): Float64Array {
  return Float64Array.from({ length: n }, (_, row) => {
    let sum = 0;
    for (let p = offsets[row]!; p < offsets[row + 1]!; p++) sum += values[p]!;
    return 1 / Math.max(1, sum);
  });
}
