/**
 * Matrix factorisation by pairwise ranking ("BPR: Bayesian Personalized Ranking from Implicit Feedback", Rendle et al.
 * 2009): what a shopper took is to stand above what the shopper did not take, whatever the two scores are. By stochastic
 * gradient ascent over pairs of an interaction and a random other item,
 *
 *   ln sigmoid(x_u . (y_i - y_j) + b_i - b_j) - regularisation / 2 (|x_u|^2 + |y_i|^2 + |y_j|^2 + b_i^2 + b_j^2)
 *
 * A shopper's factors x are never looked up: at serving time the same objective, with the mean of all items in place
 * of random ones, is climbed for the history in the observation, newer interactions weighing more. So shoppers that were
 * not there when it was fitted are served as well as those that were.
 *
 * In increments, shoppers are folded in so and a few passes go over what is new; items that it does not touch stay.
 */
import {
  historyPlace,
  type Rng,
  readHistory,
  rngFrom,
  type Sequences,
  type SettingsOf,
  TendrilError,
} from '../core/index.ts';
import { buildTopK, type TopKIndex } from '../math/index.ts';
import { addCounts } from './add-counts.ts';
import type { AgentContext, AgentDefinition, SequenceAgent } from './agent.ts';
import { withMoreRows } from './grow-model.ts';
import { type ItemProducts, itemProducts } from './item-products.ts';
import { chooseProfileDecay, factorDecaySetting, factorDecays } from './profile-decay.ts';
import { sampleValidation } from './sample-validation.ts';
import { arrayOf, checkFinite, readModel, writeModel } from './saved-model.ts';
import { epsilonSetting, itemsOf, scoredPolicy } from './scored-policy.ts';
import { rowOfEntry } from './sparse-rows.ts';

const settings = {
  factors: {
    type: 'number',
    default: 64,
    min: 1,
    max: 1024,
    integer: true,
    doc: 'numbers a shopper or item is described by, beside its bias',
  },
  passes: {
    type: 'number',
    default: 60,
    min: 1,
    max: 100_000,
    integer: true,
    doc: 'passes over the interactions; of new ones, in increments, a tenth',
  },
  learningRate: { type: 'number', default: 0.1, min: 0, max: 10, doc: 'step size of a pair' },
  regularisation: { type: 'number', default: 0.01, min: 0, max: 1e6, doc: 'pull of every number to zero' },
  profileDecay: factorDecaySetting,
  epsilon: epsilonSetting,
} as const;

/** Steps of a fold-in: as many more change the order of few. */
const servingSteps = 30;
/** Validation histories that a pick looks at: each costs a fold-in. */
const sampled = 1000;
/** Random other items drawn before one that the shopper took after all is left out. */
const tries = 10;

type Values = SettingsOf<typeof settings>;

interface Learned {
  /** items x (factors + 1), the bias last. */
  items: Float32Array;
  /** Times each item was taken. */
  counts: Float64Array;
  profileDecay: number;
}

export const bpr: AgentDefinition<typeof settings> = {
  name: 'bpr',
  summary: 'shoppers and items as factors, by ranking pairs',
  consumes: 'sequences',
  settings,
  async create(context, values) {
    const n = itemsOf(context.action);
    return build(context, values, undefined, {
      items: new Float32Array(n * (values.factors + 1)),
      counts: new Float64Array(n),
      profileDecay: values.profileDecay || factorDecays[0],
    });
  },
  async restore(context, values, saved) {
    const n = itemsOf(context.action);
    const model = readModel('bpr', saved);
    const learned = {
      items: arrayOf(model, 'items', 'f32', n * (values.factors + 1)),
      counts: arrayOf(model, 'counts', 'f64', n),
      profileDecay: Number(model.values.profileDecay),
    };
    checkFinite(model, ['items', 'counts']);
    return build(context, values, rngFrom(model.values.rng as never), learned);
  },
  grow: (saved, { factors }, growth) =>
    withMoreRows(
      saved,
      growth,
      { items: { width: factors + 1, start: 'alike' }, counts: { width: 1, start: 0 } },
      'counts',
    ),
};

