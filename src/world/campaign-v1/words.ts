import {
  asPercent,
  counted,
  type FeatureWords,
  inDays,
  type OfferWords,
  plain,
  yesOrNo,
} from '../offer-words.ts';
import { type Channel, campaignActions, channels } from './actions.ts';

const channelNames: Readonly<Record<Channel, string>> = {
  email: 'e-mail',
  sms: 'SMS',
  push: 'push messages',
};

/** The ten features of a shopper, as campaign-v1 and campaign-v2 say them. */
export const shopperWords = {
  recency: {
    label: 'days since the last answer',
    value: ([days]) => inDays(days!),
    clause: ({ recency }) => `last answered a message ${ago(recency![0]!)}`,
  },
  frequency: {
    label: 'purchases in the last year',
    value: ([purchases]) => plain(purchases!),
    clause: ({ frequency }) =>
      frequency![0] === 0
        ? 'bought nothing in the last year'
        : `bought ${frequency![0] === 1 ? 'once' : counted(frequency![0]!, 'time')} in the last year`,
  },
  monetaryValue: {
    label: 'money spent in the last year',
    value: ([money]) => plain(money!),
    clause: ({ monetaryValue }) => `spent ${plain(monetaryValue![0]!)} in the last year`,
  },
  engagementScore: {
    label: 'engagement',
    value: ([score]) => asPercent(score!),
    clause: ({ engagementScore }) => `has an engagement score of ${asPercent(engagementScore![0]!)}`,
  },
  discountSensitive: {
    label: 'discount-sensitive',
    value: ([flag]) => yesOrNo(flag!),
    clause: ({ discountSensitive }) =>
      discountSensitive![0] ? 'is marked as discount-sensitive' : 'is not marked as discount-sensitive',
  },
  freeShippingPreferred: {
    label: 'prefers free shipping',
    value: ([flag]) => yesOrNo(flag!),
    clause: ({ freeShippingPreferred }) =>
      freeShippingPreferred![0]
        ? 'is marked as preferring free shipping'
        : 'is not marked as preferring free shipping',
  },
  emailOpens: { label: 'e-mails answered', ...rate() },
  smsResponse: { label: 'SMS answered', ...rate() },
  pushResponse: { label: 'push messages answered', ...rate() },
  lastPurchaseDays: {
    label: 'days since the last purchase',
    value: ([days]) => inDays(days!),
    clause: ({ lastPurchaseDays }) => `last bought something ${ago(lastPurchaseDays![0]!)}`,
  },
} as const satisfies Readonly<Record<string, FeatureWords>>;

export const campaignWords: OfferWords = {
  features: shopperWords,
  action(number) {
    const { offer, percent, channel } = campaignActions[number]!;
    const what = {
      discount: `${percent} % off`,
      'free shipping': 'free shipping',
      none: 'a message without an offer',
    };
    return `${what[offer]} by ${channelNames[channel]}`;
  },
};

function rate(): Omit<FeatureWords, 'label'> {
  return { value: ([share]) => asPercent(share!), clause: answersMost, topic: 'channels' };
}

/** The three channels beside each other, best first. "Far more" is twice as often or more. */
function answersMost(shopper: Readonly<Record<string, Float32Array>>): string {
  const rates = ['emailOpens', 'smsResponse', 'pushResponse'].map((name, i) => ({
    name: channelNames[channels[i]!],
    share: shopper[name]![0]!,
  }));
  const [best, second, third] = rates.sort((a, b) => b.share - a.share) as [Rate, Rate, Rate];
  const shares = `${asPercent(best.share)}, ${asPercent(second.share)} and ${asPercent(third.share)}`;
  if (best.share === third.share)
    return `answers ${best.name}, ${second.name} and ${third.name} alike (${asPercent(best.share)})`;
  if (best.share === second.share)
    return `answers ${best.name} and ${second.name} more than ${third.name} (${shares})`;
  const far = best.share >= 2 * second.share ? 'far more' : 'more';
  return `answers ${best.name} ${far} than ${second.name} and ${third.name} (${shares})`;
}

interface Rate {
  readonly name: string;
  readonly share: number;
}

const ago = (days: number): string => (days === 0 ? 'today' : `${inDays(days)} ago`);
