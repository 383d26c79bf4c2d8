/**
 * Matrix factorisation of what shoppers took ("Collaborative Filtering for Implicit Feedback Datasets", Hu, Koren &
 * Volinsky 2008), by alternating least squares: shoppers' factors given the items', then items' given the shoppers', each
 * solved by least squares (als-solve.ts). Score of item j = x . y_j.
 *
 * A shopper's factors are never looked up: they are solved for at serving time from the history in the observation, newer
 * interactions weighing more, so shoppers that were not there when it was fitted are served as well as those that were.
 *
 * In increments, items move and nothing is fitted again: the new shoppers' factors x are solved for, and each item they
 * took moves to the least squares solution of its old problem plus theirs. The old problem is kept as its solution and
 * an estimate of its curvature: the shoppers' Gram matrix, plus their mean outer product for each time it was taken.
 */
import {
  historyPlace,
  type Progress,
  readHistory,
  type Sequences,
  type SettingsOf,
  TendrilError,
} from '../core/index.ts';
import { buildTopK, type TopKIndex } from '../math/index.ts';
import type { AgentContext, AgentDefinition, SequenceAgent } from './agent.ts';
import { type AlsModel, absorb } from './als-absorb.ts';
import { type AlsProblem, alsSolver } from './als-solve.ts';
import { withMoreRows } from './grow-model.ts';
import { type ItemProducts, itemProducts } from './item-products.ts';
import { chooseProfileDecay, factorDecaySetting, factorDecays } from './profile-decay.ts';
import { sampleValidation } from './sample-validation.ts';
import { arrayOf, readModel, writeModel } from './saved-model.ts';
import { epsilonSetting, itemsOf, scoredPolicy } from './scored-policy.ts';
import { entriesByItem, rowOfEntry } from './sparse-rows.ts';

const settings = {
  factors: {
    type: 'number',
    default: 128,
    min: 1,
    max: 1024,
    integer: true,
    doc: 'numbers a shopper or item is described by',
  },
  iterations: {
    type: 'number',
    default: 8,
    min: 1,
    max: 1000,
    integer: true,
    doc: 'sweeps over shoppers and items',
  },
  alpha: { type: 'number', default: 100, min: 1e-6, max: 1e6, doc: 'confidence that one interaction adds' },
  regularisation: { type: 'number', default: 30, min: 1e-9, max: 1e9, doc: 'pull of every factor to zero' },
  profileDecay: factorDecaySetting,
  epsilon: epsilonSetting,
} as const;

/** Steps of conjugate gradients: few while fitting, since the next sweep begins where this one ended. */
const fittingSteps = 4;
const servingSteps = 30;
/** Validation histories that a pick looks at: each costs a solve. */
const sampled = 1000;

type Values = SettingsOf<typeof settings>;

export const als: AgentDefinition<typeof settings> = {
  name: 'als',
  summary: 'shoppers and items as factors, by alternating least squares',
  consumes: 'sequences',
  settings,
  async create(context, values) {
    const n = itemsOf(context.action);
    return build(context, values, {
      items: new Float64Array(n * values.factors),
      shopperGram: new Float64Array(values.factors ** 2),
      shoppers: 0,
      counts: new Float64Array(n),
      profileDecay: values.profileDecay || factorDecays[0],
    });
  },
  async restore(context, values, saved) {
    const n = itemsOf(context.action);
    const model = readModel('als', saved);
    return build(context, values, {
      items: arrayOf(model, 'items', 'f64', n * values.factors),
      shopperGram: arrayOf(model, 'shopperGram', 'f64', values.factors ** 2),
      shoppers: Number(model.values.shoppers),
      counts: arrayOf(model, 'counts', 'f64', n),
      profileDecay: Number(model.values.profileDecay),
    });
  },
  grow: (saved, { factors }, growth) =>
    withMoreRows(
      saved,
      growth,
      { items: { width: factors, start: 'alike' }, counts: { width: 1, start: 0 } },
      'counts',
    ),
};