function build(
  { observation, action, rng }: AgentContext,
  values: Values,
  stored: Rng | undefined,
  learned: Learned,
): SequenceAgent {
  const { factors: size, learningRate, regularisation } = values;
  const width = size + 1;
  const n = itemsOf(action);
  const place = historyPlace(observation);
  if (!place) throw new TendrilError('bad-setting', 'bpr needs an observation with the part "history.items"');
  const history = new Int32Array(place.size);
  const shopper = new Float32Array(width);
  const turn = new Float64Array(size);
  const first = rng.fork('bpr');
  let chance = stored ?? first.fork('learn');
  let table: ItemProducts | undefined;
  let index: TopKIndex | undefined;
  /** The mean of all items' rows, made when first asked for after they moved. */
  let middle: Float64Array | undefined;

  const middleOf = (): Float64Array => {
    const mean = new Float64Array(width);
    for (let at = 0; at < n * width; at += width)
      for (let c = 0; c < width; c++) mean[c]! += learned.items[at + c]! / n;
    return mean;
  };

  /** A history, newest first, as a row in `shopper`: [factors, 1], whose product with an item's row is its score. */
  const foldIn = (taken: Int32Array, length: number, decay: number): Float32Array => {
    middle ??= middleOf();
    shopper.fill(0);
    shopper[size] = 1;
    let steepest = 0;
    for (let age = 0; age < length; age++) {
      let square = 0;
      for (let c = 0; c < size; c++) square += (learned.items[taken[age]! * width + c]! - middle[c]!) ** 2;
      steepest += decay ** age * (square / 4 + regularisation);
    }
    for (let step = 0; step < servingSteps && steepest > 0; step++) {
      turn.fill(0);
      for (let age = 0; age < length; age++) {
        const at = taken[age]! * width;
        let over = 0;
        for (let c = 0; c < width; c++) over += shopper[c]! * (learned.items[at + c]! - middle[c]!);
        const weight = decay ** age;
        const pull = weight / (1 + Math.exp(over));
        for (let c = 0; c < size; c++)
          turn[c]! += pull * (learned.items[at + c]! - middle[c]!) - weight * regularisation * shopper[c]!;
      }
      for (let c = 0; c < size; c++) shopper[c]! += turn[c]! / steepest;
    }
    return shopper;
  };

  const score = (taken: Int32Array, length: number, decay: number, out: Float32Array): void => {
    if (!table) {
      table = itemProducts(n, width);
      table.fill(learned.items);
    }
    table.of(foldIn(taken, length, decay), 1, out);
    for (let item = 0; item < n; item++) out[item]! += 1e-9 * learned.counts[item]!;
  };

  /** Items' rows with their popularity, which breaks ties, in a list that is searched without scoring all of it. */
  const searchable = (): TopKIndex => {
    const rows = new Float32Array(n * (width + 1));
    for (let item = 0; item < n; item++) {
      rows.set(learned.items.subarray(item * width, (item + 1) * width), item * (width + 1));
      rows[item * (width + 1) + width] = 1e-9 * learned.counts[item]!;
    }
    return buildTopK(rows, n, width + 1);
  };

  /** As many steps as there are entries, each on one drawn with replacement against one random other item. */
  const pass = (sequences: Sequences, entries: Int32Array, rows: Int32Array, x: Float32Array): void => {
    const { items } = learned;
    const { offsets, items: taken } = sequences;
    for (let k = 0; k < entries.length; k++) {
      const entry = entries[chance.int(entries.length)]!;
      const u = rows[entry]!;
      const i = taken[entry]! * width;
      const other = otherItem(taken, offsets[u]!, offsets[u + 1]!);
      if (other < 0) continue;
      const j = other * width;
      const at = u * size;
      let over = items[i + size]! - items[j + size]!;
      for (let c = 0; c < size; c++) over += x[at + c]! * (items[i + c]! - items[j + c]!);
      const pull = learningRate / (1 + Math.exp(over));
      const back = 1 - learningRate * regularisation;
      for (let c = 0; c < size; c++) {
        const xc = x[at + c]!;
        const yi = items[i + c]!;
        const yj = items[j + c]!;
        x[at + c] = back * xc + pull * (yi - yj);
        items[i + c] = back * yi + pull * xc;
        items[j + c] = back * yj - pull * xc;
      }
      items[i + size] = back * items[i + size]! + pull;
      items[j + size] = back * items[j + size]! - pull;
    }
  };

  /** An item that is not among those of `from .. to`; -1 where chance finds none. */
  const otherItem = (taken: Int32Array, from: number, to: number): number => {
    for (let attempt = 0; attempt < tries; attempt++) {
      const item = chance.int(n);
      let known = false;
      for (let p = from; p < to && !known; p++) known = taken[p] === item;
      if (!known) return item;
    }
    return -1;
  };

  const small = (length: number): Float32Array =>
    Float32Array.from({ length }, () => (0.1 * chance.normal()) / Math.sqrt(size));

  return {
    name: 'bpr',
    consumes: 'sequences',
    async fit(train, { validation, progress }) {
      chance = first.fork('fit');
      learned.items = small(n * width);
      learned.counts.fill(0);
      addCounts(learned.counts, train);
      const x = small(train.n * size);
      const entries = Int32Array.from(train.items, (_, p) => p);
      const rows = rowOfEntry(train.offsets);
      for (let done = 0; done < values.passes; done++) {
        pass(train, entries, rows, x);
        progress?.(done + 1, values.passes);
      }
      checkNumbers();
      const cases = validation && sampleValidation(validation, sampled);
      const chosen = chooseProfileDecay(values.profileDecay, cases, place.size, score, factorDecays);
      learned.profileDecay = chosen.profileDecay;
      return { interactions: train.items.length, shoppers: train.n, ...chosen };
    },
    async learn(more, newFrom) {
      const x = new Float32Array(more.n * size);
      const entries: number[] = [];
      for (let u = 0; u < more.n; u++) {
        const known = newFrom?.[u] ?? 0;
        x.set(foldIn(history, newest(more, u, known, history), 1).subarray(0, size), u * size);
        for (let p = more.offsets[u]! + known; p < more.offsets[u + 1]!; p++) entries.push(p);
      }
      addCounts(learned.counts, more, newFrom);
      const rows = rowOfEntry(more.offsets);
      const fresh = Int32Array.from(entries);
      for (let done = 0; done < Math.ceil(values.passes / 10); done++) pass(more, fresh, rows, x);
      checkNumbers();
      return { interactions: more.items.length, shoppers: more.n };
    },
    save: async () => {
      const { items, counts, profileDecay } = learned;
      return writeModel('bpr', {
        values: { profileDecay, rng: [...chance.state()] },
        arrays: { items, counts },
      });
    },
    policy: () => ({
      ...scoredPolicy(observation, action, values.epsilon, (observations, at, out) =>
        score(history, readHistory(place, observations, at, history), learned.profileDecay, out),
      ),
      async best(row, k, mask, also) {
        index ??= searchable();
        const length = readHistory(place, row, 0, history);
        const query = Float32Array.of(...foldIn(history, length, learned.profileDecay), 1);
        return index.search(query, k, mask, also);
      },
    }),
  };

  /** After the items moved. */
  function checkNumbers(): void {
    table = undefined;
    index = undefined;
    middle = undefined;
    if (!learned.items.every(Number.isFinite))
      throw new TendrilError('bad-setting', 'bpr grew beyond all numbers; accepted: a smaller learningRate');
  }
}

/** The newest of the first `known` interactions of a shopper, newest first, as many as fit. */
function newest({ offsets, items }: Sequences, row: number, known: number, out: Int32Array): number {
  const end = offsets[row]! + known;
  const length = Math.min(out.length, known);
  for (let age = 0; age < length; age++) out[age] = items[end - 1 - age]!;
  return length;
}
