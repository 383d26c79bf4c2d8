import { type Event, shopperOf } from '../core/index.ts';
import type { Log } from '../log/index.ts';
import {
  type FoldContext,
  fold,
  foldAll,
  identityLinks,
  newShopper,
  type ShopperState,
} from '../state/index.ts';

/** A shopper's event with the state just before it: all that was known when it happened. */
export interface Moment {
  readonly event: Event;
  /** The user, where the shopper is known to be one by then. */
  readonly shopper: string;
  readonly before: ShopperState;
}

/**
 * Walks a log in order of time and shows every shopper's event with the state before it. The state at a moment is
 * folded from what lies before that moment, whenever it arrived; a login brings the anonymous history along from then
 * on, not earlier. One state for each shopper is held.
 */
export async function* replayStates(
  log: Log,
  context: FoldContext,
  { to }: { readonly to?: number | undefined } = {},
): AsyncGenerator<Moment> {
  const links = identityLinks();
  const states = new Map<string, ShopperState>();
  let now = Number.NEGATIVE_INFINITY;
  let seenNow: Event[] = [];
  for await (const event of log.readByTime(undefined, to)) {
    const id = shopperOf(event);
    if (id === undefined) continue;
    if (event.timestamp > now) {
      now = event.timestamp;
      seenNow = [];
    }
    for (const user of links.apply(event)) {
      const events: Event[] = [];
      const browsers = links.anonymousOf(user);
      for (const name of [...browsers, user]) {
        for await (const earlier of log.readShopper(name)) if (earlier.timestamp < now) events.push(earlier);
      }
      const same = seenNow.filter((e) => [...browsers, user].includes(shopperOf(e)!));
      events.sort((a, b) => a.timestamp - b.timestamp);
      states.set(user, foldAll(user, [...events, ...same], context));
    }
    seenNow.push(event);
    const shopper = links.userOf(id) ?? id;
    const before = states.get(shopper) ?? newShopper(shopper);
    yield { event, shopper, before };
    states.set(shopper, fold(before, event, context));
  }
}
