import {
  type ActionSpec,
  type Actions,
  actionSize,
  type ObservationSpec,
  TendrilError,
  type TransitionBatch,
} from '../core/index.ts';
import type { LearnReport } from './agent.ts';
import type { Beliefs } from './beliefs.ts';
import { candidateScores } from './candidate-scores.ts';
import { topK } from './epsilon-greedy.ts';
import type { Policy, Scores } from './policy.ts';

/** Arms that combinations of parts may make. */
const mostArms = 4096;

/** What a bandit chooses among: choices, items, or every combination of an action's parts, the last part changing first. */
export interface Arms {
  readonly n: number;
  /** Choices of each part; one part where an action is a choice or a slate. */
  readonly parts: readonly number[];
  /** Arms in an action. */
  readonly slots: number;
}

/** Throws TendrilError `bad-setting` where an action is not made of choices, or its parts make too many arms. */
export function armsOf(action: ActionSpec): Arms {
  if (action.kind === 'choice' || action.kind === 'slate')
    return { n: action.n, parts: [action.n], slots: actionSize(action) };
  if (action.kind !== 'parts')
    throw new TendrilError(
      'bad-setting',
      `a bandit makes one choice, several at once or a slate; it cannot choose actions of kind "${action.kind}"`,
    );
  const parts = action.parts.map(({ n }) => n);
  const n = parts.reduce((all, size) => all * size, 1);
  if (n > mostArms)
    throw new TendrilError(
      'bad-setting',
      `the parts of the action make ${n} combinations and a bandit tries at most ${mostArms}: take an agent that chooses each part by itself, such as ppo`,
    );
  return { n, parts, slots: 1 };
}

/**
 * Of each transition the reward of the step alone, for the arm that was taken: what comes later is not a bandit's matter.
 * Of a slate every item shown is an arm taken: the one answered to gets the reward, the others 0; where the batch does
 * not say which, each gets the reward.
 */
export function learnArms(batch: TransitionBatch, width: number, arms: Arms, beliefs: Beliefs): LearnReport {
  const size = arms.parts.length * arms.slots;
  let [updates, errors] = [0, 0];
  for (let i = 0; i < batch.n; i++) {
    for (let slot = 0; slot < arms.slots; slot++) {
      const arm = armOf(batch.actions, i * size + slot, arms.parts);
      if (arm < 0) continue;
      const chosen = batch.chosen?.[i] ?? slot;
      const reward = chosen === slot ? batch.rewards[i]! : 0;
      errors += Math.abs(reward - beliefs.take(batch.observations, i * width, arm, reward));
      updates++;
    }
  }
  return { updates, error: updates > 0 ? errors / updates : 0 };
}

/** The probability of each arm, given what is believed of all and which are open; 0 for those that are not. */
export type Chances = (means: Float32Array, deviations: Float32Array, open: Uint8Array) => Float64Array;

/**
 * The policy over beliefs: arms are drawn by exactly the probabilities that `chances` gives, but for a share `epsilon`
 * that falls on all open arms alike; a slate slot by slot, each from what is left. The probability of a part, given the
 * earlier ones, is a sum over the combinations that begin so. Without exploration it takes the best mean.
 */
