import { type DecidedItem, type Decision, type Event, linesOf, shopperOf } from '../core/index.ts';

/**
 * Which decision earned what. An event is credited to one decision at most:
 *
 *   1. the one it names by `recommendationId`, while that decision's window is open;
 *   2. else, where it names none, the newest decision for this shopper that showed the item, window open;
 *   3. else, where it is about no item (leaving, searching), the shopper's newest decision, window open.
 *
 * The window is `windowMs` from the decision's time. Events must come in order of time within a shopper; a decision
 * is closed, and handed out with what it earned, once an event shows that its window has passed (or `flush` is called).
 */
export interface Outcome {
  readonly decision: Decision;
  /** Credited events, oldest first. */
  readonly events: readonly Event[];
  /** Slot (from 0) of the first item that was answered to, or -1. */
  readonly chosen: number;
}

export interface Attribution {
  /** Takes a shopper's next event in; answers the decisions it closed. */
  apply(event: Event): readonly Outcome[];
  /** Closes what is still open: at the end of a log. */
  flush(): readonly Outcome[];
}

interface Open {
  readonly decision: Decision;
  readonly events: Event[];
  chosen: number;
}

/** Types that answer to an item; being shown or taken away is no answer. */
const answering = new Set([
  'click',
  'view',
  'add_to_cart',
  'begin_checkout',
  'purchase',
  'add_to_wishlist',
  'rating',
  'review',
  'like',
]);
const silentTypes = new Set(['impression', 'item_changed', 'shopper_changed']);

export function attribution(windowMs: number): Attribution {
  const open = new Map<string, Open[]>();
  return {
    apply(event) {
      const shopper = shopperOf(event);
      if (shopper === undefined) return [];
      const list = open.get(shopper) ?? [];
      const closed = list.filter(({ decision }) => event.timestamp - decision.timestamp > windowMs);
      const left = list.filter((entry) => !closed.includes(entry));
      const decision = decisionOf(event);
      if (event.eventType === 'erased') left.length = 0;
      else if (decision) left.push({ decision, events: [], chosen: -1 });
      else if (!silentTypes.has(event.eventType)) credit(left, event);
      if (left.length > 0) open.set(shopper, left);
      else open.delete(shopper);
      return event.eventType === 'erased' ? [] : closed;
    },
    flush() {
      const all = [...open.values()].flat();
      open.clear();
      return all;
    },
  };
}

/** The decision a logged event carries, or undefined. */
export function decisionOf(event: Event): Decision | undefined {
  const decision = event.properties?.decision as unknown as Decision | undefined;
  if (event.eventType !== 'decision' || !Array.isArray(decision?.items)) return undefined;
  return decision.items.every((item: DecidedItem) => typeof item?.itemId === 'string') ? decision : undefined;
}

function credit(open: readonly Open[], event: Event): void {
  const lines = linesOf(event);
  const slotIn = (entry: Open): number =>
    entry.decision.items.findIndex(({ itemId }) => lines.some((line) => line.itemId === itemId));
  const owner =
    event.recommendationId !== undefined
      ? open.find(({ decision }) => decision.recommendationId === event.recommendationId)
      : lines.length > 0
        ? open.findLast((entry) => slotIn(entry) >= 0)
        : open.at(-1);
  if (!owner) return;
  owner.events.push(event);
  if (owner.chosen < 0 && answering.has(event.eventType)) owner.chosen = slotIn(owner);
}
