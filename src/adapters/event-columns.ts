import { type Event, shopperOf } from '../core/index.ts';

/**
 * Events on their way to and from the log's thread and tables: one array per field that nearly every event has, and
 * JSON for whatever else an event holds. Arrays of short strings cross threads several times faster than objects.
 *
 * `rest` wins over the columns: text that UTF-8 cannot hold (lone surrogates) is kept there, escaped, in full.
 */
export interface EventColumns {
  readonly positions: number[];
  readonly ids: string[];
  readonly types: string[];
  readonly times: number[];
  /** userId, else anonymousId; `anonymous` says which (1: only the latter is there). */
  readonly shoppers: (string | null)[];
  readonly anonymous: number[];
  readonly items: (string | null)[];
  readonly sessions: (string | null)[];
  readonly rest: (string | null)[];
}

export function emptyColumns(): EventColumns {
  return {
    positions: [],
    ids: [],
    types: [],
    times: [],
    shoppers: [],
    anonymous: [],
    items: [],
    sessions: [],
    rest: [],
  };
}

export function toColumns(events: readonly Event[]): EventColumns {
  const columns = emptyColumns();
  for (const event of events) {
    const shopper = shopperOf(event);
    columns.ids.push(plain(event.eventId));
    columns.types.push(plain(event.eventType));
    columns.times.push(event.timestamp);
    columns.shoppers.push(shopper === undefined ? null : plain(shopper));
    columns.anonymous.push(event.userId === undefined && shopper !== undefined ? 1 : 0);
    columns.items.push(event.itemId === undefined ? null : plain(event.itemId));
    columns.sessions.push(event.sessionId === undefined ? null : plain(event.sessionId));
    columns.rest.push(restOf(event));
  }
  return columns;
}

/** The event in row `i`. */
export function eventAt(columns: EventColumns, i: number): Event {
  const event: { -readonly [K in keyof Event]: Event[K] } = {
    eventId: columns.ids[i]!,
    eventType: columns.types[i]!,
    timestamp: columns.times[i]!,
  };
  const shopper = columns.shoppers[i];
  if (shopper !== null && shopper !== undefined) {
    if (columns.anonymous[i] === 1) event.anonymousId = shopper;
    else event.userId = shopper;
  }
  const item = columns.items[i];
  if (item !== null && item !== undefined) event.itemId = item;
  const session = columns.sessions[i];
  if (session !== null && session !== undefined) event.sessionId = session;
  const rest = columns.rest[i];
  return rest === null || rest === undefined ? event : Object.assign(event, JSON.parse(rest));
}

/** As UTF-8 can hold it. */
export const plain = (text: string): string => (text.isWellFormed() ? text : text.toWellFormed());

function restOf(event: Event): string | null {
  let rest: Record<string, unknown> | undefined;
  for (const key in event) {
    const value = event[key as keyof Event];
    if (value === undefined) continue;
    switch (key) {
      case 'timestamp':
        continue;
      case 'eventId':
      case 'eventType':
      case 'userId':
      case 'itemId':
      case 'sessionId':
        if ((value as string).isWellFormed()) continue;
        break;
      case 'anonymousId':
        if (event.userId === undefined && (value as string).isWellFormed()) continue;
    }
    rest ??= {};
    rest[key] = value;
  }
  return rest === undefined ? null : JSON.stringify(rest);
}
