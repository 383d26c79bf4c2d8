import { z } from 'zod';
import type { Problem } from './errors.ts';
import type { Event } from './event.ts';
import { channelKey } from './event-fields.ts';
import { consentEventTypes, eventTypeAliases, eventTypes, itemEventTypes, lacksItem } from './event-type.ts';
import { contentHash } from './hash.ts';
import { readIsoTime } from './iso-time.ts';
import { fail, ok, type Result } from './result.ts';
import { explain, itemIdSchema, textSchema } from './schema.ts';
import { written } from './written.ts';

/**
 * The wire format of an event: what a shop may send. Read in two steps: `tidy` turns other spellings into ours
 * (snake_case, other systems' type names, ISO times), then the schema is checked. The schema is the source of the
 * OpenAPI page and of the compiled check that hot routes pass in; both say the same, and only this one explains.
 */
const line = z.strictObject({
  itemId: itemIdSchema,
  quantity: z.number().min(0).max(1e6).optional(),
  price: z.number().min(0).max(1e9).optional(),
  position: z.int().min(1).max(10_000).optional(),
});

/** Types that only the product itself writes. */
export const internalEventTypes: ReadonlySet<string> = new Set([
  'item_changed',
  'shopper_changed',
  'decision',
  'erased',
  'custom',
  'budget',
  'windows_closed',
]);
/** Types a shop may send, besides the aliases and its own declared ones. */
export const acceptedEventTypes: readonly string[] = [...eventTypes, ...consentEventTypes]
  .map((type) => type.name)
  .filter((name) => !internalEventTypes.has(name));

export const eventSchema = z.strictObject({
  eventId: itemIdSchema.optional().meta({ description: 'counts once; made from the content if missing' }),
  eventType: z
    .string()
    .min(1)
    .max(64)
    .meta({ description: acceptedEventTypes.join(', ') }),
  userId: itemIdSchema.optional(),
  anonymousId: itemIdSchema.optional(),
  sessionId: itemIdSchema.optional(),
  itemId: itemIdSchema.optional().meta({
    description: `needed by ${[...itemEventTypes].join(', ')}, where there are neither items nor a recommendationId`,
  }),
  items: z.array(line).min(1).max(500).optional(),
  eventValue: z.number().optional().meta({ description: 'strength: a rating, 1 to 5' }),
  value: z.number().min(-1e9).max(1e9).optional().meta({ description: 'money, in `currency`' }),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .optional(),
  timestamp: z.number().optional().meta({ description: 'milliseconds since 1970, or ISO 8601 with a zone' }),
  recommendationId: itemIdSchema.optional().meta({
    description:
      'of the answer it follows; not looked up, for that may be in the log of another machine: one unknown here ties the event to no recommendation, and for an offer it counts as if it had none',
  }),
  impression: z.array(itemIdSchema).max(500).optional(),
  placement: z.string().min(1).max(64).optional(),
  query: textSchema.optional(),
  orderId: itemIdSchema.optional(),
  cartId: itemIdSchema.optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
});

export interface EventReading {
  /** Milliseconds: the time of events that bring none, and the bound of the future. */
  readonly now: number;
  /** Names an event that brings neither an id nor a time. */
  readonly makeId: () => string;
  /** The shop's own event types. */
  readonly customTypes?: readonly string[];
  /** Those a shopper can agree to; any where missing. */
  readonly channels?: readonly string[];
  /** A compiled form of `eventSchema`; what it refuses is explained by the schema. */
  readonly check?: (value: unknown) => boolean;
}

/** Money in one event. */
const mostMoney = 1e9;
const isMoneyOff = (value: unknown): boolean => typeof value === 'number' && value >= 0 && value <= mostMoney;
const mostSeconds = 86_400;
const isTimeSpent = (value: unknown): boolean =>
  typeof value === 'number' && value >= 0 && value <= mostSeconds;
const textOf = (value: unknown): string => written(value).slice(0, 40);

const earliestTime = Date.UTC(1995, 0, 1);
const day = 86_400_000;
/** Levels of nesting that properties may have. */
export const deepest = 10;

