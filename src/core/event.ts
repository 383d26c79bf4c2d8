export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Something that happened. The log is made of these, and everything else is a fold over them. */
export interface Event {
  /** Counts once: a second event of the same id is a duplicate. */
  readonly eventId: string;
  /** A name of `eventTypes`, or the shop's own. */
  readonly eventType: string;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly timestamp: number;
  readonly userId?: string;
  readonly anonymousId?: string;
  readonly sessionId?: string;
  readonly itemId?: string;
  readonly items?: readonly EventItem[];
  /** Strength: a rating. */
  readonly eventValue?: number;
  /** Money, in `currency`. */
  readonly value?: number;
  readonly currency?: string;
  /** The decision this answers to. */
  readonly recommendationId?: string;
  /** The itemIds shown. */
  readonly impression?: readonly string[];
  readonly placement?: string;
  readonly query?: string;
  readonly orderId?: string;
  readonly cartId?: string;
  readonly properties?: { readonly [key: string]: Json };
}

export interface EventItem {
  readonly itemId: string;
  readonly quantity?: number;
  readonly price?: number;
  readonly position?: number;
}

/** Whom an event is about: the known shopper, else the anonymous one, else nobody. */
export const shopperOf = (event: Event): string | undefined => event.userId ?? event.anonymousId;
