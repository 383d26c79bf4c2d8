import type { Rng } from '../core/index.ts';
import type { Sample, Scores } from './policy.ts';

/**
 * Draws a slate without replacement from the softmax of scores / temperature: the best k of log-weight + Gumbel noise
 * (Kool, van Hoof & Welling 2019, "Stochastic Beams and Where to Find Them", eq. 4). The probability of slot j is the
 * softmax over what the earlier slots left. A single choice is a slate of one; temperature tends to greedy at 0.
 */
export function samplePlackettLuce(
  scores: Scores,
  row: number,
  k: number,
  temperature: number,
  rng: Rng,
  mask?: Uint8Array,
): Sample {
  const offset = row * scores.choices;
  const noisy: { choice: number; key: number }[] = [];
  let best = -Infinity;
  for (let i = 0; i < scores.choices; i++) {
    if (mask && !mask[i]) continue;
    const weight = scores.values[offset + i]! / temperature;
    noisy.push({ choice: i, key: weight + rng.gumbel() });
    if (weight > best) best = weight;
  }
  if (noisy.length === 0) throw new RangeError('every choice is forbidden by the mask');
  noisy.sort((a, b) => b.key - a.key || a.choice - b.choice);
  const action = new Int32Array(k).fill(-1);
  noisy.slice(0, k).forEach((entry, slot) => {
    action[slot] = entry.choice;
  });
  const logProbs = logProbPlackettLuce(scores, row, action, temperature, mask);
  const open = mask ? mask.slice() : new Uint8Array(scores.choices).fill(1);
  const explored = Uint8Array.from(action, (choice) => {
    if (choice < 0) return 0;
    let better = 0;
    for (let i = 0; i < scores.choices; i++) {
      if (open[i] && scores.values[offset + i]! > scores.values[offset + choice]!) better = 1;
    }
    open[choice] = 0;
    return better;
  });
  return { action, logProbs, explored };
}

/** Log-probability of each slot given the earlier ones; empty slots (-1) have probability 1. */
export function logProbPlackettLuce(
  scores: Scores,
  row: number,
  action: ArrayLike<number>,
  temperature: number,
  mask?: Uint8Array,
): Float32Array {
  const offset = row * scores.choices;
  const weight = (i: number): number => scores.values[offset + i]! / temperature;
  const open = mask ? mask.slice(0, scores.choices) : new Uint8Array(scores.choices).fill(1);
  let top = -Infinity;
  for (let i = 0; i < scores.choices; i++) if (open[i]) top = Math.max(top, weight(i));
  let mass = 0;
  for (let i = 0; i < scores.choices; i++) if (open[i]) mass += Math.exp(weight(i) - top);
  return Float32Array.from({ length: action.length }, (_, slot) => {
    const choice = action[slot]!;
    if (choice < 0) return 0;
    if (!open[choice]) return -Infinity;
    const logProb = weight(choice) - top - Math.log(mass);
    open[choice] = 0;
    // Taking the mass away loses digits when nearly all of it goes, so it is summed again.
    mass = 0;
    for (let i = 0; i < scores.choices; i++) if (open[i]) mass += Math.exp(weight(i) - top);
    return Math.min(0, logProb);
  });
}
