import { type Event, shopperOf } from '../core/index.ts';
import type { Log } from '../log/index.ts';
import { type FoldContext, foldAll, segmentOf, segmentRules } from '../state/index.ts';
import type { Report } from './report.ts';

/**
 * How many shoppers each segment holds at a moment, by the declared rules with their
 * hysteresis. Of more than `most` shoppers an even choice is counted.
 */
export async function segmentCounts(
  log: Log,
  shoppers: readonly string[],
  context: FoldContext,
  now: number,
  most = 1000,
): Promise<NonNullable<Report['segments']>> {
  const size = Math.min(most, shoppers.length);
  const chosen = new Map<string, Event[]>();
  for (let i = 0; i < size; i++) chosen.set(shoppers[Math.floor((i * shoppers.length) / size)]!, []);
  // One pass for all: by shopper, a log without an index would be read once for each.
  for await (const event of log.readByTime()) chosen.get(shopperOf(event) ?? '')?.push(event);
  const counts = new Map<string, number>();
  for (const [shopper, events] of chosen) {
    const state = foldAll(shopper, events, context);
    const segment = segmentOf(state, Math.max(now, state.asOf));
    counts.set(segment, (counts.get(segment) ?? 0) + 1);
  }
  return segmentRules.map(({ segment, doc }) => ({ segment, rule: doc, shoppers: counts.get(segment) ?? 0 }));
}
