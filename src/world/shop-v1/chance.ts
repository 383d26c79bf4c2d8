/**
 * Chance that does not depend on what was done before: the number for (shopper, moment, purpose) is a hash of the three,
 * not the next of a stream. Two policies that meet the same shopper at the same slate of the same visit therefore meet
 * the same luck (common random numbers), however differently they got there, and differences between policies are far
 * less noisy than the policies.
 *
 * Two words of key, two of counter, mixed by the finalizers of MurmurHash3 (Appleby) and of Prospector's best 32-bit
 * permutation (Wellons 2018).
 */
export function chance(keyA: number, keyB: number, moment: number, purpose: number): number {
  let h = keyA ^ Math.imul(moment + 1, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  h ^= h >>> 16;
  h = (h + keyB) ^ Math.imul(purpose + 1, 0x27d4eb2f);
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  return ((h ^ (h >>> 16)) >>> 0) / 4294967296;
}

/** Standard normal, by Box and Muller from two of them. */
export function chanceNormal(keyA: number, keyB: number, moment: number, purpose: number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - chance(keyA, keyB, moment, purpose)));
  return radius * Math.cos(2 * Math.PI * chance(keyA, keyB, moment, purpose ^ 0x40000000));
}

/** What a number is drawn for; with `chance` each (moment, purpose) is a draw of its own. */
export const purposes = {
  click: 0,
  cart: 1,
  buy: 2,
  rate: 3,
  stars: 4,
  review: 5,
  text: 6,
  dwell: 7,
  leave: 8,
  done: 9,
  return: 10,
  gap: 11,
  persist: 12,
  intent: 13,
  birthDay: 14,
  patience: 15,
  price: 16,
  habit: 17,
  device: 18,
  /** + category, + style number, + item: a range each. */
  categoryTaste: 0x10000,
  styleTaste: 0x20000,
  styleDrift: 0x30000,
  stock: 0x40000,
} as const;
