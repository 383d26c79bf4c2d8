import type { Event } from '../core/index.ts';
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
  const states = [];
  for (let i = 0; i < size; i++) {
    const shopper = shoppers[Math.floor((i * shoppers.length) / size)]!;
    const events: Event[] = [];
    for await (const event of log.readShopper(shopper)) events.push(event);
    states.push(foldAll(shopper, events, context));
  }
  const counts = new Map<string, number>();
  for (const state of states) {
    const segment = segmentOf(state, Math.max(now, state.asOf));
    counts.set(segment, (counts.get(segment) ?? 0) + 1);
  }
  return segmentRules.map(({ segment, doc }) => ({ segment, rule: doc, shoppers: counts.get(segment) ?? 0 }));
}
