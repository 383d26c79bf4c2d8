import type { Event } from '../core/index.ts';

/**
 * Who an anonymous shopper turned out to be. An event with both ids is a login and links them: the anonymous history,
 * and whatever that browser does without a user later, is the user's. Where two users logged in on one browser the
 * first login (by time, then by userId) keeps the anonymous part, so that order of arrival does not matter.
 */
export interface IdentityLinks {
  /** Takes an event in; answers the users whose history changed by it (none for most events). */
  apply(event: Event): readonly string[];
  userOf(anonymousId: string): string | undefined;
  anonymousOf(userId: string): readonly string[];
  forget(userId: string): void;
  save(): readonly SavedLink[];
}

/** Anonymous id, user, time of the login. */
export type SavedLink = readonly [anonymousId: string, userId: string, at: number];

export function identityLinks(saved: readonly SavedLink[] = []): IdentityLinks {
  const users = new Map<string, { readonly userId: string; readonly at: number }>();
  const browsers = new Map<string, Set<string>>();
  for (const [anonymousId, userId, at] of saved) link(anonymousId, userId, at);

  function link(anonymousId: string, userId: string, at: number): void {
    users.set(anonymousId, { userId, at });
    const own = browsers.get(userId);
    if (own) own.add(anonymousId);
    else browsers.set(userId, new Set([anonymousId]));
  }

  return {
    apply({ userId, anonymousId, timestamp }) {
      if (userId === undefined || anonymousId === undefined) return [];
      const known = users.get(anonymousId);
      if (known) {
        if (timestamp > known.at || (timestamp === known.at && userId >= known.userId)) return [];
        browsers.get(known.userId)?.delete(anonymousId);
      }
      link(anonymousId, userId, timestamp);
      return known ? [...new Set([known.userId, userId])] : [userId];
    },
    userOf: (anonymousId) => users.get(anonymousId)?.userId,
    anonymousOf: (userId) => [...(browsers.get(userId) ?? [])].sort(),
    forget(userId) {
      for (const anonymousId of browsers.get(userId) ?? []) users.delete(anonymousId);
      browsers.delete(userId);
    },
    save: () => [...users].map(([anonymousId, { userId, at }]) => [anonymousId, userId, at] as const),
  };
}
