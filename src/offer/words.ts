import type { OfferAction } from '../core/index.ts';
import { counted, type FeatureWords, inDays, type OfferWords, shopperWords } from '../world/index.ts';

const channelNames: Readonly<Record<string, string>> = { email: 'e-mail', sms: 'SMS', push: 'push message' };
export const channelName = (channel: string): string => channelNames[channel] ?? channel;

export const partsOfDay = ['the night', 'the morning', 'the afternoon', 'the evening'] as const;
const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** What a campaign's policy sees beyond the ten features of campaign-v1. */
const timing: Readonly<Record<string, FeatureWords>> = {
  partOfDay: {
    label: 'time of day',
    value: ([part]) => partsOfDay[part! - 1] ?? 'unknown',
    clause: ({ partOfDay }) => `would get it in ${partsOfDay[partOfDay![0]! - 1]}`,
  },
  weekday: {
    label: 'weekday',
    value: ([weekday]) => weekdays[weekday! - 1] ?? 'unknown',
    clause: ({ weekday }) => `would get it on a ${weekdays[weekday![0]! - 1]}`,
  },
  daysSinceContact: {
    label: 'days since the last message',
    value: ([days]) => inDays(days!),
    clause: ({ daysSinceContact: days }) =>
      days![0]! >= longestPause
        ? `got no message for ${counted(longestPause, 'day')} or more`
        : `got the last message ${inDays(Math.floor(days![0]!))} ago`,
  },
};

/** Days since the last message, at most. */
export const longestPause = 60;

/** How a campaign's actions and features are said to people. */
export const wordsOf = (actions: readonly OfferAction[]): OfferWords => ({
  features: { ...shopperWords, ...timing },
  action: (number) => sayAction(actions[number]!),
});

/** "15 % off by e-mail". */
export function sayAction({
  kind,
  percent,
  channel,
}: Pick<OfferAction, 'kind' | 'percent' | 'channel'>): string {
  if (kind === 'no contact') return kind;
  const what = {
    message: 'a message without an offer',
    discount: `${percent} % off`,
    'free shipping': 'free shipping',
    bundle: `a bundle at ${percent} % off`,
  };
  return `${what[kind]} by ${channelName(channel)}`;
}
