import {
  type ActionSpec,
  actionSize,
  type Event,
  eventTypeCode,
  eventTypes,
  linesOf,
  type Rng,
  TendrilError,
  type TransitionBatch,
} from '../core/index.ts';
import type { Log } from '../log/index.ts';
import { attribution, type Outcome, type RewardFormula, rewardOf } from '../reward/index.ts';
import {
  type Encoder,
  encodeState,
  type FoldContext,
  observationOf,
  type ShopperState,
} from '../state/index.ts';
import { slateAround, slotsToFill } from './invented-slates.ts';
import { replayStates } from './replay-states.ts';

/**
 * A log as steps (state, action, reward, next state) for agents that learn by reinforcement. Two sources:
 *
 *   taken     what shoppers did by themselves: the action is the item they took next (for a slate: in its first slot,
 *             the others empty), the reward is the formula's over that event and over what is said of the item later,
 *             within the window. A log of takings holds no refusals, so each step is joined by `negatives` steps with an
 *             item drawn uniformly: reward 0, the state stays. Or, with `takings: 'slates'`, the other slots hold items
 *             drawn uniformly, of which the shopper is taken to have chosen (invented-slates.ts).
 *   decided   what we showed: the action is the slate with its propensities, the reward what was credited to it, the
 *             next state that before the shopper's next slate.
 *
 * The state of a step is folded from what lies before it. Text written later shapes the reward only. A shopper's last
 * step is truncated, not terminated: the shopper may come back, the data ends. `leave` terminates.
 */
export interface TransitionsOptions {
  readonly encoder: Encoder;
  readonly context: FoldContext;
  readonly action: ActionSpec;
  readonly reward: RewardFormula;
  readonly discount: number;
  readonly rng: Rng;
  readonly negatives?: number;
  /** What stands beside what was taken; refusals where missing. */
  readonly takings?: 'refusals' | 'slates';
  /** How long what follows is credited, milliseconds. */
  readonly windowMs?: number;
  /** Milliseconds, exclusive. */
  readonly to?: number;
  /** For each shopper, the moment from which on nothing is taken (held back for validation). */
  readonly until?: (shopper: string) => number;
  /** Steps of each kind kept at most, the oldest; 400,000 where missing. */
  readonly limit?: number;
}

export interface LogTransitions {
  readonly taken: TransitionBatch;
  readonly decided: TransitionBatch;
}

const day = 86_400_000;
/** Taking an item in hand; a rating or a review of something taken before is a word about that step instead. */
const opinions = new Set(['rating', 'review']);

