import {
  contentHash,
  type Event,
  eventTypeCode,
  eventTypes,
  type Item,
  type Json,
  linesOf,
  pack,
  shopperOf,
  unpack,
} from '../core/index.ts';
import { type CatalogueState, catalogueState } from './catalogue-state.ts';
import { type Evidence, evidence } from './evidence.ts';
import type { FoldContext } from './fold.ts';
import type { SavedLink } from './identity-links.ts';
import { type ShopperStates, type ShopperStatesOptions, shopperStates } from './shopper-states.ts';

/**
 * All that is folded from a log, side by side: the catalogue, the shoppers, what can be counted.
 *
 * It can be saved, so that a start need not read the whole log again. What was saved is never the truth: bytes of
 * another version, or counted under another table of event types, are not taken, and the log is folded anew.
 */
export interface ShopState {
  readonly catalogue: CatalogueState;
  readonly shoppers: ShopperStates;
  readonly counts: Evidence;
  /** Takes in a stored event, as it happens. */
  apply(event: Event): void;
  /** Takes in many, in order of arrival; they are counted in order of time. */
  applyAll(events: AsyncIterable<Event>): Promise<void>;
  /** Undefined after an erasure that was taken in as it happened: what had been counted cannot be taken out again. */
  save(): Uint8Array | undefined;
}

export interface ShopStateOptions {
  readonly sentiment: FoldContext['sentiment'];
  readonly history: ShopperStatesOptions['history'];
}

/** Count up whenever the same events would be folded otherwise. */
const format = 'TDF1';
const interests = contentHash(JSON.stringify(eventTypes.map(({ name, interest }) => [name, interest])));

/** An empty shop, or the one that was saved; undefined where the bytes are not of this version. */
export function shopState(options: ShopStateOptions): ShopState;
export function shopState(options: ShopStateOptions, bytes: Uint8Array): ShopState | undefined;
export function shopState(
  { sentiment, history }: ShopStateOptions,
  bytes?: Uint8Array,
): ShopState | undefined {
  const saved = bytes && unpack(format, bytes);
  if (bytes && saved?.header.interests !== interests) return undefined;
  const { items, links, newest, shoppers } = (saved?.header ?? {}) as unknown as Header;
  const { changedAt, ...arrays } = saved?.arrays ?? {};
  const catalogue = catalogueState([], saved && { items, changedAt: changedAt as Float64Array });
  const counts = evidence(saved && { newest, shoppers, arrays });
  const states = shopperStates({
    context: { item: catalogue.item, sentiment },
    history,
    ...(saved && { links }),
  });
  let erased = false;

  /** What of an event is counted: its items, where it shows interest. */
  function interestIn(event: Event): { readonly shopper: string; readonly item: number }[] {
    const shopper = shopperOf(event);
    if (shopper === undefined || eventTypes[eventTypeCode(event.eventType)]!.interest <= 0) return [];
    return linesOf(event).map(({ itemId }) => ({ shopper, item: catalogue.indexOf(itemId)! }));
  }
  function know(event: Event): void {
    catalogue.apply(event);
    states.apply(event);
  }

  return {
    catalogue,
    shoppers: states,
    counts,
    apply(event) {
      know(event);
      erased ||= event.eventType === 'erased';
      for (const { shopper, item } of interestIn(event)) counts.add(shopper, item, event.timestamp);
    },
    async applyAll(events) {
      const found: { readonly shopper: string; readonly item: number; readonly time: number }[] = [];
      for await (const event of events) {
        know(event);
        for (const one of interestIn(event)) found.push({ ...one, time: event.timestamp });
      }
      found.sort((a, b) => a.time - b.time);
      for (const { shopper, item, time } of found) counts.add(shopper, item, time);
    },
    save() {
      if (erased) return undefined;
      const { items: all, changedAt: times } = catalogue.save();
      const { arrays: counted, ...header } = counts.save();
      const saved = { interests, items: all, links: states.links.save(), ...header };
      return pack(format, {
        header: saved as unknown as Record<string, Json>,
        arrays: { changedAt: times, ...counted },
      });
    },
  };
}

interface Header {
  readonly items: readonly Item[];
  readonly links: readonly SavedLink[];
  readonly newest: number | null;
  readonly shoppers: readonly string[];
}
