import type { Event } from '../core/index.ts';

/** The only truth: what happened, in the order it arrived. Everything else is a fold over it and can be rebuilt. */
export interface Log {
  /**
   * Resolves when the events are on disk. An `eventId` counts once: later events of the same id are duplicates and
   * change nothing. All of the call's events are stored or none.
   */
  append(events: readonly Event[]): Promise<Appended>;
  /** In order of arrival, beginning after `from` (or at the beginning), up to what was there when the call was made. */
  read(from?: Position): AsyncIterable<Stored>;
  /** In order of time (equal times in order of arrival), `from` inclusive, `to` exclusive, milliseconds. */
  readByTime(from?: number, to?: number): AsyncIterable<Event>;
  /** One shopper's events, in order of time. */
  readShopper(shopper: string): AsyncIterable<Event>;
  /** The event of an id, or undefined. */
  find(eventId: string): Promise<Event | undefined>;
  /** Removes every event of a shopper and leaves a tombstone of type `erased`; answers how many were removed. */
  erase(shopper: string, now: number): Promise<number>;
  /** Position of the last event, or undefined for an empty log. */
  head(): Promise<Position | undefined>;
  /** Events stored. */
  size(): Promise<number>;
  /**
   * Keeps what a reader folded, in place of what was kept before, so that the next one need not begin anew. Never the
   * truth: losing it costs time. An erasure removes it; whoever folded before the erasure must not keep that again.
   */
  keep(folded: Folded): Promise<void>;
  kept(): Promise<Folded | undefined>;
  close(): Promise<void>;
}

/** What an erasure leaves of a shopper. */
export const tombstone = (shopper: string, now: number): Event => ({
  eventId: `erased:${shopper}:${now}`,
  eventType: 'erased',
  timestamp: now,
  userId: shopper,
});

/** Opaque; comparable only by the log that gave it. */
export type Position = string & { readonly opaque?: 'log position' };

export interface Appended {
  readonly accepted: number;
  readonly duplicates: number;
  /** 1 where the event at this place was a duplicate. */
  readonly duplicate: Uint8Array;
  readonly position: Position | undefined;
}

export interface Stored {
  readonly position: Position;
  readonly event: Event;
}

/** Bytes that only their reader knows, and the position up to which they were folded. */
export interface Folded {
  readonly position: Position;
  readonly bytes: Uint8Array;
}
