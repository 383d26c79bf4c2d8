import { type Event, eventTypeCode, eventTypes, linesOf } from '../core/index.ts';
import { decisionOf } from '../decide/index.ts';
import type { Log } from '../log/index.ts';
import type { PlaceFigures } from './report.ts';

/** Lists remembered while their answers come in. */
const remembered = 100_000;

/**
 * Position bias of the lists that were really shown: how often each place was answered to, of all lists and of the
 * places that chance filled. The best guesses stand at the top, so the first mixes merit with place; chance fills every
 * place alike, so the second is place alone. Nothing for fewer than `least` lists.
 */
export async function placeFigures(log: Log, least = 100): Promise<PlaceFigures | undefined> {
  const open = new Map<string, Map<string, { readonly place: number; readonly explored: boolean }>>();
  const rows: {
    place: number;
    shown: number;
    answered: number;
    byChance: number;
    answeredByChance: number;
  }[] = [];
  let lists = 0;
  for await (const event of log.readByTime()) {
    const decision = decisionOf(event);
    if (decision) {
      // A list for several shoppers stands in the history of each, and was shown once.
      if (open.has(decision.recommendationId)) continue;
      lists++;
      open.set(decision.recommendationId, new Map());
      for (const { itemId, position, explored } of decision.items) {
        rows[position - 1] ??= { place: position, shown: 0, answered: 0, byChance: 0, answeredByChance: 0 };
        const row = rows[position - 1]!;
        row.shown++;
        if (explored) row.byChance++;
        open.get(decision.recommendationId)!.set(itemId, { place: position, explored });
      }
      if (open.size > remembered) open.delete(open.keys().next().value!);
      continue;
    }
    const shown = event.recommendationId === undefined ? undefined : open.get(event.recommendationId);
    if (!shown || !showsInterest(event)) continue;
    for (const { itemId } of linesOf(event)) {
      const slot = shown.get(itemId);
      if (!slot) continue;
      // An item of a list is answered to once, however often it is looked at.
      shown.delete(itemId);
      rows[slot.place - 1]!.answered++;
      if (slot.explored) rows[slot.place - 1]!.answeredByChance++;
    }
  }
  return lists < least ? undefined : { lists, rows: rows.filter((row) => row !== undefined) };
}

const showsInterest = (event: Event): boolean => eventTypes[eventTypeCode(event.eventType)]!.interest > 0;