export function armPolicy(
  observation: ObservationSpec,
  action: ActionSpec,
  beliefs: Beliefs,
  epsilon: number,
  chances: Chances,
  acting?: Policy['acting'],
): Policy {
  const { n: arms, parts, slots } = armsOf(action);
  const several = parts.length > 1;

  /** Slot by slot: `pick` names the arm, given the probabilities of all; -1 for a slot that stays empty. */
  function walk(
    { choices, values, deviations }: Scores,
    row: number,
    mask: Uint8Array | undefined,
    pick: (probabilities: Float64Array, open: Uint8Array, slot: number) => number,
  ): void {
    const of = (all: Float32Array): Float32Array => all.subarray(row * choices, (row + 1) * choices);
    const open = openArms(choices, parts, mask);
    let left = open.reduce((count, is) => count + is, 0);
    for (let slot = 0; slot < slots && left > 0; slot++) {
      const probabilities = left === 1 ? Float64Array.from(open) : chances(of(values), of(deviations!), open);
      const mixed = probabilities.map((p, arm) => (1 - epsilon) * p + (open[arm] ? epsilon / left : 0));
      const arm = pick(mixed, open, slot);
      if (!open[arm]) continue;
      open[arm] = 0;
      left--;
    }
  }

  const write = (arm: number, slot: number, to: Int32Array): void => {
    if (several) to.set(digitsOf(arm, parts));
    else to[slot] = arm;
  };

  return {
    observation,
    action,
    async evaluate(observations, n, candidates) {
      if (candidates && several)
        throw new RangeError('candidates are of a single choice, and this action has several');
      const [means, deviations] = [new Float32Array(n * arms), new Float32Array(n * arms)];
      beliefs.of(observations, n, means, deviations);
      const { values } = candidateScores(deviations, n, arms, candidates);
      return { ...candidateScores(means, n, arms, candidates), deviations: values };
    },
    sample(scores, row, rng, mask) {
      const size = parts.length * slots;
      const taken = new Int32Array(size).fill(-1);
      const best = new Int32Array(size).fill(-1);
      const logProbs = new Float32Array(size);
      walk(scores, row, mask, (probabilities, open, slot) => {
        const arm = draw(probabilities, rng.float());
        write(arm, slot, taken);
        write(topK(scores, row, 1, open)[0]!, slot, best);
        logProbs.set(logOf(probabilities, arm, parts), slot);
        return arm;
      });
      return { action: taken, logProbs, explored: Uint8Array.from(taken, (a, i) => (a === best[i] ? 0 : 1)) };
    },
    logProb(scores, row, given, mask) {
      const logProbs = new Float32Array(given.length);
      walk(scores, row, mask, (probabilities, _open, slot) => {
        const arm = armOf(given, several ? 0 : slot, parts);
        if (arm >= 0) logProbs.set(logOf(probabilities, arm, parts), slot);
        return arm;
      });
      return logProbs;
    },
    greedy(scores, row, mask) {
      const best = topK(scores, row, slots, openArms(scores.choices, parts, mask));
      return several ? digitsOf(best[0]!, parts) : best;
    },
    ...(acting && { acting }),
  };
}

/** Log-probability of each digit of an arm given the earlier ones. Arms that begin alike lie beside each other. */
function logOf(probabilities: Float64Array, arm: number, parts: readonly number[]): Float64Array {
  let [from, size, before] = [0, probabilities.length, 1];
  const single = parts.length === 1;
  return Float64Array.from(parts, (choices, part) => {
    size = single ? 1 : size / choices;
    from = part === parts.length - 1 ? arm : arm - (arm % size);
    const mass = probabilities.subarray(from, from + size).reduce((sum, p) => sum + p, 0);
    const logProb = mass > 0 ? Math.log(Math.min(1, mass / before)) : -Infinity;
    before = mass;
    return logProb;
  });
}

function openArms(choices: number, parts: readonly number[], mask?: Uint8Array): Uint8Array {
  const open = new Uint8Array(choices).fill(1);
  if (mask && parts.length === 1) open.set(mask.subarray(0, choices));
  else if (mask)
    for (let arm = 0; arm < choices; arm++) {
      let from = 0;
      digitsOf(arm, parts).forEach((digit, part) => {
        if (!mask[from + digit]) open[arm] = 0;
        from += parts[part]!;
      });
    }
  if (!open.includes(1)) throw new RangeError('every choice is forbidden by the mask');
  return open;
}

/** The arm whose digits begin at `at`; negative for an empty slot. */
function armOf(actions: Actions, at: number, parts: readonly number[]): number {
  let arm = 0;
  for (let part = 0; part < parts.length; part++) arm = arm * parts[part]! + actions[at + part]!;
  return arm;
}

function digitsOf(arm: number, parts: readonly number[]): Int32Array {
  const digits = new Int32Array(parts.length);
  for (let part = parts.length - 1, rest = arm; part >= 0; part--) {
    digits[part] = rest % parts[part]!;
    rest = Math.floor(rest / parts[part]!);
  }
  return digits;
}

/** The arm at this share of all probability; rounding never ends on one of probability 0. */
function draw(probabilities: Float64Array, share: number): number {
  let left = share * probabilities.reduce((sum, p) => sum + p, 0);
  let last = -1;
  for (let arm = 0; arm < probabilities.length; arm++) {
    if (probabilities[arm] === 0) continue;
    last = arm;
    left -= probabilities[arm]!;
    if (left < 0) break;
  }
  return last;
}
