import {
  deepest,
  depthOf,
  type EventItem,
  eventTypeAliases,
  internalEventTypes,
  type Json,
  lacksItem,
} from '../core/index.ts';
import { type EventField, eventFields } from './columns.ts';
import { type NewEvent, type RowOutcome, type RowSink, wrong } from './ingest.ts';
import { idProblem, ratingProblem, readId, readNumber, readTime, show, timeProblem } from './values.ts';

/** A row's values by field; what is missing is undefined. */
export type EventValues = { [F in EventField]?: unknown } & {
  items?: unknown;
  impression?: unknown;
  properties?: unknown;
};

type Draft = { -readonly [K in keyof NewEvent]: NewEvent[K] };

/**
 * An event from the values of one row. Wrong ids, times, types and ratings refuse the row; numbers that are merely
 * additional (price, quantity, money) are left out and counted where they cannot be read.
 *
 * `typeOf` answers the type of rows that bring none.
 */
export function eventOf(
  values: EventValues,
  now: number,
  out: RowSink,
  defaultType: string | undefined,
): RowOutcome {
  const typeText = readId(values.eventType) ?? defaultType;
  if (typeText === undefined)
    return wrong('eventType', 'it is missing; accepted: view, click, add_to_cart, purchase, ...');
  const eventType = eventTypeOf(typeText);
  if (eventType.length > 64)
    return wrong('eventType', `it has ${eventType.length} characters; accepted: 1 to 64 characters`);
  if (internalEventTypes.has(eventType))
    return wrong(
      'eventType',
      `it is ${show(eventType)}, which only the product writes; accepted: view, click, add_to_cart, purchase, ...`,
    );
  const timestamp = readTime(values.timestamp);
  const late = timeProblem(timestamp, now, values.timestamp);
  if (late !== undefined) return wrong('timestamp', late);
  const event: Draft = { eventType, timestamp };
  for (const field of idFields) {
    const given = values[field];
    if (given === undefined) continue;
    const id = readId(given);
    if (id === undefined) {
      if (given !== null && typeof given !== 'string')
        return wrong(field, `it is ${show(given)}; accepted: text or a number`);
      continue;
    }
    const long = idProblem(id, longest[field]);
    if (long !== undefined) return wrong(field, long);
    event[field] = id;
  }
  if (event.userId === undefined && event.anonymousId === undefined) {
    if (event.sessionId === undefined)
      return wrong('userId', 'it is missing; accepted: one of userId, anonymousId, sessionId');
    event.anonymousId = event.sessionId;
  }
  if (values.eventValue !== undefined) {
    const rating = readNumber(values.eventValue);
    if (eventType === 'rating' || eventType === 'review') {
      const bad = ratingProblem(rating, values.eventValue);
      if (bad !== undefined) return wrong('eventValue', bad);
    }
    if (!Number.isNaN(rating)) event.eventValue = rating;
    else if (readId(values.eventValue) !== undefined) out.imputed('eventValue left out: not a number');
  } else if (eventType === 'rating') return wrong('eventValue', 'a rating needs its stars, 1 to 5');
  if (eventType === 'purchase' && readNumber(values.value) < 0)
    return wrong(
      'value',
      `it is ${show(values.value)}; accepted: money from 0; what is given back is an event of type refund`,
    );
  money(event, values, out);
  if (values.properties !== undefined && depthOf(values.properties) > deepest)
    return wrong('properties', `they are nested too deep; accepted: at most ${deepest} levels`);
  const properties = propertiesOf(values);
  if (properties) event.properties = properties;
  if (Array.isArray(values.impression)) event.impression = values.impression.map(String);
  if (lacksItem(event)) return wrong('itemId', `it is missing; events of type ${eventType} need one`);
  return event;
}

const idFields = [
  'eventId',
  'userId',
  'anonymousId',
  'sessionId',
  'itemId',
  'orderId',
  'cartId',
  'query',
  'placement',
  'recommendationId',
] as const;
/** The door's limits where they are not those of an id. */
const longest: Readonly<Partial<Record<EventField, number>>> = { query: 1_000, placement: 64 };

const typeCache = new Map<string, string>();
/** Our name for an event type: lower case with underscores, aliases resolved; names of the shop's own stay. */
export function eventTypeOf(text: string): string {
  const known = typeCache.get(text);
  if (known !== undefined) return known;
  const name = text
    .trim()
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[\s-]+/g, '_');
  const type = Object.hasOwn(eventTypeAliases, name) ? eventTypeAliases[name]! : name;
  if (typeCache.size < 1_000) typeCache.set(text, type);
  return type;
}

