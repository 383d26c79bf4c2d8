import type { Profile } from './profile.ts';

/** Which kind of visitor a shopper is; the rules are in segment.ts. */
export type Segment = 'new' | 'browsing' | 'comparing' | 'about to buy' | 'loyal' | 'lapsing';

/**
 * Where a shopper is now: everything a policy may know, folded from the shopper's own events and nothing else.
 * Plain data (JSON without loss), so that any Store can keep it.
 */
export interface ShopperState {
  readonly shopper: string;
  /** What the newest `shopper_changed` says; an event replaces the whole profile. */
  readonly profile: Profile;
  /** Events folded; decisions name the version they were made on. */
  readonly version: number;
  /** Time of the newest event folded, of any kind; an event before it is late. `earliest` for none. */
  readonly asOf: number;
  /** First and last time the shopper did something. Equal to `earliest` for none. */
  readonly firstTime: number;
  readonly lastTime: number;
  /** The last 50 things the shopper did, newest last. */
  readonly tokens: readonly Token[];
  /** Things the shopper did, ever. */
  readonly actions: number;
  readonly sessions: number;
  readonly session: Session;
  /** Orders, ever; the times of the last 10, newest last. */
  readonly orders: number;
  readonly orderTimes: readonly number[];
  /** Money spent less refunds; currencies are not converted. */
  readonly spent: number;
  /** Slates shown, and how many of them were answered. */
  readonly shown: number;
  readonly answered: number;
  readonly slate?: OpenSlate;
  /** Satisfaction with slates chosen for several shoppers at once (`sharedAfter`); missing for none. */
  readonly shared?: number;
  /** By the narrowest category: interest, halved every 30 days since `time`. At most 24. */
  readonly categories: Readonly<Record<string, { readonly weight: number; readonly time: number }>>;
  /** Prices of the items answered to. */
  readonly priceSum: number;
  readonly priceCount: number;
  /** By channel (email, sms, push...): messages sent and answered. */
  readonly channels: Readonly<Record<string, { readonly sent: number; readonly answered: number }>>;
  /** The same by what a campaign's messages offered: message, discount, free shipping, bundle. */
  readonly offers: Readonly<Record<string, { readonly sent: number; readonly answered: number }>>;
  /** Campaigns' messages, the last 50, newest last. */
  readonly contacts: readonly Contact[];
  /** When a message was last answered; `earliest` for never. */
  readonly lastAnswer: number;
  /** By `channelKey`: whether the shopper agreed to messages; `consentTo` reads it. */
  readonly consent: Readonly<Record<string, boolean>>;
  /** Lines bought, and how many of them at a discount. */
  readonly bought: number;
  readonly discounted: number;
  /** Opinions given (stars; likes count 5, dislikes 1): their sum on 0 .. 1 and number. */
  readonly opinionSum: number;
  readonly opinionCount: number;
  /** Of the last interaction that had one. */
  readonly last: {
    readonly price?: number;
    readonly rating?: number;
    /** -1 .. 1 */
    readonly sentiment?: number;
    /** 0 .. 1 */
    readonly helpfulness?: number;
  };
  /** As of the newest event; `segmentOf` tells it for a later moment. */
  readonly segment: Segment;
}

/** A campaign's message to the shopper. */
export interface Contact {
  /** Of the decision: what an answer names as its `recommendationId`. */
  readonly id: string;
  readonly campaign: string;
  readonly time: number;
  readonly channel: string;
  readonly kind: string;
  readonly answered: boolean;
}

/** One thing the shopper did, with one item (or none: '' ). */
export interface Token {
  /** Code of the event type. */
  readonly type: number;
  readonly item: string;
  readonly time: number;
  /** Milliseconds since the token before it, 0 for the first. */
  readonly gap: number;
  /** See `priceBucket`; 0 for unknown. */
  readonly price: number;
  /** Of what was written, -1 .. 1; 0 for nothing. */
  readonly sentiment: number;
  /** Narrowest category, '' for unknown. */
  readonly category: string;
}

/** What the shopper does without a break of 30 minutes, or under one sessionId. */
export interface Session {
  readonly id: string;
  readonly start: number;
  readonly actions: number;
  /** Items in the cart that were not bought yet. */
  readonly cart: readonly string[];
  readonly checkout: boolean;
  /** Pause before it, milliseconds; 0 for the first. */
  readonly pause: number;
}

/** The slate shown last. */
export interface OpenSlate {
  readonly id: string;
  readonly items: readonly string[];
  readonly answered: boolean;
}

/** The earliest time there is (ECMAScript's), for "never". */
export const earliest = -8.64e15;

export function newShopper(shopper: string): ShopperState {
  return {
    shopper,
    profile: {},
    version: 0,
    asOf: earliest,
    firstTime: earliest,
    lastTime: earliest,
    tokens: [],
    actions: 0,
    sessions: 0,
    session: { id: '', start: earliest, actions: 0, cart: [], checkout: false, pause: 0 },
    orders: 0,
    orderTimes: [],
    spent: 0,
    shown: 0,
    answered: 0,
    categories: {},
    priceSum: 0,
    priceCount: 0,
    channels: {},
    offers: {},
    contacts: [],
    lastAnswer: earliest,
    consent: {},
    bought: 0,
    discounted: 0,
    opinionSum: 0,
    opinionCount: 0,
    last: {},
    segment: 'new',
  };
}

/** Prices on a scale of halves: 0 unknown, else 1 + the number of doublings from .25, at most 15. */
export function priceBucket(price: number | undefined): number {
  if (price === undefined || !(price > 0)) return 0;
  return Math.min(15, Math.max(1, 1 + Math.floor(Math.log2(price / 0.25))));
}
