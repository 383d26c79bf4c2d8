import type { Rng } from '../core/index.ts';

/** What may be drawn: item numbers with the policy's score and a weight for exploring, best first. */
export interface Support {
  readonly items: Int32Array;
  readonly scores: Float32Array;
  readonly weights: Float32Array;
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
 * Q-values and similarities, each on a scale of its own, explore alike.
 */
export function drawSlate(support: Support, limit: number, epsilon: number, rng: Rng): Slate {
  const size = Math.min(limit, support.items.length);
  const places = new Int32Array(size);
  const left = leftOf(support);
  for (let slot = 0; slot < size; slot++) {
    const best = left.best();
    const place = epsilon > 0 && rng.float() < epsilon ? left.byWeight(rng.float()) : best;
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

function leftOf({ weights }: Support) {
  const open = new Uint8Array(weights.length).fill(1);
  let first = 0;
  const sum = (): number => {
    // Summed anew each time: subtracting would lose digits as the support runs out.
    let total = 0;
    for (let i = first; i < open.length; i++) if (open[i]) total += weights[i]!;
    return total;
  };
  const best = (): number => {
    while (first < open.length && !open[first]) first++;
    return first;
  };
  return {
    best,
    take(place: number) {
      open[place] = 0;
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
      return (epsilon * weights[place]!) / sum() + (place === best() ? 1 - epsilon : 0);
    },
  };
}