/** Reads one event from outside. What is wrong is a value naming the field and what would be accepted. */
export function readEvent(
  raw: unknown,
  { now, makeId, customTypes = [], channels, check }: EventReading,
): Result<Event> {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return bad('an event is a JSON object');
  const tidied = tidy(raw as Readonly<Record<string, unknown>>);
  if (!tidied.ok) return tidied;
  const event = tidied.value;
  if (!check?.(event)) {
    const parsed = eventSchema.safeParse(event);
    if (!parsed.success) return bad(explain(parsed.error, event, eventSchema));
  }
  const type = event.eventType as string;
  if (!acceptedEventTypes.includes(type) && !customTypes.includes(type)) {
    return bad(
      `eventType is ${JSON.stringify(type)}; accepted: ${[...acceptedEventTypes, ...customTypes].join(', ')}`,
    );
  }
  const anonymousId = event.anonymousId ?? (event.userId === undefined ? event.sessionId : undefined);
  if (event.userId === undefined && anonymousId === undefined) {
    return bad('one of userId, anonymousId and sessionId must say whose event it is');
  }
  const rated = type === 'rating' || (type === 'review' && event.eventValue !== undefined);
  if (rated && !((event.eventValue as number) >= 1 && (event.eventValue as number) <= 5)) {
    return bad(`eventValue of a ${type} is ${event.eventValue ?? 'missing'}; accepted: a number from 1 to 5`);
  }
  const { channel, discount, seconds } = (event.properties ?? {}) as {
    readonly channel?: unknown;
    readonly discount?: unknown;
    readonly seconds?: unknown;
  };
  if (type === 'purchase' && discount !== undefined && discount !== null && !isMoneyOff(discount)) {
    return bad(
      `properties.discount of a purchase is ${textOf(discount)}; accepted: money off, a number from 0 to ${mostMoney}`,
    );
  }
  if (type === 'purchase' && (event.value as number) < 0) {
    return bad(
      `value of a purchase is ${event.value}; accepted: money from 0 to ${mostMoney}; what is given back is an event of type refund`,
    );
  }
  if (type === 'view' && seconds !== undefined && seconds !== null && !isTimeSpent(seconds)) {
    return bad(
      `properties.seconds of a view is ${textOf(seconds)}; accepted: time spent, a number from 0 to ${mostSeconds}`,
    );
  }
  // Consent to what nobody writes through is a typo. A withdrawal is stored whatever it names.
  if (type === 'subscribe') {
    const named = channelKey(channel);
    if (named === '')
      return bad('properties.channel of a subscribe is missing; accepted: the channel, such as "email"');
    if (channels && !channels.some((known) => channelKey(known) === named))
      return bad(
        `properties.channel of a subscribe is ${textOf(channel)}; accepted: ${channels.join(', ')}, or one that a campaign declares`,
      );
  }
  const timestamp = (event.timestamp as number | undefined) ?? now;
  if (timestamp < earliestTime || timestamp > now + day) {
    const seconds = timestamp > 7e8 && timestamp < 1e11 ? ' (this looks like seconds)' : '';
    return bad(
      `timestamp is ${timestamp}${seconds}; accepted: milliseconds since 1970, between the year 1995 and tomorrow`,
    );
  }
  if (event.properties !== undefined && depthOf(event.properties) > deepest) {
    return bad(`properties are nested too deep; accepted: at most ${deepest} levels`);
  }
  if (lacksItem(event)) return bad(`itemId is missing; events of type ${type} need one`);
  const eventId =
    event.eventId ?? (event.timestamp === undefined ? makeId() : contentHash(JSON.stringify(event)));
  return ok({
    ...event,
    eventId,
    timestamp,
    ...(anonymousId === undefined ? {} : { anonymousId }),
  } as Event);
}

/** Our spellings for others': field names, type names, times. */
function tidy(raw: Readonly<Record<string, unknown>>): Result<Record<string, unknown>> {
  const event: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(raw)) {
    // null is how several senders write "not there".
    if (value !== null) event[camel(key)] = value;
  }
  if (Array.isArray(event.items)) {
    event.items = event.items.map((entry) =>
      typeof entry === 'object' && entry !== null
        ? Object.fromEntries(
            Object.entries(entry)
              .filter(([, value]) => value !== null)
              .map(([key, value]) => [camel(key), value]),
          )
        : entry,
    );
  }
  if (typeof event.eventType === 'string') {
    const name = event.eventType.trim().replaceAll(' ', '_').toLowerCase();
    event.eventType = Object.hasOwn(eventTypeAliases, name) ? eventTypeAliases[name] : name;
  }
  if (typeof event.timestamp === 'string') {
    const zoned = /^\S{10}$|(Z|[+-]\d\d:?\d\d)$/.test(event.timestamp);
    const time = zoned ? readIsoTime(event.timestamp) : Number.NaN;
    if (Number.isNaN(time)) {
      return bad(
        `timestamp is ${JSON.stringify(event.timestamp.slice(0, 40))}; accepted: milliseconds since 1970, or ISO 8601 with a zone such as 2026-03-01T12:00:00Z`,
      );
    }
    event.timestamp = time;
  }
  return ok(event);
}

const camel = (key: string): string =>
  key.includes('_') ? key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()) : key;

/** Levels of nesting, without recursion: what a stranger sends must not exhaust the stack. */
export function depthOf(value: unknown): number {
  let level = [value];
  let depth = 0;
  while (level.length > 0 && depth <= deepest) {
    depth++;
    level = level.flatMap((entry) =>
      typeof entry === 'object' && entry !== null
        ? Object.values(entry).filter((inner) => typeof inner === 'object' && inner !== null)
        : [],
    );
  }
  return depth;
}

const bad = (message: string): { readonly ok: false; readonly error: Problem } =>
  fail({ code: 'bad-event', message });
