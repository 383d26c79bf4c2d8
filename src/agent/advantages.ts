import type { RolloutBatch } from '../core/index.ts';

/**
 * Generalised advantage estimation (Schulman et al. 2016): how much better each step went than its state's value, the
 * surprises of all later steps of the episode added up, each weighing discount x lambda less than the one before.
 *
 *   delta_t = r_t + discount x V(s_t+1) - V(s_t)          A_t = delta_t + discount x lambda x A_t+1
 *
 * After an end nothing follows; after a cut what was seen last still has its value, but no later step belongs to it.
 * `values` holds V of the steps, then of what is seen after the last ones, then of the final observations of cuts.
 * Writes A to `advantages` and A + V, what V is learned towards, to `returns`.
 */
export function estimateAdvantages(
  { steps, n, terminated, truncated, discount }: RolloutBatch,
  rewards: Float32Array,
  values: Float32Array,
  lambda: number,
  advantages: Float32Array,
  returns: Float32Array,
): void {
  let cut = (steps + 1) * n;
  for (const is of truncated) cut += is;
  for (let i = steps * n - 1; i >= 0; i--) {
    const next = terminated[i] ? 0 : truncated[i] ? values[--cut]! : values[i + n]!;
    const over = terminated[i] || truncated[i] || i >= (steps - 1) * n;
    const later = over ? 0 : discount * lambda * advantages[i + n]!;
    const advantage = rewards[i]! + discount * next - values[i]! + later;
    advantages[i] = advantage;
    returns[i] = advantage + values[i]!;
  }
}

/** To mean 0 and standard deviation 1, in place; a single number is left as it is. */
export function normalise(numbers: Float32Array): void {
  const n = numbers.length;
  if (n < 2) return;
  let mean = 0;
  for (const x of numbers) mean += x / n;
  let square = 0;
  for (const x of numbers) square += (x - mean) ** 2;
  const over = 1 / (Math.sqrt(square / (n - 1)) + 1e-8);
  for (let i = 0; i < n; i++) numbers[i] = (numbers[i]! - mean) * over;
}

/** Share of the returns' variance that the values foretold: 1 all of it, 0 no more than their mean would; 0 where they do not vary. */
export function explainedVariance(advantages: Float32Array, returns: Float32Array): number {
  const spread = variance(returns);
  return spread > 0 ? 1 - variance(advantages) / spread : 0;
}

function variance(numbers: Float32Array): number {
  let mean = 0;
  for (const x of numbers) mean += x / numbers.length;
  let square = 0;
  for (const x of numbers) square += (x - mean) ** 2;
  return square / numbers.length;
}
