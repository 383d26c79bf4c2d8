import { type Event, shopperOf } from '../core/index.ts';
import { type Folded, type Log, type Position, tombstone } from './log.ts';

/** The log in memory: for tests, worlds and the loop in a browser. */
export function memoryLog(): Log {
  let stored: { position: number; event: Event }[] = [];
  const seen = new Set<string>();
  let next = 1;
  let folded: Folded | undefined;
  const name = (position: number): Position => String(position);
  const byTime = (events: readonly { event: Event }[]): Event[] =>
    events.map((entry) => entry.event).sort((a, b) => a.timestamp - b.timestamp);
  return {
    async append(events) {
      const duplicate = new Uint8Array(events.length);
      events.forEach((event, i) => {
        if (seen.has(event.eventId)) {
          duplicate[i] = 1;
          return;
        }
        seen.add(event.eventId);
        stored.push({ position: next++, event });
      });
      const duplicates = duplicate.reduce((sum, d) => sum + d, 0);
      return {
        accepted: events.length - duplicates,
        duplicates,
        duplicate,
        position: next > 1 ? name(next - 1) : undefined,
      };
    },
    async *read(from) {
      const after = from === undefined ? 0 : Number(from);
      for (const entry of [...stored]) {
        if (entry.position > after) yield { position: name(entry.position), event: entry.event };
      }
    },
    async *readByTime(from = -Infinity, to = Infinity) {
      yield* byTime(stored.filter(({ event }) => event.timestamp >= from && event.timestamp < to));
    },
    async *readShopper(shopper) {
      yield* byTime(stored.filter(({ event }) => shopperOf(event) === shopper));
    },
    find: async (eventId) => stored.find(({ event }) => event.eventId === eventId)?.event,
    async erase(shopper, now) {
      folded = undefined;
      const kept = stored.filter(({ event }) => shopperOf(event) !== shopper);
      const removed = stored.length - kept.length;
      stored = kept;
      stored.push({ position: next++, event: tombstone(shopper, now) });
      return removed;
    },
    head: async () => (next > 1 ? name(next - 1) : undefined),
    size: async () => stored.length,
    async keep(given) {
      folded = { ...given, bytes: given.bytes.slice() };
    },
    kept: async () => folded,
    close: async () => {},
  };
}
