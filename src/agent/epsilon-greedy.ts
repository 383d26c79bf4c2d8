import type { Rng } from '../core/index.ts';
import type { Sample, Scores } from './policy.ts';

/**
 * Best choice with probability 1 - epsilon, else a uniform one among the allowed; for slates, slot by slot without
 * replacement. The probability of a choice is therefore epsilon / allowed, plus 1 - epsilon where it is the best of
 * what is left: exact, whatever was drawn. A single choice is a slate of one.
 */
export function sampleEpsilonGreedy(
  scores: Scores,
  row: number,
  k: number,
  epsilon: number,
  rng: Rng,
  mask?: Uint8Array,
): Sample {
  const left = allowed(scores, mask);
  const action = new Int32Array(k).fill(-1);
  const logProbs = new Float32Array(k);
  const explored = new Uint8Array(k);
  for (let slot = 0; slot < k && left.count > 0; slot++) {
    const best = argmax(scores, row, left.open);
    const choice = epsilon > 0 && rng.float() < epsilon ? nth(left.open, rng.int(left.count)) : best;
    action[slot] = choice;
    logProbs[slot] = Math.log(epsilon / left.count + (choice === best ? 1 - epsilon : 0));
    explored[slot] = choice === best ? 0 : 1;
    left.open[choice] = 0;
    left.count--;
  }
  return { action, logProbs, explored };
}

/** Log-probability of each slot of `action` under `sampleEpsilonGreedy`; empty slots (-1) have probability 1. */
export function logProbEpsilonGreedy(
  scores: Scores,
  row: number,
  action: ArrayLike<number>,
  epsilon: number,
  mask?: Uint8Array,
): Float32Array {
  const left = allowed(scores, mask);
  return Float32Array.from({ length: action.length }, (_, slot) => {
    const choice = action[slot]!;
    if (choice < 0) return 0;
    if (!left.open[choice]) return -Infinity;
    const best = argmax(scores, row, left.open);
    const probability = epsilon / left.count + (choice === best ? 1 - epsilon : 0);
    left.open[choice] = 0;
    left.count--;
    return Math.log(probability);
  });
}

/** The best `k` allowed choices in order, -1 where there are no more; ties go to the lowest number. */
export function topK(scores: Scores, row: number, k: number, mask?: Uint8Array): Int32Array {
  const { open } = allowed(scores, mask);
  const action = new Int32Array(k).fill(-1);
  for (let slot = 0; slot < k; slot++) {
    const best = argmax(scores, row, open);
    if (best < 0) break;
    action[slot] = best;
    open[best] = 0;
  }
  return action;
}

function allowed(scores: Scores, mask: Uint8Array | undefined): { open: Uint8Array; count: number } {
  const open = mask ? mask.slice(0, scores.choices) : new Uint8Array(scores.choices).fill(1);
  let count = 0;
  for (const o of open) if (o) count++;
  if (count === 0) throw new RangeError('every choice is forbidden by the mask');
  return { open, count };
}

function argmax(scores: Scores, row: number, open: Uint8Array): number {
  const offset = row * scores.choices;
  let best = -1;
  let value = -Infinity;
  for (let i = 0; i < scores.choices; i++) {
    const v = scores.values[offset + i]!;
    if (open[i] && (best < 0 || v > value)) {
      best = i;
      value = v;
    }
  }
  return best;
}

function nth(open: Uint8Array, n: number): number {
  let seen = -1;
  for (let i = 0; i < open.length; i++) if (open[i] && ++seen === n) return i;
  throw new RangeError(`fewer than ${n + 1} choices are allowed`);
}
