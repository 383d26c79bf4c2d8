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

export const decisionOf = (event: Event | undefined): Decision | undefined =>
  event?.eventType === 'decision' ? (event.properties?.decision as unknown as Decision) : undefined;
