/**
 * What resembles what the shopper took: needs no other shopper, so it serves an item from the moment it is in the
 * catalogue. An item is a vector of length 1 in four parts, weighted by settings:
 *
 *   text (hashed words)  |  vector (what the shop gave, such as the embedding of a picture)  |  category (one-hot)  |  price (cos and
 *   sin of a quarter turn, so that near prices are near)
 *
 * A shopper is the sum of the vectors of what was taken, each weighing profileDecay for each newer one; the score is the
 * cosine of the two, + 1e-9 x popularity, which orders items where there is no history or nothing in common.
 */
import { historyPlace, type ItemFeatures, readHistory, TendrilError } from '../core/index.ts';
import { addCounts } from './add-counts.ts';
import type { AgentContext, AgentDefinition, SequenceAgent } from './agent.ts';
import { growCounts } from './grow-counts.ts';
import { type ItemProducts, itemProducts } from './item-products.ts';
import { chooseProfileDecay, profileDecaySetting, profileDecays } from './profile-decay.ts';
import { sampleValidation } from './sample-validation.ts';
import { arrayOf, readModel, writeModel } from './saved-model.ts';
import { epsilonSetting, itemsOf, scoredPolicy } from './scored-policy.ts';

const settings = {
  textWeight: { type: 'number', default: 1, min: 0, max: 1000, doc: 'weight of the words in common' },
  vectorWeight: {
    type: 'number',
    default: 1,
    min: 0,
    max: 1000,
    doc: 'weight of the vectors, where products have some',
  },
  categoryWeight: { type: 'number', default: 0.5, min: 0, max: 1000, doc: 'weight of the category' },
  priceWeight: { type: 'number', default: 0.1, min: 0, max: 1000, doc: 'weight of the price' },
  profileDecay: profileDecaySetting,
  epsilon: epsilonSetting,
} as const;

/** Validation histories that a pick looks at: each costs a product with every item's text. */
const sampled = 2000;

interface Learned {
  counts: Float64Array;
  profileDecay: number;
}

type Weights = Readonly<Record<'textWeight' | 'vectorWeight' | 'categoryWeight' | 'priceWeight', number>>;

export const content: AgentDefinition<typeof settings> = {
  name: 'content',
  summary: 'what resembles what the shopper took: text, category, price, and vectors where there are some',
  consumes: 'sequences',
  settings,
  async create(context, values) {
    const counts = new Float64Array(itemsOf(context.action));
    return build(context, values, { counts, profileDecay: values.profileDecay || profileDecays[0] });
  },
  async restore(context, values, saved) {
    const model = readModel('content', saved);
    return build(context, values, {
      counts: arrayOf(model, 'counts', 'f64', itemsOf(context.action)),
      profileDecay: Number(model.values.profileDecay),
    });
  },
  grow: growCounts({ counts: 0 }),
};

function build(
  { observation, action, items: features }: AgentContext,
  values: Weights & { readonly profileDecay: number; readonly epsilon: number },
  learned: Learned,
): SequenceAgent {
  const n = itemsOf(action);
  const place = historyPlace(observation);
  if (!place)
    throw new TendrilError('bad-setting', 'content needs an observation with the part "history.items"');
  if (!features || features.n !== n) {
    throw new TendrilError(
      'bad-setting',
      `content needs the features of all ${n} items and was given ${features?.n ?? 0}: import a catalogue`,
    );
  }
  const likeness = likenessOf(features, values);
  const history = new Int32Array(place.size);

  const score = (taken: Int32Array, length: number, decay: number, out: Float32Array): void =>
    scoreAll([{ taken, length }], decay, out);
  const scoreAll = (histories: readonly History[], decay: number, out: Float32Array): void => {
    likeness(histories, decay, out);
    for (let at = 0; at < out.length; at += n) {
      for (let item = 0; item < n; item++) out[at + item]! += 1e-9 * learned.counts[item]!;
    }
  };

  return {
    name: 'content',
    consumes: 'sequences',
    async fit(train, { validation }) {
      learned.counts.fill(0);
      addCounts(learned.counts, train);
      const cases = validation && sampleValidation(validation, sampled);
      const chosen = chooseProfileDecay(values.profileDecay, cases, place.size, score);
      learned.profileDecay = chosen.profileDecay;
      return { interactions: train.items.length, ...chosen };
    },
    async learn(more, newFrom) {
      addCounts(learned.counts, more, newFrom);
      return { interactions: more.items.length };
    },
    save: async () =>
      writeModel('content', {
        values: { profileDecay: learned.profileDecay },
        arrays: { counts: learned.counts },
      }),
    policy() {
      const one = scoredPolicy(observation, action, values.epsilon, (observations, at, out) =>
        score(history, readHistory(place, observations, at, history), learned.profileDecay, out),
      );
      return {
        ...one,
        async evaluate(observations, rows, candidates) {
          if (candidates) return one.evaluate(observations, rows, candidates);
          const histories = Array.from({ length: rows }, (_, row) => {
            const taken = new Int32Array(place.size);
            return { taken, length: readHistory(place, observations, row * observation.size, taken) };
          });
          const scores = new Float32Array(rows * n);
          scoreAll(histories, learned.profileDecay, scores);
          return { n: rows, choices: n, values: scores };
        },
      };
    },
  };
}

