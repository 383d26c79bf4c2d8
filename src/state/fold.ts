import {
  consentEventTypes,
  type Event,
  eventTypeCode,
  eventTypes,
  helpfulnessOf,
  type Item,
  linesOf,
  moneyOf,
  propertyNumber,
  propertyText,
  ratingOf,
  textOf,
} from '../core/index.ts';
import { answeredContact, consented, contacted, count, offerOf } from './contacts.ts';
import { profileOf } from './profile.ts';
import { segmentOf } from './segment.ts';
import { sharedOf } from './shared-satisfaction.ts';
import { earliest, newShopper, priceBucket, type Session, type ShopperState } from './shopper-state.ts';

/**
 * state = fold(state, event): pure and deterministic, one event at a time, oldest first.
 *
 * What was seen of the future never enters: the state after an event is a function of that event and those before it.
 * An event that arrives late (its time lies before the state's `asOf`) cannot be folded in; its shopper is folded
 * anew from the log (shopper-states.ts does it). An event of the same time as the newest counts as after it.
 */
export interface FoldContext {
  /** What the catalogue knows of an item. */
  item(itemId: string): Item | undefined;
  /** Compound sentiment of a text, -1 .. 1. */
  sentiment(text: string): number;
}

export const tokensKept = 50;
const sessionBreak = 30 * 60_000;
const ordersKept = 10;
const categoriesKept = 24;
const interestHalfLife = 30 * 86_400_000;
/** Events that are about a shopper without the shopper doing anything; of a shop's own types, messages that arrived. */
const consents: ReadonlySet<string> = new Set(consentEventTypes.map(({ name }) => name));
const passive = new Set(['impression', 'decision', 'item_changed', 'shopper_changed', 'erased', ...consents]);
/** Whether an event tells of something that was done to a shopper, not by one. */
export const isPassive = (type: string): boolean =>
  passive.has(type) || /_(sent|received|delivered)$/.test(type);

export const isLate = (state: ShopperState, event: Event): boolean => event.timestamp < state.asOf;

/** Throws RangeError for a late event: that is a caller's mistake, not an input's. */
export function fold(state: ShopperState, event: Event, context: FoldContext): ShopperState {
  if (isLate(state, event)) throw new RangeError(`event ${event.eventId} is late: fold its shopper anew`);
  if (event.eventType === 'erased') {
    return { ...newShopper(state.shopper), version: 1, asOf: event.timestamp };
  }
  const seen = { ...state, version: state.version + 1, asOf: event.timestamp };
  const next = isPassive(event.eventType) ? show(seen, event) : act(seen, event, context);
  return { ...next, segment: segmentOf(next, event.timestamp) };
}

/** All of a shopper's events, oldest first. */
export function foldAll(shopper: string, events: Iterable<Event>, context: FoldContext): ShopperState {
  let state = newShopper(shopper);
  for (const event of events) state = fold(state, event, context);
  return state;
}

