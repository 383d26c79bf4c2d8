/**
 * A linear model of items by items without self-similarity, in closed form ("Embarrassingly Shallow Autoencoders for
 * Sparse Data", Steck 2019): the B that makes X B closest to X, with a zero diagonal and squares held back by the regularisation.
 * With P the inverse of X'X + regularisation I,
 *
 *   B_ij = -P_ij / P_jj,   score(j) = sum over the history of profileDecay^age x B_ij + 1e-9 x popularity(j)
 *
 * Unlike item-knn it counts an item of the history only for what the others do not say already. The rows of P are solved
 * for one by one (ease-solve.ts), which leaves room for catalogues whose P would not fit into memory.
 *
 * In increments, the shoppers' rows are kept (equal ones as one), the rows of P of items that new histories hold are solved for
 * again, and the others stay until the next fit: where only one of i and j was solved for again, B_ij divides a new number by an
 * old one, or the other way round.
 */
import { historyPlace, type Progress, readHistory, type Sequences, TendrilError } from '../core/index.ts';
import { addCounts } from './add-counts.ts';
import type { AgentContext, AgentDefinition, SequenceAgent } from './agent.ts';
import { nobody, withMore } from './ease-profiles.ts';
import { type EaseProfiles, easeRows } from './ease-solve.ts';
import { growCounts } from './grow-counts.ts';
import { chooseProfileDecay, profileDecaySetting, profileDecays } from './profile-decay.ts';
import { sampleValidation } from './sample-validation.ts';
import { arrayOf, checkFinite, readModel, writeModel } from './saved-model.ts';
import { epsilonSetting, itemsOf, scoredPolicy } from './scored-policy.ts';
import { addRowTo, emptyRows, type SparseRows, sparseRows } from './sparse-rows.ts';

const settings = {
  regularisation: {
    type: 'number',
    default: 200,
    min: 1e-3,
    max: 1e9,
    doc: 'how many shoppers it takes to be believed',
  },
  neighbours: {
    type: 'number',
    default: 500,
    min: 1,
    max: 1e6,
    integer: true,
    doc: 'numbers kept of the row of an item, the largest ones',
  },
  profileDecay: profileDecaySetting,
  epsilon: epsilonSetting,
} as const;

interface Learned {
  profiles: EaseProfiles;
  /** Row i: what is kept of row i of P beside its diagonal. */
  inverse: SparseRows;
  diagonal: Float64Array;
  popularity: Float64Array;
  profileDecay: number;
}

type Values = {
  readonly regularisation: number;
  readonly neighbours: number;
  readonly profileDecay: number;
  readonly epsilon: number;
};

/** Validation histories that a pick looks at. */
const sampled = 5000;

export const ease: AgentDefinition<typeof settings> = {
  name: 'ease',
  summary: 'items by items as a linear model in closed form',
  consumes: 'sequences',
  settings,
  async create(context, values) {
    const n = itemsOf(context.action);
    return build(context, values, {
      profiles: nobody,
      inverse: emptyRows(n),
      diagonal: new Float64Array(n).fill(1 / values.regularisation),
      popularity: new Float64Array(n),
      profileDecay: values.profileDecay || profileDecays[0],
    });
  },
  async restore(context, values, saved) {
    const n = itemsOf(context.action);
    const model = readModel('ease', saved);
    const learned: Learned = {
      profiles: {
        offsets: arrayOf(model, 'profiles.offsets', 'i32'),
        items: arrayOf(model, 'profiles.items', 'i32'),
        weights: arrayOf(model, 'profiles.weights', 'f32'),
      },
      inverse: {
        n,
        offsets: arrayOf(model, 'offsets', 'i32', n + 1),
        columns: arrayOf(model, 'columns', 'i32'),
        values: arrayOf(model, 'values', 'f32'),
      },
      diagonal: arrayOf(model, 'diagonal', 'f64', n),
      popularity: arrayOf(model, 'popularity', 'f64', n),
      profileDecay: Number(model.values.profileDecay),
    };
    checkFinite(model, ['profiles.weights', 'values', 'diagonal', 'popularity']);
    return build(context, values, learned);
  },
  grow: growCounts({ popularity: 0, diagonal: ({ regularisation }: Values) => 1 / regularisation }),
};

