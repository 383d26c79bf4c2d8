import type { Combination } from '../core/index.ts';

/**
 * One choice for several people. What a policy thinks of an item is made comparable between members first, by its place
 * among what may be chosen: scores of two people, or of two policies, are on no common scale.
 *
 *   utility(place) = 10 / (9 + place)            1 for the favourite, 1/2 at place 11, near 0 far down
 *
 * (the form of reciprocal rank fusion, Cormack, Clarke & Buettcher 2009). Then the members' utilities are combined
 * (Masthoff 2004, "Group modeling: selecting a sequence of television items to suit a group of viewers"; Masthoff 2015):
 *
 *   average         the mean: most happiness in sum
 *   least-misery    the smallest: nobody gets what they dislike; ties by the mean
 *   fair            slot by slot the item that raises  sum over members of log(satisfaction)  most, where satisfaction
 *                   goes on from what earlier decisions gave each member: who had less counts for more. (The trade of
 *                   welfare and fairness is that of Xiao et al. 2017, "Fairness-aware group recommendation with
 *                   Pareto-efficiency"; the sum of logarithms is Nash's, 1950; that satisfaction with earlier items is
 *                   kept and fades is Masthoff & Gatt 2006's.)
 */
export interface Members {
  /** A member's utility of each item; 0 for what may not be chosen. */
  readonly utilities: readonly Float32Array[];
  /** 1 where an item may be chosen. */
  readonly allowed: Uint8Array;
  /** Satisfaction a member has from earlier decisions (`sharedAfter`), 0 for none. Only `fair` reads it. */
  readonly before: readonly number[];
}

/** Slots `fair` plans ahead; what comes after is in order of the mean. */
const planned = 100;
/** The best by the mean, among which `fair` chooses. */
const considered = 1000;
/** Keeps the first logarithm finite: the smaller, the more it matters to have had nothing yet. */
const start = 0.1;

/** Utilities of one member's scores, higher better: by place among what is allowed, equal scores sharing the middle of theirs. */
export function utilitiesOf(scores: ArrayLike<number>, allowed: Uint8Array): Float32Array {
  const places = placesOf(scores, allowed);
  return places.map((place) => (place === 0 ? 0 : 10 / (9 + place)));
}

/** Places from 1, ties at the middle of theirs; 0 for what is not allowed. What has no score comes last. */
export function placesOf(scores: ArrayLike<number>, allowed: Uint8Array): Float32Array {
  const scoreOf = (i: number): number => {
    const score = i < scores.length ? scores[i]! : -Infinity;
    return Number.isNaN(score) ? -Infinity : score;
  };
  const sorted = Float64Array.from(
    [...allowed.keys()].filter((i) => allowed[i]),
    scoreOf,
  ).sort();
  const below = (value: number, orEqual: boolean): number => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle]! < value || (orEqual && sorted[middle] === value)) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return Float32Array.from(allowed, (open, i) => {
    if (!open) return 0;
    const value = scoreOf(i);
    const [less, atMost] = [below(value, false), below(value, true)];
    return sorted.length - atMost + (atMost - less + 1) / 2;
  });
}

/** The group's score of each item, higher better; -Infinity for what may not be chosen. `slots`: length of the slate. */
export function combineMembers(how: Combination, members: Members, slots: number): Float32Array {
  const { utilities, allowed } = members;
  const mean = Float64Array.from(
    allowed,
    (_, i) => utilities.reduce((sum, of) => sum + of[i]!, 0) / utilities.length,
  );
  const scores = new Float32Array(allowed.length).fill(-Infinity);
  for (let i = 0; i < scores.length; i++) {
    if (!allowed[i]) continue;
    const least = Math.min(...utilities.map((of) => of[i]!));
    // The mean breaks ties only: utilities that differ do so by more than a thousandth of their mean, but far down.
    scores[i] = how === 'least-misery' ? least + 1e-4 * mean[i]! : mean[i]!;
  }
  return how === 'fair' ? fairly(members, scores, slots) : scores;
}

/** What a slate gives a member, of the best it could: 0 to 1, slots discounted by 1 / log2(1 + slot). */
export function satisfactionWith(
  slate: ArrayLike<number>,
  utilities: Float32Array,
  allowed: Uint8Array,
): number {
  const most = idealOf(utilities, allowed, slate.length);
  let got = 0;
  for (let slot = 0; slot < slate.length; slot++) got += discountOf(slot) * utilities[slate[slot]!]!;
  return most === 0 ? 0 : got / most;
}

/** Items in the order in which each adds most to the sum of logarithms; scores are these gains, which can only fall. */
function fairly({ utilities, before }: Members, mean: Float32Array, slots: number): Float32Array {
  const left = [...mean.keys()]
    .filter((i) => mean[i]! > -Infinity)
    .sort((a, b) => mean[b]! - mean[a]! || a - b)
    .slice(0, considered);
  const ideal = utilities.map((of) =>
    idealOf(
      of,
      Uint8Array.from(mean, (m) => Number(m > -Infinity)),
      slots,
    ),
  );
  const satisfied = before.map((past) => start + past);
  const scores = mean.map((m) => (m > -Infinity ? m - 1e3 : m));
  for (let slot = 0; slot < Math.min(planned, left.length); slot++) {
    let best = -1;
    let most = -Infinity;
    for (const [at, item] of left.entries()) {
      if (item < 0) continue;
      let gain = 0;
      for (let m = 0; m < utilities.length; m++)
        gain += Math.log1p((discountOf(slot) * utilities[m]![item]!) / ideal[m]! / satisfied[m]!);
      if (gain > most) [best, most] = [at, gain];
    }
    const item = left[best]!;
    left[best] = -1;
    scores[item] = most;
    for (let m = 0; m < utilities.length; m++)
      satisfied[m]! += (discountOf(slot) * utilities[m]![item]!) / ideal[m]!;
  }
  return scores;
}

const discountOf = (slot: number): number => 1 / Math.log2(2 + slot);

/** The discounted sum of the best utilities there are. */
function idealOf(utilities: Float32Array, allowed: Uint8Array, slots: number): number {
  const sorted = utilities.filter((_, i) => allowed[i]).sort();
  let sum = 0;
  for (let slot = 0; slot < Math.min(slots, sorted.length); slot++)
    sum += discountOf(slot) * sorted[sorted.length - 1 - slot]!;
  return sum;
}
