import {
  type ObservationSpec,
  partAt,
  type Rng,
  rngFrom,
  shopFeatures,
  TendrilError,
} from '../core/index.ts';
import type { Encoder } from './dqn-encoder.ts';
import { arrayOf, type SavedModel } from './saved-model.ts';

/**
 * What is known of each shopper beyond the history that is shown (Lei & Li 2019, "Interactive Recommendation with
 * User-Specific Deep Reinforcement Learning"), kept up to date with every step:
 *
 *   factors  p_u of the factorisation reward(u, i) ~ p_u . q_i, by gradient descent; joins the state ("user-specific")
 *   bias     b_u, how much better than others this shopper answers: Q(s, a) + b_u is what is learned ("biased")
 *
 * The bias is the same for all actions, so it changes no choice; it takes from the network what it need not explain. As a
 * shopper's next state is the shopper's own, learning Q + b_u is learning Q with rewards less (1 - discount) x b_u.
 */
export interface ShopperFactors {
  /** Row of the shopper of the observation that begins at `at`, or -1 for nobody known; a new one where `grow` says so. */
  rowOf(observations: Float32Array, at: number, grow: boolean): number;
  /** What the shopper answered to an item. */
  take(row: number, item: number, reward: number): void;
  /** 0 for row -1. */
  biasOf(row: number): number;
  /** Moves b_u against the error of Q(s, a) + b_u. */
  correct(row: number, error: number): void;
  /** The encoder, its dense rows followed by the shopper's factors. */
  widen(encoder: Encoder): Encoder;
  /** What a restored run needs: the random stream, to be saved as value `shoppers`, and arrays. */
  state(): { readonly rng: number[]; readonly arrays: Readonly<Record<string, Float32Array>> };
  restore(model: SavedModel): void;
}

const factors = 8;
const start = 0.1;
const stepSize = 0.05;
const shrinkage = 0.02;
const biasStep = 0.01;

/** Throws TendrilError `bad-setting` where an observation does not say who the shopper is. */
export function shopperFactors(observation: ObservationSpec, items: number, chance: Rng): ShopperFactors {
  const features = partAt(observation, 'features');
  if (features?.part.size !== shopFeatures.length)
    throw new TendrilError(
      'bad-setting',
      'userSpecific and biased need to know who the shopper is; accepted: the observation of a shop, with its part "features"',
    );
  const labelAt = features.offset + shopFeatures.indexOf('shopper');
  const rows = new Map<number, number>();
  let random = chance;
  let ofItems = Float32Array.from({ length: items * factors }, () => start * random.normal());
  let ofShoppers = new Float32Array(0);
  let biases = new Float32Array(0);
  return {
    rowOf(observations, at, grow) {
      const label = observations[at + labelAt]!;
      const known = rows.get(label);
      if (known !== undefined || !grow || label === 0) return known ?? -1;
      const row = rows.size;
      rows.set(label, row);
      if (row === biases.length) {
        const room = Math.max(64, 2 * row);
        ofShoppers = enlarged(ofShoppers, room * factors);
        biases = enlarged(biases, room);
      }
      for (let d = 0; d < factors; d++) ofShoppers[row * factors + d] = start * random.normal();
      return row;
    },
    take(row, item, reward) {
      if (row < 0) return;
      const [p, q] = [row * factors, item * factors];
      let error = reward;
      for (let d = 0; d < factors; d++) error -= ofShoppers[p + d]! * ofItems[q + d]!;
      for (let d = 0; d < factors; d++) {
        const [a, b] = [ofShoppers[p + d]!, ofItems[q + d]!];
        ofShoppers[p + d] = a + stepSize * (error * b - shrinkage * a);
        ofItems[q + d] = b + stepSize * (error * a - shrinkage * b);
      }
    },
    biasOf: (row) => biases[row] ?? 0,
    correct(row, error) {
      if (row >= 0) biases[row]! -= biasStep * Math.min(1, Math.max(-1, error));
    },
    widen(encoder) {
      const { dense: inner } = encoder;
      const dense = inner + factors;
      let narrow = new Float32Array(0);
      return {
        ...encoder,
        dense,
        encode: (observations, n, into) => {
          if (narrow.length < n * inner) narrow = new Float32Array(n * inner);
          encoder.encode(observations, n, { ...into, dense: narrow });
          for (let i = 0; i < n; i++) {
            into.dense.set(narrow.subarray(i * inner, (i + 1) * inner), i * dense);
            const row = this.rowOf(observations, i * observation.size, false);
            for (let d = 0; d < factors; d++)
              into.dense[i * dense + inner + d] = row < 0 ? 0 : ofShoppers[row * factors + d]!;
          }
        },
      };
    },
    state: () => ({
      rng: [...random.state()],
      arrays: {
        'shoppers.labels': Float32Array.from(rows.keys()),
        'shoppers.factors': ofShoppers,
        'shoppers.biases': biases,
        'shoppers.items': ofItems,
      },
    }),
    restore(model) {
      rows.clear();
      for (const label of arrayOf(model, 'shoppers.labels', 'f32')) rows.set(label, rows.size);
      ofShoppers = arrayOf(model, 'shoppers.factors', 'f32').slice();
      biases = arrayOf(model, 'shoppers.biases', 'f32').slice();
      ofItems = arrayOf(model, 'shoppers.items', 'f32', ofItems.length).slice();
      random = rngFrom(model.values.shoppers as [number, number, number, number]);
    },
  };
}

function enlarged(from: Float32Array, size: number): Float32Array<ArrayBuffer> {
  const to = new Float32Array(size);
  to.set(from);
  return to;
}