interface History {
  /** Newest first. */
  readonly taken: Int32Array;
  readonly length: number;
}

/** Fills `out`, a row a history, with each item's cosine to the decayed sum of what was taken. */
function likenessOf(
  { n, categories, categoryCount, prices, text, textSize, vectors, vectorSize }: ItemFeatures,
  { textWeight, vectorWeight, categoryWeight, priceWeight }: Weights,
): (histories: readonly History[], decay: number, out: Float32Array) => void {
  const tables: Table[] = [tableOf(text, n, textSize, textWeight)];
  if (vectors && vectorSize) tables.push(tableOf(vectors, n, vectorSize, vectorWeight));
  // Weights apply to products; an item without text or category is judged by what it has.
  const scale = Float32Array.from({ length: n }, (_, item) => {
    const ofRows = tables.reduce((sum, { known, weight }) => sum + (known[item] ? weight : 0), 0);
    const square = ofRows + (categories[item]! > 0 ? categoryWeight : 0) + priceWeight;
    return square > 0 ? 1 / Math.sqrt(square) : 0;
  });
  const across = Float32Array.from(prices, (price) => Math.cos((price * Math.PI) / 2));
  const up = Float32Array.from(prices, (price) => Math.sin((price * Math.PI) / 2));

  return (histories, decay, out) => {
    const profiles = tables.map(({ size }) => new Float32Array(histories.length * size));
    const rest = histories.map(({ taken, length }, row) => {
      const category = new Float64Array(categoryCount + 1);
      let [cos, sin] = [0, 0];
      for (let age = 0; age < length; age++) {
        const item = taken[age]!;
        const weight = decay ** age * scale[item]!;
        tables.forEach(({ rows, size }, t) => {
          for (let c = 0; c < size; c++) profiles[t]![row * size + c]! += weight * rows[item * size + c]!;
        });
        if (categories[item]! > 0) category[categories[item]!]! += weight;
        cos += weight * across[item]!;
        sin += weight * up[item]!;
      }
      let square = categoryWeight * sumOfSquares(category) + priceWeight * (cos * cos + sin * sin);
      tables.forEach(({ size, weight }, t) => {
        square += weight * sumOfSquares(profiles[t]!.subarray(row * size, (row + 1) * size));
      });
      return { category, cos, sin, unit: square > 0 ? 1 / Math.sqrt(square) : 0 };
    });
    const likeness = tables.map(({ products }, t) => {
      const values = t === 0 ? out : new Float32Array(histories.length * n);
      products.of(profiles[t]!, histories.length, values);
      return values;
    });
    rest.forEach(({ category, cos, sin, unit }, row) => {
      const at = row * n;
      for (let item = 0; item < n; item++) {
        let sum = 0;
        for (let t = 0; t < tables.length; t++) sum += tables[t]!.weight * likeness[t]![at + item]!;
        const price = cos * across[item]! + sin * up[item]!;
        const same = category[categories[item]!]!;
        out[at + item] = unit * scale[item]! * (sum + categoryWeight * same + priceWeight * price);
      }
    });
  };
}

/** A part of the items that is a row of numbers. */
interface Table {
  readonly rows: Float32Array;
  readonly size: number;
  readonly weight: number;
  /** 1 where an item has the part. */
  readonly known: Uint8Array;
  readonly products: ItemProducts;
}

function tableOf(rows: Float32Array, n: number, size: number, weight: number): Table {
  const known = Uint8Array.from({ length: n }, (_, item) =>
    rows.subarray(item * size, (item + 1) * size).some((value) => value !== 0) ? 1 : 0,
  );
  const products = itemProducts(n, size);
  products.fill(rows);
  return { rows, size, weight, known, products };
}

function sumOfSquares(values: Float32Array | Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return sum;
}