/** The shopper's profile changed, or a slate (or a message) was put before the shopper. The logged decision and its impression are one showing. */
function show(state: ShopperState, event: Event): ShopperState {
  if (event.eventType === 'shopper_changed') return { ...state, profile: profileOf(event) };
  if (consents.has(event.eventType)) return consented(state, event);
  const offer = offerOf(event);
  if (offer) return contacted(state, offer);
  if (event.eventType !== 'decision' && event.eventType !== 'impression') return state;
  const id = event.recommendationId ?? event.eventId;
  if (state.slate?.id === id) return state;
  const items = event.impression ?? linesOf(event).map((line) => line.itemId);
  const channel = propertyText(event, 'channel');
  return {
    ...state,
    shown: state.shown + 1,
    slate: { id, items, answered: false },
    ...sharedOf(state, event),
    channels: channel === undefined ? state.channels : count(state.channels, channel, 'sent'),
  };
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** The shopper did something. */
function act(state: ShopperState, event: Event, context: FoldContext): ShopperState {
  const { eventType, timestamp } = event;
  const type = eventTypeCode(eventType);
  const interest = eventTypes[type]!.interest;
  const lines = linesOf(event);
  const text = textOf(event);
  const sentiment = text === '' ? undefined : context.sentiment(text);
  const rating = ratingOf(event);
  const helpfulness = helpfulnessOf(event);
  const session = continueSession(state, event);
  const tokens = [...state.tokens];
  const next: Writable<ShopperState> = { ...state, session, tokens, actions: state.actions + 1 };
  const last = { ...state.last };
  const channel = propertyText(event, 'channel');
  let previous = state.tokens.at(-1)?.time;
  const add = (item: string, price: number | undefined, category: string): void => {
    if (tokens.length === tokensKept) tokens.shift();
    const gap = previous === undefined ? 0 : timestamp - previous;
    tokens.push({
      type,
      item,
      time: timestamp,
      gap,
      price: priceBucket(price),
      sentiment: sentiment ?? 0,
      category,
    });
    previous = timestamp;
  };

  next.firstTime = state.firstTime === earliest ? timestamp : state.firstTime;
  next.lastTime = timestamp;
  if (session.actions === 1) next.sessions = state.sessions + 1;
  if (lines.length === 0) add('', undefined, '');
  for (const { itemId, price } of lines) {
    const item = context.item(itemId);
    const category = item?.categories?.at(-1) ?? '';
    const paid = price ?? (lines.length === 1 ? event.value : undefined) ?? item?.price;
    add(itemId, paid, category);
    if (category !== '' && interest !== 0)
      next.categories = warm(next.categories, category, interest, timestamp);
    if (interest > 0 && paid !== undefined) {
      next.priceSum += paid;
      next.priceCount += 1;
    }
    if (paid === undefined) delete last.price;
    else last.price = paid;
  }
  if (rating !== undefined) last.rating = rating;
  if (sentiment !== undefined) last.sentiment = sentiment;
  if (helpfulness !== undefined) last.helpfulness = helpfulness;
  next.last = last;

  const opinion = opinionOf(eventType, rating);
  if (opinion !== undefined) {
    next.opinionSum += opinion;
    next.opinionCount += 1;
  }
  if (eventType === 'purchase') {
    next.orders += 1;
    next.orderTimes = [...state.orderTimes, timestamp].slice(-ordersKept);
    next.bought += Math.max(1, lines.length);
    if ((propertyNumber(event, 'discount') ?? 0) > 0) next.discounted += Math.max(1, lines.length);
  }
  if (eventType === 'purchase' || eventType === 'refund') {
    next.spent += (eventType === 'purchase' ? 1 : -1) * (moneyOf(event) ?? 0);
  }
  if (answers(state, event, interest)) {
    next.answered += 1;
    next.slate = { ...state.slate!, answered: true };
  }
  const contact = interest > 0 ? answeredContact(state, event) : undefined;
  if (contact) {
    next.contacts = state.contacts.map((one) => (one === contact ? { ...one, answered: true } : one));
    next.offers = count(state.offers, contact.kind, 'answered');
  }
  const by = contact?.channel ?? channel;
  if (by !== undefined && interest > 0) {
    next.channels = count(state.channels, by, 'answered');
    next.lastAnswer = timestamp;
  }
  return next;
}

function continueSession({ session, lastTime, actions }: ShopperState, event: Event): Session {
  const { eventType, timestamp } = event;
  const id = event.sessionId ?? session.id;
  const fresh = actions === 0 || id !== session.id || timestamp - lastTime > sessionBreak;
  const begun: Session = fresh
    ? {
        id,
        start: timestamp,
        actions: 1,
        cart: [],
        checkout: false,
        pause: actions === 0 ? 0 : timestamp - lastTime,
      }
    : { ...session, actions: session.actions + 1 };
  const items = linesOf(event).map((line) => line.itemId);
  switch (eventType) {
    case 'add_to_cart':
      return { ...begun, cart: [...new Set([...begun.cart, ...items])].slice(-tokensKept) };
    case 'remove_from_cart':
      return { ...begun, cart: begun.cart.filter((item) => !items.includes(item)) };
    case 'begin_checkout':
      return { ...begun, checkout: true };
    case 'purchase':
      return { ...begun, cart: [], checkout: false };
    default:
      return begun;
  }
}

/** The first sign of interest in what was shown last answers that slate. */
function answers({ slate }: ShopperState, event: Event, interest: number): boolean {
  if (!slate || slate.answered || interest <= 0) return false;
  return event.recommendationId === undefined
    ? linesOf(event).some((line) => slate.items.includes(line.itemId))
    : event.recommendationId === slate.id;
}

function opinionOf(eventType: string, rating: number | undefined): number | undefined {
  if (rating !== undefined) return Math.min(1, Math.max(0, (rating - 1) / 4));
  return eventType === 'like' ? 1 : eventType === 'dislike' ? 0 : undefined;
}

type Categories = ShopperState['categories'];

/** Interest in a category decays by half every 30 days; where there are too many, the weakest goes. */
function warm(categories: Categories, category: string, interest: number, time: number): Categories {
  const weight = interestIn(categories, category, time) + interest;
  const next = { ...categories, [category]: { weight, time } };
  const names = Object.keys(next);
  if (names.length <= categoriesKept) return next;
  let weakest = names[0]!;
  for (const name of names) {
    if (interestIn(next, name, time) < interestIn(next, weakest, time)) weakest = name;
  }
  delete next[weakest];
  return next;
}

/** Interest in a category at a moment, in the units of `eventTypes`' interest. */
export function interestIn(categories: Categories, category: string, now: number): number {
  const entry = Object.hasOwn(categories, category) ? categories[category] : undefined;
  return entry ? entry.weight * 0.5 ** ((now - entry.time) / interestHalfLife) : 0;
}