export async function transitionsOfLog(log: Log, options: TransitionsOptions): Promise<LogTransitions> {
  const { encoder, context, action, reward, rng, windowMs = 30 * day, until, negatives = 1 } = options;
  if (action.kind !== 'choice' && action.kind !== 'slate')
    throw new TendrilError('bad-setting', 'a log holds items: the action must be a choice of one or a slate');
  const rows = stepRows(observationOf(encoder.encoding).size, actionSize(action), options.limit ?? 400_000);
  const decidedRows = stepRows(
    observationOf(encoder.encoding).size,
    actionSize(action),
    options.limit ?? 400_000,
  );
  const { itemCount } = encoder.encoding;
  const invented = options.takings === 'slates' ? slotsToFill(action, itemCount) : 0;
  const numberOf = (itemId: string): number => {
    const number = encoder.catalogue.indexOf(itemId);
    return number === undefined || number >= itemCount ? -1 : number;
  };
  const encode = (state: ShopperState, now: number): Float32Array => {
    const row = new Float32Array(observationOf(encoder.encoding).size);
    encodeState(state, now, encoder, row);
    return row;
  };
  /** By shopper: steps whose next state is not known yet, and for each item the last step that took it. */
  const waiting = new Map<string, number[]>();
  const takenAt = new Map<string, Map<number, { readonly step: number; readonly time: number }>>();
  const slates = new Map<string, { readonly observation: Float32Array; next?: Float32Array }>();
  const lastSlate = new Map<string, string>();
  const join = attribution(windowMs);
  const closeSlates = (outcomes: readonly Outcome[]): void => {
    for (const outcome of outcomes) addDecided(outcome);
  };
  const addDecided = ({ decision, events, chosen }: Outcome): void => {
    const slate = slates.get(decision.recommendationId);
    slates.delete(decision.recommendationId);
    if (!slate) return;
    const step = decidedRows.add(
      slate.observation,
      sum(events.map((e) => rewardOf(reward, e, context.sentiment))),
    );
    if (step < 0) return;
    decision.items.slice(0, actionSize(action)).forEach(({ itemId, propensity }, slot) => {
      decidedRows.setSlot(step, slot, numberOf(itemId), Math.log(propensity));
    });
    decidedRows.setChosen(step, chosen);
    if (slate.next) decidedRows.setNext(step, slate.next);
    else
      decidedRows.end(
        step,
        slate.observation,
        events.some((e) => e.eventType === 'leave'),
      );
  };

  for await (const { event, shopper, before } of replayStates(log, context, { to: options.to })) {
    const held = until?.(shopper) ?? Infinity;
    if (event.timestamp >= held) continue;
    const own: Event = event.userId === shopper ? event : { ...event, userId: shopper };
    closeSlates(join.apply(own));
    if (event.eventType === 'decision') {
      const observation = encode(before, event.timestamp);
      const previous = slates.get(lastSlate.get(shopper) ?? '');
      if (previous) previous.next = observation;
      const id = event.recommendationId ?? event.eventId;
      slates.set(id, { observation });
      lastSlate.set(shopper, id);
      continue;
    }
    const items = [...new Set(linesOf(event).map((line) => numberOf(line.itemId)))].filter(
      (item) => item >= 0,
    );
    const gain = rewardOf(reward, event, context.sentiment);
    if (eventTypes[eventTypeCode(event.eventType)]!.interest <= 0) {
      if (event.eventType === 'leave') {
        for (const step of waiting.get(shopper) ?? []) rows.end(step, encode(before, event.timestamp), true);
        waiting.delete(shopper);
      }
      creditLater(event, shopper, items, gain);
      continue;
    }
    if (opinions.has(event.eventType) && items.some((item) => takenAt.get(shopper)?.has(item))) {
      creditLater(event, shopper, items, gain);
      continue;
    }
    if (items.length === 0) continue;
    const observation = encode(before, event.timestamp);
    for (const step of waiting.get(shopper) ?? []) rows.setNext(step, observation);
    const steps: number[] = [];
    const mine = takenAt.get(shopper) ?? new Map();
    takenAt.set(shopper, mine);
    for (const item of items) {
      const step = rows.add(observation, gain / items.length);
      if (step < 0) break;
      const { slate, slot } =
        invented > 0 ? slateAround(item, invented, itemCount, rng) : { slate: [item], slot: 0 };
      slate.forEach((shown, place) => {
        rows.setSlot(step, place, shown, 0);
      });
      rows.setChosen(step, slot);
      steps.push(step);
      mine.set(item, { step, time: event.timestamp });
      for (let i = 0; invented === 0 && i < negatives && itemCount > 1; i++) {
        const other = rows.add(observation, 0);
        if (other < 0) break;
        const drawn = rng.int(itemCount - 1);
        rows.setSlot(other, 0, drawn < item ? drawn : drawn + 1, 0);
        rows.setChosen(other, -1);
        rows.setNext(other, observation);
      }
    }
    waiting.set(shopper, steps);
  }
  closeSlates(join.flush());
  const taken = rows.batch(options.discount, false);
  return {
    taken: invented > 0 ? { ...taken, invented: new Uint8Array(taken.n).fill(1) } : taken,
    decided: decidedRows.batch(options.discount, true),
  };

  /** What is said or done about an item afterwards belongs to the step that took it. */
  function creditLater(event: Event, shopper: string, items: readonly number[], gain: number): void {
    if (gain === 0) return;
    for (const item of items) {
      const step = takenAt.get(shopper)?.get(item);
      if (step && event.timestamp - step.time <= windowMs) rows.reward(step.step, gain / items.length);
    }
  }
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** Steps in growing arrays; a step whose next state never comes is truncated on its own state. */
function stepRows(width: number, size: number, limit: number) {
  let n = 0;
  let room = 1024;
  let observations = new Float32Array(room * width);
  let nextObservations = new Float32Array(room * width);
  let actions = new Int32Array(room * size);
  let logProbs = new Float32Array(room * size);
  let rewards = new Float32Array(room);
  let chosen = new Int32Array(room);
  /** 0 open, 1 has a next state, 2 terminated, 3 truncated */
  let ends = new Uint8Array(room);
  const grow = (): void => {
    room *= 2;
    observations = copied(observations, new Float32Array(room * width));
    nextObservations = copied(nextObservations, new Float32Array(room * width));
    actions = copied(actions, new Int32Array(room * size));
    logProbs = copied(logProbs, new Float32Array(room * size));
    rewards = copied(rewards, new Float32Array(room));
    chosen = copied(chosen, new Int32Array(room));
    ends = copied(ends, new Uint8Array(room));
  };
  return {
    /** Answers the number of the step, or -1 where there are too many. */
    add(observation: Float32Array, reward: number): number {
      if (n === limit) return -1;
      if (n === room) grow();
      observations.set(observation, n * width);
      actions.fill(-1, n * size, (n + 1) * size);
      rewards[n] = reward;
      return n++;
    },
    setSlot(step: number, slot: number, item: number, logProb: number): void {
      actions[step * size + slot] = item;
      logProbs[step * size + slot] = logProb;
    },
    setChosen(step: number, slot: number): void {
      chosen[step] = slot;
    },
    reward(step: number, more: number): void {
      rewards[step]! += more;
    },
    setNext(step: number, observation: Float32Array): void {
      nextObservations.set(observation, step * width);
      ends[step] = 1;
    },
    end(step: number, observation: Float32Array, terminated: boolean): void {
      nextObservations.set(observation, step * width);
      ends[step] = terminated ? 2 : 3;
    },
    batch(discount: number, withLogProbs: boolean): TransitionBatch {
      const discounts = new Float32Array(n);
      const terminated = new Uint8Array(n);
      const truncated = new Uint8Array(n);
      for (let i = 0; i < n; i++) {
        if (ends[i] === 0) {
          nextObservations.set(observations.subarray(i * width, (i + 1) * width), i * width);
        }
        terminated[i] = ends[i] === 2 ? 1 : 0;
        truncated[i] = ends[i] === 0 || ends[i] === 3 ? 1 : 0;
        discounts[i] = terminated[i] ? 0 : discount;
      }
      return {
        n,
        observations: observations.subarray(0, n * width),
        actions: actions.subarray(0, n * size),
        rewards: rewards.subarray(0, n),
        nextObservations: nextObservations.subarray(0, n * width),
        discounts,
        terminated,
        truncated,
        chosen: chosen.subarray(0, n),
        ...(withLogProbs && { logProbs: logProbs.subarray(0, n * size) }),
      };
    },
  };
}

function copied<T extends Float32Array | Int32Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
