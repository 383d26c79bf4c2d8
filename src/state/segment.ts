import type { Segment, ShopperState } from './shopper-state.ts';

const minute = 60_000;
const day = 86_400_000;

/**
 * Which kind of visitor a shopper is at this moment, by declared rules over the state.
 *
 * The rules are asked in order; the first that holds names the segment. Each has two thresholds: a stricter one to
 * enter the segment and a looser one to stay in it, so that a shopper on the border does not flicker (hysteresis, as
 * in a thermostat). Time alone moves shoppers too: nobody has to do anything to become lapsing.
 */
export const segmentRules: readonly SegmentRule[] = [
  {
    segment: 'lapsing',
    doc: 'had 5 or more actions and is away for 3 times the usual pause between visits, at least 14 days; stays so beyond 1.5 times and 7 days, and for the first 2 actions after coming back',
    enter: (state, now) => state.actions >= 5 && now - state.lastTime >= away(state, 3, 14),
    stay: (state, now) =>
      now - state.lastTime >= away(state, 1.5, 7) ||
      (state.session.actions < 3 && state.session.pause >= away(state, 1.5, 7)),
  },
  {
    segment: 'about to buy',
    doc: 'has something in the cart or began to pay, and acted within 30 minutes; stays so for 2 hours',
    enter: (state, now) => hasIntent(state) && now - state.lastTime < 30 * minute,
    stay: (state, now) => hasIntent(state) && now - state.lastTime < 120 * minute,
  },
  {
    segment: 'comparing',
    doc: 'in this session, 3 or more different items and 60 % of the last 8 are of one category; stays so at 2 and 40 %',
    enter: (state, now) => isComparing(state, now, 3, 0.6),
    stay: (state, now) => isComparing(state, now, 2, 0.4),
  },
  {
    segment: 'loyal',
    doc: '3 or more orders within 90 days; stays so with 2 within 120 days',
    enter: (state, now) => ordersWithin(state, now, 90) >= 3,
    stay: (state, now) => ordersWithin(state, now, 120) >= 2,
  },
  {
    segment: 'new',
    doc: 'fewer than 3 actions and no order; stays so below 5 actions',
    enter: (state) => state.orders === 0 && state.actions < 3,
    stay: (state) => state.orders === 0 && state.actions < 5,
  },
  { segment: 'browsing', doc: 'everybody else', enter: () => true, stay: () => true },
];

export interface SegmentRule {
  readonly segment: Segment;
  readonly doc: string;
  enter(state: ShopperState, now: number): boolean;
  stay(state: ShopperState, now: number): boolean;
}

/** The segment at a moment not before the newest event of the state. Pure. */
export function segmentOf(state: ShopperState, now: number): Segment {
  for (const rule of segmentRules) {
    if (rule.segment === state.segment ? rule.stay(state, now) : rule.enter(state, now)) return rule.segment;
  }
  return 'browsing';
}

function away(state: ShopperState, times: number, days: number): number {
  const usual = state.sessions > 1 ? (state.session.start - state.firstTime) / (state.sessions - 1) : 0;
  return Math.max(times * usual, days * day);
}

const hasIntent = (state: ShopperState): boolean => state.session.checkout || state.session.cart.length > 0;

function isComparing(state: ShopperState, now: number, items: number, share: number): boolean {
  if (now - state.lastTime >= 30 * minute) return false;
  const recent = state.tokens
    .filter((token) => token.time >= state.session.start && token.item !== '')
    .slice(-8);
  const byCategory = new Map<string, string[]>();
  for (const { category, item } of recent) {
    if (category !== '') byCategory.set(category, [...(byCategory.get(category) ?? []), item]);
  }
  for (const list of byCategory.values()) {
    if (new Set(list).size >= items && list.length >= share * recent.length) return true;
  }
  return false;
}

const ordersWithin = (state: ShopperState, now: number, days: number): number =>
  state.orderTimes.filter((time) => now - time <= days * day).length;
