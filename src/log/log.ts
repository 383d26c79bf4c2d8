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
  /** Removes every event of a shopper and leaves a tombstone of type `erased`; answers how many were removed. */
  erase(shopper: string, now: number): Promise<number>;
  /** Position of the last event, or undefined for an empty log. */
  head(): Promise<Position | undefined>;
  /** Events stored. */
  size(): Promise<number>;
  close(): Promise<void>;
}

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
