import {
  bored,
  clickUtility,
  experience,
  funnelChances,
  leaveChance,
  returnChance,
  satisfied,
} from './choice.ts';
import type { ShopWorld } from './shop-world.ts';

/**
 * What only the world knows, for scoring: true click probabilities, the expected worth of a slate, the best slate. An
 * agent that sees any of this is not being tested.
 *
 * The worth of a slate is the expected reward of the step plus `future` of what may follow (0 for a myopic view):
 *
 *   worth(slate) = (nothing * c + sum_j weight_j v_j) / (nothing + sum_j weight_j),   weight_j = exp(u_j) / (j + 1)^eta
 *
 * with v_j what a click on slot j brings and c what no click brings. That ratio is maximised exactly (Dinkelbach 1967):
 * for a guess lambda the best slate takes the k items of largest exp(u)(v - lambda), the largest on top, because the slot
 * factors fall (rearrangement inequality); its worth is the next guess, and the guesses rise to the maximum.
 */
export interface Truth {
  /** Probability of a click on each slot of world w's next slate. */
  clickProbabilities(w: number, slate: ArrayLike<number>): Float64Array;
  /** Expected reward of the step plus the future. */
  worth(w: number, slate: ArrayLike<number>): number;
  /** The slate of the largest worth among the allowed, always full where there are enough items. */
  best(w: number): { readonly slate: Int32Array; readonly worth: number };
}

/** Expected undiscounted reward still to come of world w, before its next slate, at another satisfaction, slate and visit. */
export type Future = (w: number, satisfaction: number, slate: number, visit: number) => number;

export function truthOf(world: ShopWorld, future?: Future): Truth {
  const { model, lives, options } = world.hidden;
  const { parameters, items } = model;
  const { reward } = options;
  const { k } = world.action;
  const nothing = Math.exp(parameters.clicks.nothing);
  const factors = Float64Array.from({ length: k }, (_, j) => (j + 1) ** -parameters.clicks.positionBias);

  /** Value of going on or leaving after a slate that ended with this satisfaction. */
  const after = (w: number, satisfaction: number, leaves: number): number => {
    const back = returnChance(model, satisfaction);
    let value = leaves * (1 - back) * reward.leave;
    if (!future) return value;
    const { forgetting } = parameters.satisfaction;
    const rested = satisfaction + forgetting * (parameters.shoppers.startSatisfaction - satisfaction);
    const visit = lives.visit[w]!;
    if (leaves < 1) value += (1 - leaves) * future(w, satisfaction, lives.slate[w]! + 1, visit);
    if (visit + 1 < options.visits) value += leaves * back * future(w, rested, 0, visit + 1);
    return value;
  };
  const ofNothing = (w: number): number =>
    after(w, bored(model, lives.satisfaction[w]!), leaveChance(lives, model, w, false));
  const ofClick = (w: number, item: number): number => {
    const { cart, buy } = funnelChances(lives, model, w, item);
    const felt = experience(lives, model, w, item);
    const before = lives.satisfaction[w]!;
    const bought = cart * buy;
    let value =
      reward.click + reward.cart * cart + bought * (reward.purchase + reward.money * model.price[item]!);
    if (reward.rating !== 0) value += bought * reward.rating * expectedRating(felt, parameters.funnel.rates);
    const leaves = leaveChance(lives, model, w, true);
    const { doneAfterPurchase } = parameters.visits;
    value += (1 - bought) * after(w, satisfied(model, before, felt, false), leaves);
    value +=
      bought *
      after(w, satisfied(model, before, felt, true), doneAfterPurchase + (1 - doneAfterPurchase) * leaves);
    return value;
  };
  const weightsOf = (w: number, slate: ArrayLike<number>): Float64Array => {
    const weights = new Float64Array(k);
    for (let j = 0; j < k; j++) {
      const item = slate[j]!;
      if (item < 0 || !lives.open[w * items + item]) continue;
      let again = false;
      for (let l = 0; l < j; l++) again ||= slate[l] === item;
      if (!again) weights[j] = factors[j]! * Math.exp(clickUtility(lives, model, w, item));
    }
    return weights;
  };

  const weight = new Float64Array(items);
  const value = new Float64Array(items);
  const score = new Float64Array(items);
  return {
    clickProbabilities(w, slate) {
      const weights = weightsOf(w, slate);
      const total = weights.reduce((a, b) => a + b, nothing);
      return weights.map((x) => x / total);
    },
    worth(w, slate) {
      const weights = weightsOf(w, slate);
      let mass = nothing;
      let sum = nothing * ofNothing(w);
      for (let j = 0; j < k; j++) {
        if (weights[j] === 0) continue;
        mass += weights[j]!;
        sum += weights[j]! * ofClick(w, slate[j]!);
      }
      return sum / mass;
    },
    best(w) {
      const open = lives.open.subarray(w * items, (w + 1) * items);
      for (let i = 0; i < items; i++) {
        if (!open[i]) continue;
        weight[i] = Math.exp(clickUtility(lives, model, w, i));
        value[i] = ofClick(w, i);
      }
      const none = ofNothing(w);
      let slate: Int32Array = new Int32Array(k).fill(-1);
      let guess = none;
      for (let round = 0; round < 30; round++) {
        for (let i = 0; i < items; i++) score[i] = open[i] ? weight[i]! * (value[i]! - guess) : -Infinity;
        slate = largest(score, k);
        let mass = nothing;
        let sum = nothing * none;
        for (let j = 0; j < k; j++) {
          if (slate[j]! < 0) continue;
          mass += factors[j]! * weight[slate[j]!]!;
          sum += factors[j]! * weight[slate[j]!]! * value[slate[j]!]!;
        }
        const next = sum / mass;
        if (Math.abs(next - guess) < 1e-12) break;
        guess = next;
      }
      return { slate, worth: guess };
    },
  };
}

/** The places of the k largest, largest first; -1 where only -Infinity is left. */
function largest(scores: Float64Array, k: number): Int32Array {
  const places = new Int32Array(k).fill(-1);
  const values = new Float64Array(k).fill(-Infinity);
  for (let i = 0; i < scores.length; i++) {
    const s = scores[i]!;
    if (s <= values[k - 1]!) continue;
    let j = k - 1;
    while (j > 0 && values[j - 1]! < s) {
      values[j] = values[j - 1]!;
      places[j] = places[j - 1]!;
      j--;
    }
    values[j] = s;
    places[j] = i;
  }
  return places;
}

/** Mean of (stars - 3) / 2 over rated purchases, times the probability of rating: by Simpson's rule over the noise. */
function expectedRating(felt: number, rates: number): number {
  const steps = 60;
  let sum = 0;
  for (let i = 0; i <= steps; i++) {
    const z = -4 + (8 * i) / steps;
    const stars = Math.min(5, Math.max(1, Math.round(3.6 + 0.9 * felt + 0.7 * z)));
    const eager = Math.min(1, rates * (0.5 + Math.abs(stars - 3) / 2));
    const simpson = i === 0 || i === steps ? 1 : i % 2 ? 4 : 2;
    sum += ((simpson * eager * (stars - 3)) / 2) * Math.exp((-z * z) / 2);
  }
  return (sum * (8 / steps / 3)) / Math.sqrt(2 * Math.PI);
}
