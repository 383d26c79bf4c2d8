import type { Event, Json, OfferDecision, OfferRequest } from '../core/index.ts';
import { budgetEvent, setAsideFor } from './ledger.ts';

/**
 * Says in the log that the windows that had passed by its time were closed here: what arrived before it counts for them, what
 * arrives after it does not, whoever reads the log and whenever.
 */
export const closingEvent = (now: number): Event => ({
  eventId: `windows_closed:${now}`,
  eventType: 'windows_closed',
  timestamp: now,
});

export const offerEventId = (recommendationId: string): string => `decision:${recommendationId}`;

/**
 * A decision as it goes into the log, all of it or nothing: where somebody is written to the money it takes, and the
 * decision itself, with the probability of every action. `asOf` of the shopper's state: its newest event may be dated ahead, and
 * a decision must not be late for its own shopper.
 */
export function offerEvents(
  decision: OfferDecision,
  { userId, anonymousId, sessionId }: Pick<OfferRequest, 'userId' | 'anonymousId' | 'sessionId'>,
  asOf: number,
): readonly Event[] {
  const nameless = userId === undefined ? (anonymousId ?? sessionId) : undefined;
  const entry = setAsideFor(decision);
  return [
    ...(entry ? [budgetEvent(entry, 'decided', decision.timestamp)] : []),
    {
      eventId: offerEventId(decision.recommendationId),
      eventType: 'decision',
      timestamp: Math.max(decision.timestamp, asOf),
      ...(userId === undefined ? {} : { userId }),
      ...(nameless === undefined ? {} : { anonymousId: nameless }),
      recommendationId: decision.recommendationId,
      properties: { offer: decision as unknown as Json },
    },
  ];
}
