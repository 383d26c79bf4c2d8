import {
  actionName,
  campaignMessages,
  choiceCount,
  campaignFeature as feature,
  type World,
} from '../../src/world/index.ts';

/** What one shopper is told, from what is seen of them (a row that begins at `at`) and what is allowed. */
export type Rule = (seen: Float32Array, at: number, allowed: (action: number) => boolean) => number;

/** Nobody is told anything. */
export const silence: Rule = () => 0;

const kinds = ['plain', '10 % off', '20 % off', '30 % off', 'free shipping', 'bundle'];
const perChannel = kinds.length;
const message = (kind: number, channel: number): number => 1 + channel * perChannel + kind;

export interface FixedRule {
  readonly kind: number;
  readonly every: number;
  /** 1 morning, 2 evening. */
  readonly slot: number;
  /** Channels in the order of preference; the first that is allowed. */
  readonly order: readonly number[];
}

/** The same message to everybody, every so many days. */
export const fixedRule =
  ({ kind, every, slot, order }: FixedRule): Rule =>
  (seen, at, allowed) => {
    if (seen[at + feature.slot] !== slot || seen[at + feature.daysSinceContact]! < every) return 0;
    return order.map((channel) => message(kind, channel)).find(allowed) ?? 0;
  };

export const fixedRules: readonly FixedRule[] = kinds.flatMap((_, kind) =>
  [2, 3, 5, 7, 10, 14, 21].flatMap((every) =>
    [1, 2].flatMap((slot) => [[0], [0, 2, 1], [2, 0, 1]].map((order) => ({ kind, every, slot, order }))),
  ),
);

export interface MarketerRule {
  readonly every: number;
  /** Kind of message for the discount-sensitive: 1, 2 or 3. */
  readonly depth: number;
  /** Days without a purchase after which anybody gets 10 % off; 1000 for never. */
  readonly winBack: number;
  /** Channels answered less than so often are left alone. */
  readonly least: number;
}

/**
 * What a good marketer would write down: the channel answered best, in the half of the day the shopper likes, at most so
 * often; a discount to the sensitive, free shipping to who prefers it, a bundle to who buys of its department only, else
 * news; and 10 % to win back.
 */
export const marketerRule =
  ({ every, depth, winBack, least }: MarketerRule): Rule =>
  (seen, at, allowed) => {
    if (seen[at + feature.daysSinceContact]! < every) return 0;
    if (seen[at + feature.slot] !== (seen[at + feature.eveningShare]! > 0.5 ? 2 : 1)) return 0;
    const kind =
      seen[at + feature.discountSensitive]! > 0
        ? depth
        : seen[at + feature.lastPurchaseDays]! > winBack
          ? 1
          : seen[at + feature.freeShippingPreferred]! > 0
            ? 4
            : seen[at + feature.department] === 2 && seen[at + feature.bundleInStock] === 1
              ? 5
              : 0;
    let best = -1;
    for (let channel = 0; channel < 3; channel++) {
      const rate = seen[at + feature.emailOpens + channel]!;
      if (rate < least || !allowed(message(kind, channel))) continue;
      if (best < 0 || rate > seen[at + feature.emailOpens + best]!) best = channel;
    }
    return best < 0 ? 0 : message(kind, best);
  };

export const marketerRules: readonly MarketerRule[] = [2, 3, 4, 5, 7, 10, 14].flatMap((every) =>
  [1, 2, 3].flatMap((depth) =>
    [180, 1000].flatMap((winBack) => [0, 0.2, 0.3].map((least) => ({ every, depth, winBack, least }))),
  ),
);

/** Actions of n shoppers. */
export type Act = (seen: Float32Array, masks: Uint8Array) => Int32Array | Promise<Int32Array>;

export const actOf =
  (rule: Rule, size: number): Act =>
  (seen, masks) => {
    const choices = campaignMessages.length;
    const n = masks.length / choices;
    return Int32Array.from({ length: n }, (_, i) =>
      rule(seen, i * size, (a) => masks[i * choices + a] === 1),
    );
  };

/** What each of the n shoppers brought in their first eight weeks, and how often each action was taken. */
export async function play(
  world: World,
  act: Act,
  seed: number,
): Promise<{ readonly returns: Float64Array; readonly taken: Int32Array }> {
  const returns = new Float64Array(world.n);
  const taken = new Int32Array(choiceCount(world.action));
  let seen = world.reset(seed);
  for (;;) {
    const actions = await act(seen.slice(), world.masks!());
    for (const action of actions) taken[action]!++;
    const step = world.step(actions);
    for (let i = 0; i < world.n; i++) returns[i]! += step.rewards[i]!;
    if (step.terminated[0]) return { returns, taken };
    seen = step.observations;
  }
}

export const named = actionName;
