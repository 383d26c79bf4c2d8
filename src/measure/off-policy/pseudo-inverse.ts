import { solveSymmetric } from '../../math/index.ts';

/**
 * The pseudo-inverse estimator of a whole slate's reward (Swaminathan et al. 2017), which may be seen only as one number for
 * all of it, where it is a sum of unknown parts, one for each action at its slot. With 1_s the slate s as a vector of zeros
 * and ones, one place for each (slot, action),
 *
 *   value = mean of r w(s),   w(s) = q' G^+ 1_s,   G = E_logging[1_s 1_s'],   q = E_target[1_s]
 *
 * where G holds how often two places are taken together by the logging policy, q how often each is by the target. Weights
 * grow with slots x actions, not with the number of slates there are.
 */
export interface SlatePolicy {
  readonly slots: number;
  readonly actions: number;
  /** Probability that `action` stands at `slot` and, in the same slate, `otherAction` at `otherSlot`. */
  together(slot: number, action: number, otherSlot: number, otherAction: number): number;
}

/** The weight of a slate; `slate` holds an action a slot. Throws where the target shows what the log cannot. */
export function slateWeight(
  logging: SlatePolicy,
  target: SlatePolicy,
): (slate: ArrayLike<number>, at?: number) => number {
  const { slots, actions } = logging;
  const places = slots * actions;
  const pairs = new Float64Array(places * places);
  const aim = new Float64Array(places);
  for (let i = 0; i < places; i++) {
    const slot = Math.floor(i / actions);
    const action = i % actions;
    aim[i] = target.together(slot, action, slot, action);
    for (let j = 0; j < places; j++)
      pairs[i * places + j] = logging.together(slot, action, Math.floor(j / actions), j % actions);
  }
  const { solution, residual } = solveSymmetric(pairs, aim);
  if (residual > 1e-6)
    throw new RangeError('the target shows actions at slots where the logging policy never shows them');
  return (slate, at = 0) => {
    let sum = 0;
    for (let slot = 0; slot < slots; slot++) sum += solution[slot * actions + slate[at + slot]!]!;
    return sum;
  };
}

/**
 * The weight of `shown`, one of all orders alike of different actions out of `actions`, for a target that shows `aimed` and
 * nothing else: `slateWeight` of a `uniformRanking` and a `fixedSlate`, solved by hand. An action at its place counts
 * actions - 1 + 1 / slots, one of the target's elsewhere 1 / slots, any other -(1 - 1 / slots) actions / (actions - slots).
 * Throws where there are no more actions than slots: then more than this is the same in all orders.
 */
export function rankingWeight(aimed: ArrayLike<number>, shown: ArrayLike<number>, actions: number): number {
  const slots = aimed.length;
  if (actions <= slots) throw new RangeError(`${actions} actions for ${slots} slots: there must be more`);
  let sum = 0;
  for (let slot = 0; slot < slots; slot++) {
    let found = -1;
    for (let other = 0; other < slots; other++) if (aimed[other] === shown[slot]) found = other;
    if (found < 0) sum -= ((1 - 1 / slots) * actions) / (actions - slots);
    else sum += 1 / slots + (found === slot ? actions - 1 : 0);
  }
  return sum;
}

/** Mean of r w(s): `rewards` a slate, `slates` their actions one after another. */
export function pseudoInverse(
  rewards: Float64Array,
  slates: Int32Array,
  weight: (slate: ArrayLike<number>, at?: number) => number,
): number {
  const slots = slates.length / rewards.length;
  let sum = 0;
  for (let i = 0; i < rewards.length; i++) sum += rewards[i]! * weight(slates, i * slots);
  return sum / rewards.length;
}

/** Every order of `slots` out of `actions` different ones alike. */
export function uniformRanking(slots: number, actions: number): SlatePolicy {
  return {
    slots,
    actions,
    together(slot, action, otherSlot, otherAction) {
      if (slot === otherSlot) return action === otherAction ? 1 / actions : 0;
      return action === otherAction ? 0 : 1 / (actions * (actions - 1));
    },
  };
}

/** One slate always. */
export function fixedSlate(slate: readonly number[], actions: number): SlatePolicy {
  return {
    slots: slate.length,
    actions,
    together: (slot, action, otherSlot, otherAction) =>
      slate[slot] === action && slate[otherSlot] === otherAction ? 1 : 0,
  };
}

/** Slots filled each on its own, by probabilities slots x actions. */
export function independentSlots(slots: number, probabilities: Float64Array): SlatePolicy {
  const actions = probabilities.length / slots;
  const alone = (slot: number, action: number): number => probabilities[slot * actions + action]!;
  return {
    slots,
    actions,
    together(slot, action, otherSlot, otherAction) {
      if (slot !== otherSlot) return alone(slot, action) * alone(otherSlot, otherAction);
      return action === otherAction ? alone(slot, action) : 0;
    },
  };
}
