import type { OfferAction } from '../core/index.ts';
import { earliest, type ShopperState } from '../state/index.ts';
import { counted, type FeatureWords, inDays, type OfferWords, shopperWords } from '../world/index.ts';

const channelNames: Readonly<Record<string, string>> = { email: 'e-mail', sms: 'SMS', push: 'push message' };
/** Those that shoppers may agree to before a campaign names any. */
export const usualChannels: readonly string[] = Object.keys(channelNames);
export const channelName = (channel: string): string => channelNames[channel] ?? channel;

/** Money as it is shown: to a hundredth of a cent, for a message may cost less than one. Sums keep every digit. */
export const shownMoney = (amount: number): number => Math.round(amount * 1e4) / 1e4;

export const partsOfDay = ['the night', 'the morning', 'the afternoon', 'the evening'] as const;
const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** Days since the last message, at most. */
export const longestPause = 60;
/** And since an answer and a purchase. */
export const longest = { recency: 90, lastPurchaseDays: 365 } as const;

/** Days that are counted up to so many, and what that says of a shopper. */
function upTo(most: number, name: keyof typeof longest, since: string): FeatureWords {
  const { label, value, clause } = shopperWords[name];
  const enough = ([days]: Float32Array): boolean => days! >= most;
  return {
    label,
    value: (days) => (enough(days) ? `${counted(most, 'day')} or more` : value(days)),
    clause: (shopper) =>
      enough(shopper[name]!) ? `${since} for ${counted(most, 'day')} or more` : clause(shopper),
  };
}

/** What a campaign's policy sees beyond the ten features of campaign-v1, and what of those it sees up to a bound. */
const timing: Readonly<Record<string, FeatureWords>> = {
  recency: upTo(longest.recency, 'recency', 'has answered no message'),
  lastPurchaseDays: upTo(longest.lastPurchaseDays, 'lastPurchaseDays', 'has bought nothing'),
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
    value: ([days]) => (days! >= longestPause ? `${counted(longestPause, 'day')} or more` : inDays(days!)),
    clause: ({ daysSinceContact: days }) =>
      days![0]! >= longestPause
        ? `got no message for ${counted(longestPause, 'day')} or more`
        : `got the last message ${inDays(Math.floor(days![0]!))} ago`,
  },
};

/**
 * Features that stand at a default, since nothing tells them yet, are said to be what they are: nothing known. Of the share of
 * messages answered the policy sees an estimate; what is said is what was counted.
 */
function notKnown(state: ShopperState): Readonly<Record<string, FeatureWords>> {
  const all: Readonly<Record<string, FeatureWords>> = { ...shopperWords, ...timing };
  const unknown = (names: readonly string[], clause: string): (readonly [string, FeatureWords])[] =>
    names.map(
      (name) =>
        [name, { label: all[name]!.label, value: () => 'not known yet', clause: () => clause }] as const,
    );
  const rates = { emailOpens: 'email', smsResponse: 'sms', pushResponse: 'push' } as const;
  const sentBy = Object.values(rates).filter((channel) => (state.channels[channel]?.sent ?? 0) > 0);
  const count = (channel: string): string =>
    `${state.channels[channel]!.answered} of ${state.channels[channel]!.sent} messages by ${channelName(channel)}`;
  const answered = `answered ${sentBy.map(count).join(' and ')}`;
  const never = 'has not been written to yet';
  const written = Object.values(state.channels).some(({ sent }) => sent > 0) || state.contacts.length > 0;
  return Object.fromEntries([
    ...(state.lastAnswer === earliest
      ? unknown(['recency'], written ? 'has not answered a message yet' : never)
      : []),
    ...(state.contacts.length === 0 ? unknown(['daysSinceContact'], never) : []),
    ...Object.entries(rates).flatMap(([name, channel]) =>
      sentBy.includes(channel)
        ? [
            [
              name,
              { ...all[name]!, clause: () => answered, alone: () => `answered ${count(channel)}` },
            ] as const,
          ]
        : unknown([name], sentBy.length > 0 ? answered : never),
    ),
    ...(state.orders === 0
      ? unknown(['lastPurchaseDays', 'discountSensitive'], 'has bought nothing yet')
      : []),
    ...(state.offers['free shipping']
      ? []
      : unknown(['freeShippingPreferred'], 'was never offered free shipping')),
    ...(state.shown === 0 ? unknown(['engagementScore'], 'has not been shown a recommendation yet') : []),
  ]);
}

/** How a campaign's actions and a shopper's features are said to people. */
export const wordsOf = (actions: readonly OfferAction[], state: ShopperState): OfferWords => ({
  features: { ...shopperWords, ...timing, ...notKnown(state) },
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
