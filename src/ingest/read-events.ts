import { type Event, type EventReading, type Problem, readEvent } from '../core/index.ts';

/** What was wrong with an event, and its place among those that were given. */
export type Rejected = { readonly index: number } & Problem;

/** Reads events as they come from outside: the good ones, and what is wrong with each of the others. */
export function readEvents(
  raw: readonly unknown[],
  reading: EventReading,
): { readonly events: readonly Event[]; readonly rejected: readonly Rejected[] } {
  const events: Event[] = [];
  const rejected: Rejected[] = [];
  raw.forEach((one, index) => {
    const read = readEvent(one, reading);
    if (read.ok) events.push(read.value);
    else rejected.push({ index, ...read.error });
  });
  return { events, rejected };
}
