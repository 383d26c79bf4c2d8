import { type ActionSpec, type ObservationSpec, type Rng, TendrilError } from '../core/index.ts';
import { candidateScores } from './candidate-scores.ts';
import type { Policy, Sample, Scores } from './policy.ts';

/**
 * A policy of independent choices: each part of an action is drawn from the softmax of its own logits. Masks work before
 * the softmax: what is forbidden has probability 0 and the rest share its mass.
 */
export function categoricalPolicy(
  observation: ObservationSpec,
  action: ActionSpec,
  logitsOf: (observations: Float32Array, n: number) => Promise<Float32Array>,
): Policy {
  const parts = partsOf(action);
  const choices = parts.reduce((sum, n) => sum + n, 0);
  /** A single choice among candidates has as many as there are candidates. */
  const sizesOf = (scores: Scores): readonly number[] => (parts.length === 1 ? [scores.choices] : parts);
  return {
    observation,
    action,
    async evaluate(observations, n, candidates) {
      const logits = await logitsOf(observations, n);
      if (candidates && parts.length > 1)
        throw new RangeError('candidates are of a single choice, and this action has several');
      return candidateScores(logits, n, choices, candidates);
    },
    sample: (scores, row, rng, mask) => draw(scores, row, sizesOf(scores), rng, mask),
    logProb(scores, row, taken, mask) {
      let from = 0;
      return Float32Array.from(sizesOf(scores), (size, part) => {
        const start = from;
        from += size;
        const choice = taken[part]!;
        if (!(choice >= 0 && choice < size) || (mask && !mask[start + choice])) return -Infinity;
        const at = row * scores.choices + start;
        const top = scores.values[at + best(scores, row, start, size, mask)]!;
        return scores.values[at + choice]! - top - Math.log(mass(scores, row, start, size, top, mask));
      });
    },
    greedy(scores, row, mask) {
      let from = 0;
      return Int32Array.from(sizesOf(scores), (size) => {
        from += size;
        return best(scores, row, from - size, size, mask);
      });
    },
  };
}

/** Choices of each part of an action. Throws where an action is not made of choices. */
export function partsOf(action: ActionSpec): readonly number[] {
  if (action.kind === 'choice') return [action.n];
  if (action.kind === 'parts') return action.parts.map(({ n }) => n);
  throw new TendrilError(
    'bad-setting',
    `this agent makes one choice, several at once, or numbers within bounds; it cannot choose actions of kind "${action.kind}"`,
  );
}

function draw(scores: Scores, row: number, sizes: readonly number[], rng: Rng, mask?: Uint8Array): Sample {
  const action = new Int32Array(sizes.length);
  const logProbs = new Float32Array(sizes.length);
  const explored = new Uint8Array(sizes.length);
  let from = 0;
  for (let part = 0; part < sizes.length; part++) {
    const size = sizes[part]!;
    const at = row * scores.choices + from;
    const greedy = best(scores, row, from, size, mask);
    const top = scores.values[at + greedy]!;
    const whole = mass(scores, row, from, size, top, mask);
    let left = rng.float() * whole;
    let choice = greedy;
    for (let i = 0; i < size; i++) {
      if (mask && !mask[from + i]) continue;
      choice = i;
      left -= Math.exp(scores.values[at + i]! - top);
      if (left < 0) break;
    }
    action[part] = choice;
    logProbs[part] = scores.values[at + choice]! - top - Math.log(whole);
    explored[part] = choice === greedy ? 0 : 1;
    from += size;
  }
  return { action, logProbs, explored };
}

/** The largest allowed logit of a part, counted within it; of equals the first. */
function best(scores: Scores, row: number, from: number, size: number, mask?: Uint8Array): number {
  const at = row * scores.choices + from;
  let choice = -1;
  for (let i = 0; i < size; i++) {
    if (mask && !mask[from + i]) continue;
    if (choice < 0 || scores.values[at + i]! > scores.values[at + choice]!) choice = i;
  }
  if (choice < 0) throw new RangeError('every choice is forbidden by the mask');
  return choice;
}

function mass(
  scores: Scores,
  row: number,
  from: number,
  size: number,
  top: number,
  mask?: Uint8Array,
): number {
  const at = row * scores.choices + from;
  let sum = 0;
  for (let i = 0; i < size; i++) if (!mask || mask[from + i]) sum += Math.exp(scores.values[at + i]! - top);
  return sum;
}