function build({ observation, action }: AgentContext, values: Values, learned: Learned): SequenceAgent {
  const n = itemsOf(action);
  const place = historyPlace(observation);
  if (!place)
    throw new TendrilError('bad-setting', 'ease needs an observation with the part "history.items"');
  const history = new Int32Array(place.size);

  const score = (items: Int32Array, length: number, older: number, out: Float32Array): void => {
    out.fill(0);
    let weight = 1;
    for (let age = 0; age < length; age++, weight *= older)
      addRowTo(out, learned.inverse, items[age]!, weight);
    for (let item = 0; item < n; item++)
      out[item] = 1e-9 * learned.popularity[item]! - out[item]! / learned.diagonal[item]!;
  };

  /** Solves for the rows of these items again. */
  const solve = (items: Int32Array, progress?: Progress): void => {
    const { rows, diagonal } = easeRows(learned.profiles, n, values, items, progress);
    const at = new Int32Array(n).fill(-1);
    items.forEach((item, k) => {
      at[item] = k;
      learned.diagonal[item] = diagonal[k]!;
    });
    const before = learned.inverse;
    learned.inverse = sparseRows(n, (item, add) => {
      const k = at[item]!;
      const [from, row] = k < 0 ? [before, item] : [rows, k];
      for (let p = from.offsets[row]!; p < from.offsets[row + 1]!; p++)
        add(from.columns[p]!, from.values[p]!);
    });
  };

  const count = (sequences: Sequences, newFrom?: Int32Array, progress?: Progress): void => {
    learned.profiles = withMore(learned.profiles, sequences, newFrom);
    addCounts(learned.popularity, sequences, newFrom);
    const touched = new Uint8Array(n);
    for (let u = 0; u < sequences.n; u++)
      if (sequences.offsets[u]! + (newFrom?.[u] ?? 0) < sequences.offsets[u + 1]!)
        for (let p = sequences.offsets[u]!; p < sequences.offsets[u + 1]!; p++)
          touched[sequences.items[p]!] = 1;
    solve(
      Int32Array.from(touched.keys()).filter((item) => touched[item]),
      progress,
    );
  };

  const numbers = (): number => learned.inverse.values.length;
  return {
    name: 'ease',
    consumes: 'sequences',
    async fit(train, { validation, progress }) {
      learned.profiles = nobody;
      learned.inverse = emptyRows(n);
      learned.diagonal.fill(1 / values.regularisation);
      learned.popularity.fill(0);
      count(train, undefined, progress);
      const cases = validation && sampleValidation(validation, sampled);
      const chosen = chooseProfileDecay(values.profileDecay, cases, place.size, score);
      learned.profileDecay = chosen.profileDecay;
      return { interactions: train.items.length, numbers: numbers(), ...chosen };
    },
    async learn(more, newFrom) {
      count(more, newFrom);
      return { interactions: more.items.length, numbers: numbers() };
    },
    save: async () => {
      const { profiles, inverse, diagonal, popularity, profileDecay } = learned;
      return writeModel('ease', {
        values: { profileDecay },
        arrays: {
          'profiles.offsets': profiles.offsets,
          'profiles.items': profiles.items,
          'profiles.weights': profiles.weights,
          offsets: inverse.offsets,
          columns: inverse.columns,
          values: inverse.values,
          diagonal,
          popularity,
        },
      });
    },
    policy: () =>
      scoredPolicy(observation, action, values.epsilon, (observations, at, out) =>
        score(history, readHistory(place, observations, at, history), learned.profileDecay, out),
      ),
  };
}
