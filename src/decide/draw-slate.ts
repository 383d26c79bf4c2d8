import type { Rng } from '../core/index.ts';

/** What may be drawn: item numbers with the policy's score and a weight for exploring, best first. */
export interface Support {
  readonly items: Int32Array;
  readonly scores: Float32Array;
  readonly weights: Float32Array;
  /** So many of the first places are pinned: they fill the first slots, in their order, whatever chance says. */
  readonly pinned?: number;
  /** So many of the first places tell diversity what the best score is and what the worst; all where it is missing or 0. */
  readonly ranked?: number;
  readonly diversity?: Diversity;
}

/** What is alike is held back: the best of what is left is not always the one with the highest score. */
export interface Diversity {
  /** 0 .. 1, what being unlike weighs beside the score. */
  readonly share: number;
  /** How alike two places of the support are, 0 .. 1. */
  alike(a: number, b: number): number;
}

export interface Slate {
  /** Places in the support, one for each slot. */
  readonly places: Int32Array;
  /** Of each slot given the earlier ones, in (0, 1]. */
  readonly propensities: Float64Array;
  /** 1 where the slot does not hold the best of what was left. */
  readonly explored: Uint8Array;
}

/**
 * Slot by slot without replacement: with probability 1 - epsilon the best of what is left, else one of what is left by
 * weight. An item's probability in its slot is therefore
 *
 *   epsilon * weight / (sum of weights left) + (1 - epsilon where it is the best left)
 *
 * whatever was drawn: exact, and never 0 for anything in the support. Scores enter by their order only, so that counts,
 * Q-values and similarities, each on a scale of its own, explore alike. A pinned item has probability 1.
 *
 * With diversity the best of what is left is the one with the largest
 *
 *   (1 - share) x score, scaled to 0 .. 1 over the best  -  share x the most it is like an earlier item of the slate
 *
 * (maximal marginal relevance, Carbonell & Goldstein 1998). It depends on earlier slots only, as the probabilities do.
 */
export function drawSlate(support: Support, limit: number, epsilon: number, rng: Rng): Slate {
  const size = Math.min(limit, support.items.length);
  const places = new Int32Array(size);
  const left = leftOf(support);
  for (let slot = 0; slot < size; slot++) {
    const best = left.best();
    const chance = slot >= (support.pinned ?? 0) && epsilon > 0 && rng.float() < epsilon;
    const place = chance ? left.byWeight(rng.float()) : best;
    places[slot] = place;
    left.take(place);
  }
  const again = leftOf(support);
  const propensities = new Float64Array(size);
  const explored = new Uint8Array(size);
  places.forEach((place, slot) => {
    const best = again.best();
    propensities[slot] = again.probability(place, epsilon);
    explored[slot] = place === best ? 0 : 1;
    again.take(place);
  });
  return { places, propensities, explored };
}

/** Probability of each slot of a slate (places in the support) given the earlier ones; 0 where it cannot be drawn. */
export function slatePropensities(
  support: Support,
  places: ArrayLike<number>,
  epsilon: number,
): Float64Array {
  const left = leftOf(support);
  return Float64Array.from({ length: places.length }, (_, slot) => {
    const place = places[slot]!;
    const probability = left.probability(place, epsilon);
    left.take(place);
    return probability;
  });
}

function leftOf({ weights, scores, pinned = 0, ranked = 0, diversity }: Support) {
  const open = new Uint8Array(weights.length).fill(1);
  const merits = diversity && meritsOf(scores, ranked || scores.length, diversity);
  let first = 0;
  let slot = 0;
  const sum = (): number => {
    // Summed anew each time: subtracting would lose digits as the support runs out.
    let total = 0;
    for (let i = first; i < open.length; i++) if (open[i]) total += weights[i]!;
    return total;
  };
  const best = (): number => {
    while (first < open.length && !open[first]) first++;
    if (slot < pinned || !merits) return first;
    let place = first;
    for (let i = first + 1; i < open.length; i++) if (open[i] && merits.of(i) > merits.of(place)) place = i;
    return place;
  };
  return {
    best,
    take(place: number) {
      open[place] = 0;
      slot++;
      merits?.take(place);
    },
    byWeight(share: number) {
      let rest = share * sum();
      let last = best();
      for (let i = first; i < open.length; i++) {
        if (!open[i]) continue;
        last = i;
        rest -= weights[i]!;
        if (rest < 0) break;
      }
      return last;
    },
    probability(place: number, epsilon: number) {
      if (!open[place]) return 0;
      if (slot < pinned) return place === best() ? 1 : 0;
      return (epsilon * weights[place]!) / sum() + (place === best() ? 1 - epsilon : 0);
    },
  };
}

/** What each place is worth beside those that were taken. */
function meritsOf(
  scores: Float32Array,
  ranked: number,
  { share, alike }: Diversity,
): { of(place: number): number; take(place: number): void } {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const score of scores.subarray(0, ranked)) {
    low = Math.min(low, score);
    high = Math.max(high, score);
  }
  const range = high > low ? high - low : 1;
  const likest = new Float64Array(scores.length);
  return {
    of: (place) => ((1 - share) * (scores[place]! - low)) / range - share * likest[place]!,
    take(taken) {
      for (let place = 0; place < scores.length; place++)
        likest[place] = Math.max(likest[place]!, alike(taken, place));
    },
  };
}