function build({ observation, action, rng }: AgentContext, values: Values, learned: AlsModel): SequenceAgent {
  const { factors: size, alpha, regularisation } = values;
  const n = itemsOf(action);
  const place = historyPlace(observation);
  if (!place) throw new TendrilError('bad-setting', 'als needs an observation with the part "history.items"');
  const solver = alsSolver(size);
  const history = new Int32Array(place.size);
  const weights = new Float64Array(place.size);
  const pulls = new Float64Array(place.size);
  const shopper = new Float64Array(size);
  let prepared: AlsProblem | undefined;
  let table: ItemProducts | undefined;
  let index: TopKIndex | undefined;
  let stale = true;
  /** What every shopper's problem shares, made when first asked for after the items moved. */
  const byItem = (): AlsProblem => {
    prepared ??= solver.problem(learned.items, regularisation);
    return prepared;
  };

  /** Items' factors and their popularity, which breaks ties, in a list that is searched without scoring all of it. */
  const searchable = (): TopKIndex => {
    const width = size + 1;
    const rows = new Float32Array(n * width);
    for (let item = 0; item < n; item++) {
      for (let c = 0; c < size; c++) rows[item * width + c] = learned.items[item * size + c]!;
      rows[item * width + size] = 1e-9 * learned.counts[item]!;
    }
    return buildTopK(rows, n, width);
  };

  /** A history, newest first, as factors in `shopper`. */
  const foldIn = (taken: Int32Array, length: number, decay: number): Float64Array => {
    for (let age = 0; age < length; age++) {
      weights[age] = alpha * decay ** age;
      pulls[age] = decay ** age + weights[age]!;
    }
    shopper.fill(0);
    solver.solve(byItem(), taken, weights, pulls, 0, length, shopper, 0, servingSteps);
    return shopper;
  };

  const score = (taken: Int32Array, length: number, decay: number, out: Float32Array): void =>
    scoresOf(foldIn(taken, length, decay), 1, out);
  const scoresOf = (shoppers: Float64Array, rows: number, out: Float32Array): void => {
    table ??= itemProducts(n, size);
    if (stale) table.fill(learned.items);
    stale = false;
    table.of(shoppers, rows, out);
    for (let at = 0; at < rows * n; at += n) {
      for (let item = 0; item < n; item++) out[at + item]! += 1e-9 * learned.counts[item]!;
    }
  };

  /** All factors from the beginning. */
  const sweep = (train: Sequences, progress?: Progress): void => {
    const chance = rng.fork('als');
    const shoppers = new Float64Array(train.n * size);
    learned.items = Float64Array.from({ length: n * size }, () => (0.1 * chance.normal()) / Math.sqrt(size));
    const { starts, entries } = entriesByItem(train.items, n);
    const rows = rowOfEntry(train.offsets);
    const takers = Int32Array.from(entries, (p) => rows[p]!);
    const confidence = new Float64Array(train.items.length).fill(alpha);
    const pull = confidence.map((weight) => 1 + weight);
    for (let iteration = 0; iteration < values.iterations; iteration++) {
      const items = solver.problem(learned.items, regularisation);
      for (let u = 0; u < train.n; u++) {
        const [from, to] = [train.offsets[u]!, train.offsets[u + 1]!];
        solver.solve(items, train.items, confidence, pull, from, to, shoppers, u * size, fittingSteps);
      }
      const all = solver.problem(shoppers, regularisation);
      for (let item = 0; item < n; item++) {
        const [from, to] = [starts[item]!, starts[item + 1]!];
        solver.solve(all, takers, confidence, pull, from, to, learned.items, item * size, fittingSteps);
      }
      learned.shopperGram = all.gram;
      progress?.(iteration + 1, values.iterations);
    }
    learned.shoppers = train.n;
    for (let item = 0; item < n; item++) learned.counts[item] = starts[item + 1]! - starts[item]!;
  };

  return {
    name: 'als',
    consumes: 'sequences',
    async fit(train, { validation, progress }) {
      sweep(train, progress);
      prepared = undefined;
      index = undefined;
      stale = true;
      const cases = validation && sampleValidation(validation, sampled);
      const chosen = chooseProfileDecay(values.profileDecay, cases, place.size, score, factorDecays);
      learned.profileDecay = chosen.profileDecay;
      return { interactions: train.items.length, shoppers: train.n, ...chosen };
    },
    async learn(more, newFrom) {
      if (learned.shoppers === 0) sweep(more);
      else absorb(learned, values, more, newFrom, (row) => foldIn(history, newest(more, row, history), 1));
      prepared = undefined;
      index = undefined;
      stale = true;
      return { interactions: more.items.length, shoppers: learned.shoppers };
    },
    save: async () => {
      const { items, shopperGram, shoppers, counts, profileDecay } = learned;
      return writeModel('als', {
        values: { shoppers, profileDecay },
        arrays: { items, shopperGram, counts },
      });
    },
    policy() {
      const one = scoredPolicy(observation, action, values.epsilon, (observations, at, out) =>
        score(history, readHistory(place, observations, at, history), learned.profileDecay, out),
      );
      return {
        ...one,
        async best(row, k, mask, also) {
          index ??= searchable();
          const length = readHistory(place, row, 0, history);
          const query = Float32Array.of(...foldIn(history, length, learned.profileDecay), 1);
          return index.search(query, k, mask, also);
        },
        async evaluate(observations, rows, candidates) {
          if (candidates) return one.evaluate(observations, rows, candidates);
          const shoppers = new Float64Array(rows * size);
          for (let row = 0; row < rows; row++) {
            const length = readHistory(place, observations, row * observation.size, history);
            shoppers.set(foldIn(history, length, learned.profileDecay), row * size);
          }
          const scores = new Float32Array(rows * n);
          scoresOf(shoppers, rows, scores);
          return { n: rows, choices: n, values: scores };
        },
      };
    },
  };
}

/** The newest interactions of a shopper, newest first, as many as fit. */
function newest({ offsets, items }: Sequences, row: number, out: Int32Array): number {
  const length = Math.min(out.length, offsets[row + 1]! - offsets[row]!);
  for (let age = 0; age < length; age++) out[age] = items[offsets[row + 1]! - 1 - age]!;
  return length;
}