function money(event: Draft, values: EventValues, out: RowSink): void {
  const value = optionalNumber(values.value, 'value', -1e9, 1e9, out);
  if (value !== undefined) event.value = value;
  const currency = readId(values.currency)?.toUpperCase();
  if (currency !== undefined && /^[A-Z]{3}$/.test(currency)) event.currency = currency;
  const lines = Array.isArray(values.items) ? values.items.flatMap((entry) => lineOf(entry, out)) : [];
  if (lines.length > 0) {
    event.items = lines;
    return;
  }
  const { price, quantity } = priceAndQuantity(values, out);
  if (event.itemId !== undefined && (price !== undefined || quantity !== undefined)) {
    event.items = [
      {
        itemId: event.itemId,
        ...(quantity !== undefined && { quantity }),
        ...(price !== undefined && { price }),
      },
    ];
  }
  if (event.eventType === 'purchase' && readId(values.price) === undefined && event.value === undefined)
    out.imputed('price of a purchase left out: missing');
  if (event.value === undefined && price !== undefined && event.eventType === 'purchase')
    event.value = Math.round(price * (quantity ?? 1) * 100) / 100;
}

/** One line of an order; none where it names no item. */
function lineOf(entry: unknown, out: RowSink): EventItem[] {
  const line = (typeof entry === 'object' && entry !== null ? entry : {}) as Readonly<
    Record<string, unknown>
  >;
  const itemId = readId(line.itemId ?? line.item_id);
  if (itemId === undefined || idProblem(itemId) !== undefined) {
    out.imputed('line of an order left out: no item of 1 to 256 characters');
    return [];
  }
  const { price, quantity } = priceAndQuantity(line, out);
  const position = optionalNumber(line.position, 'position', 1, 10_000, out);
  return [
    {
      itemId,
      ...(quantity !== undefined && { quantity }),
      ...(price !== undefined && { price }),
      ...(position !== undefined && { position: Math.floor(position) }),
    },
  ];
}

const priceAndQuantity = (
  from: { readonly price?: unknown; readonly quantity?: unknown },
  out: RowSink,
): { price: number | undefined; quantity: number | undefined } => ({
  price: optionalNumber(from.price, 'price', 0, 1e9, out),
  quantity: optionalNumber(from.quantity, 'quantity', 0, 1e6, out),
});

/** A number within the door's limits, else it is left out and counted. */
function optionalNumber(
  value: unknown,
  field: string,
  least: number,
  most: number,
  out: RowSink,
): number | undefined {
  if (value === undefined || value === null) return undefined;
  const number = readNumber(value);
  if (number >= least && number <= most) return number;
  // An empty cell is how a table says that the event has none; only what cannot be read is worth a word.
  if (!Number.isNaN(number)) out.imputed(`${field} left out: not from ${least} to ${most}`);
  else if (readId(value) !== undefined) out.imputed(`${field} left out: not a number`);
  return undefined;
}

function propertiesOf(values: EventValues): { [key: string]: Json } | undefined {
  const own = values.properties;
  const text = typeof values.text === 'string' && values.text !== '' ? values.text : undefined;
  const summary = typeof values.summary === 'string' && values.summary !== '' ? values.summary : undefined;
  const has = typeof own === 'object' && own !== null && !Array.isArray(own);
  if (!has && text === undefined && summary === undefined) return undefined;
  return {
    ...(has ? (own as { [key: string]: Json }) : {}),
    ...(text !== undefined && { text }),
    ...(summary !== undefined && { summary }),
  };
}

/** The type of rows that bring none, by what they do bring, with the sentence that says so. */
export function defaultTypeOf(
  has: (field: EventField) => boolean,
): { type: string; note: string } | undefined {
  if (has('eventType')) return undefined;
  const type = has('eventValue') ? (has('text') ? 'review' : 'rating') : has('orderId') ? 'purchase' : 'view';
  return { type, note: `there is no event type column: every row is taken as a ${type}` };
}

/** Fields without which a file is not one of events. */
export const neededFields: readonly (readonly EventField[])[] = [
  ['userId', 'anonymousId', 'sessionId'],
  ['timestamp'],
  ['itemId', 'query'],
];

export function missingFields(has: (field: EventField) => boolean): string | undefined {
  const lacking = neededFields.find((any) => !any.some(has));
  return (
    lacking &&
    `there is no column for ${lacking.join(' or ')} (looked for ${lacking.map((field) => eventFields[field].slice(0, 4).join(', ')).join('; ')})`
  );
}
