import { type Event, shopperOf } from '../core/index.ts';
import { type FoldContext, fold, foldAll, isLate } from './fold.ts';
import { type IdentityLinks, identityLinks, type SavedLink } from './identity-links.ts';
import type { ShopperState } from './shopper-state.ts';

/**
 * The states of all shoppers, held in memory as far as it goes and rebuilt from the log wherever needed.
 *
 * The usual event is folded in at once. Whatever cannot be folded in (a late event, a login that brings an anonymous
 * history along, an erasure) only makes the shopper be forgotten; the next look folds the shopper anew from the log,
 * in order of time. So the state never depends on the order of arrival, and memory is bounded by forgetting those
 * not seen for longest.
 */
export interface ShopperStates {
  /** Takes in an event that the log has already stored. */
  apply(event: Event): void;
  /**
   * Before events are stored: a reader may meet them in the log before whoever stores them hears so and applies them.
   * A state folded anew that holds one already does not count it again. `settle` after they were applied or failed.
   */
  expect(events: readonly Event[]): void;
  settle(events: readonly Event[]): void;
  /** The state now. An anonymous shopper who logged in is the user. Unknown shoppers have the state of a new one. */
  get(shopper: string): Promise<ShopperState>;
  /** The same where it is held in memory, else undefined. */
  peek(shopper: string): ShopperState | undefined;
  readonly links: IdentityLinks;
}

export interface ShopperStatesOptions {
  readonly context: FoldContext;
  /** One shopper's stored events in order of time: the log's `readShopper`. */
  readonly history: (shopper: string) => AsyncIterable<Event>;
  /** States held at most. */
  readonly capacity?: number;
  /** Links that were saved. */
  readonly links?: readonly SavedLink[];
}

export function shopperStates(options: ShopperStatesOptions): ShopperStates {
  const { context, history, capacity = 100_000 } = options;
  const links = identityLinks(options.links);
  /** In order of last use. */
  const held = new Map<string, ShopperState>();
  /** Being folded anew; `stale` where an event came in meanwhile. */
  const folding = new Map<string, { readonly state: Promise<ShopperState>; stale: boolean }>();
  /** By the id of an event being stored: how many stores try it, and whose states, folded anew, hold it already. */
  const expected = new Map<string, { stores: number; readonly holders: Set<string> }>();
  const ownerOf = (shopper: string): string => links.userOf(shopper) ?? shopper;
  const hold = (owner: string, state: ShopperState): void => {
    held.delete(owner);
    held.set(owner, state);
    if (held.size > capacity) held.delete(held.keys().next().value!);
  };
  const forget = (owner: string): void => {
    held.delete(owner);
    const running = folding.get(owner);
    if (running) running.stale = true;
  };

  async function foldAnew(owner: string): Promise<ShopperState> {
    for (;;) {
      const running = folding.get(owner)!;
      running.stale = false;
      const events = await eventsOf(owner, links, history);
      if (running.stale) continue;
      for (const { eventId } of expected.size === 0 ? [] : events) expected.get(eventId)?.holders.add(owner);
      const state = foldAll(owner, events, context);
      folding.delete(owner);
      hold(owner, state);
      return state;
    }
  }

  return {
    links,
    apply(event) {
      const shopper = shopperOf(event);
      if (shopper === undefined) return;
      for (const user of links.apply(event)) forget(user);
      const owner = ownerOf(shopper);
      if (event.eventType === 'erased') {
        links.forget(owner);
        forget(owner);
        forget(shopper);
        return;
      }
      const state = held.get(owner);
      if (state && expected.get(event.eventId)?.holders.has(owner)) return;
      const late = state && (isLate(state, event) || (owner !== shopper && event.timestamp === state.asOf));
      if (state && !late) hold(owner, fold(state, event, context));
      else forget(owner);
    },
    expect(events) {
      for (const { eventId } of events) {
        const known = expected.get(eventId);
        if (known) known.stores++;
        else expected.set(eventId, { stores: 1, holders: new Set() });
      }
    },
    settle(events) {
      for (const { eventId } of events) if (--expected.get(eventId)!.stores === 0) expected.delete(eventId);
    },
    async get(shopper) {
      const owner = ownerOf(shopper);
      const state = held.get(owner);
      if (state) {
        hold(owner, state);
        return state;
      }
      let running = folding.get(owner);
      if (!running) {
        // The entry must be there before the fold looks for it.
        let begin = (): void => {};
        const ready = new Promise<void>((resolve) => {
          begin = resolve;
        });
        running = { state: ready.then(() => foldAnew(owner)), stale: false };
        folding.set(owner, running);
        running.state.catch(() => folding.delete(owner));
        begin();
      }
      return running.state;
    },
    peek: (shopper) => held.get(ownerOf(shopper)),
  };
}

/**
 * A user's events and those of the browsers linked to the user, in order of time; at equal times the browsers' first.
 * What came before the newest erasure is not looked at again.
 */
async function eventsOf(
  owner: string,
  links: IdentityLinks,
  history: ShopperStatesOptions['history'],
): Promise<Event[]> {
  const events: Event[] = [];
  for (const shopper of [...links.anonymousOf(owner), owner]) {
    for await (const event of history(shopper)) events.push(event);
  }
  return events.sort((a, b) => a.timestamp - b.timestamp);
}
