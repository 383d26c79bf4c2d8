import type { Decision, Event, Json, RecommendRequest } from '../core/index.ts';

/** The id of the event that a decision is logged as. */
export const decisionId = (recommendationId: string): string => `decision:${recommendationId}`;

/** A decision as the event that goes into the log, with the probability of everything it chose. */
export function decisionEvent(
  decision: Decision,
  { userId, anonymousId, sessionId }: Pick<RecommendRequest, 'userId' | 'anonymousId' | 'sessionId'>,
): Event {
  const nameless = userId === undefined ? (anonymousId ?? sessionId) : undefined;
  return {
    eventId: decisionId(decision.recommendationId),
    eventType: 'decision',
    timestamp: decision.timestamp,
    ...(userId === undefined ? {} : { userId }),
    ...(nameless === undefined ? {} : { anonymousId: nameless }),
    recommendationId: decision.recommendationId,
    impression: decision.items.map((item) => item.itemId),
    placement: decision.placement,
    properties: { decision: decision as unknown as Json },
  };
}

/** A decision for several, once in the history of each: all but the first have their number behind the event's id. */
export const groupEvents = (decisions: readonly Decision[]): Event[] =>
  decisions.map((decision, i) => {
    const event = decisionEvent(decision, { userId: decision.shopper });
    return i === 0 ? event : { ...event, eventId: `${event.eventId}:${i + 1}` };
  });

export const decisionOf = (event: Event | undefined): Decision | undefined =>
  event?.eventType === 'decision' ? (event.properties?.decision as unknown as Decision) : undefined;
