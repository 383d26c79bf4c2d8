import {
  ago,
  asPercent,
  counted,
  type FeatureWords,
  inDays,
  inMoney,
  messageName,
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
    value: ([money]) => inMoney(money!),
    clause: ({ monetaryValue }) => `spent ${inMoney(monetaryValue![0]!)} in the last year`,
  },
  engagementScore: {
    label: 'engagement',
    value: ([score]) => asPercent(score!),
    clause: ({ engagementScore }) => `scores ${Math.round(100 * engagementScore![0]!)} of 100 for engagement`,
  },
  discountSensitive: {
    label: 'discount-sensitive',
    value: ([flag]) => yesOrNo(flag!),
    flag: true,
    clause: (shopper) => likesNothing(shopper) ?? marked(shopper.discountSensitive!, 'discount-sensitive'),
    alone: ({ discountSensitive }: Shopper) => marked(discountSensitive!, 'discount-sensitive'),
  },
  freeShippingPreferred: {
    label: 'prefers free shipping',
    value: ([flag]) => yesOrNo(flag!),
    flag: true,
    clause: (shopper) =>
      likesNothing(shopper) ?? marked(shopper.freeShippingPreferred!, 'preferring free shipping'),
    alone: ({ freeShippingPreferred }: Shopper) => marked(freeShippingPreferred!, 'preferring free shipping'),
  },
  emailOpens: answered('emailOpens', 'e-mails'),
  smsResponse: answered('smsResponse', 'SMS'),
  pushResponse: answered('pushResponse', 'push messages'),
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
    const what = { discount: `${percent} % off`, 'free shipping': 'free shipping', none: undefined };
    return messageName(what[offer], channel);
  },
};

function answered(feature: string, name: string): FeatureWords {
  return {
    label: `${name} answered`,
    value: ([share]) => asPercent(share!),
    clause: answersMost,
    alone: (shopper) => `answers ${asPercent(shopper[feature]![0]!)} of ${name}`,
    topic: { asks: 'Answers more', name },
  };
}

const marked = ([flag]: Float32Array, as: string): string => `is ${flag ? '' : 'not '}marked as ${as}`;

/** Two things a shopper is not are said together. */
const likesNothing = ({ discountSensitive, freeShippingPreferred }: Shopper): string | undefined =>
  discountSensitive![0] || freeShippingPreferred![0]
    ? undefined
    : 'is marked neither as discount-sensitive nor as preferring free shipping';

/** In points of a hundred: what is said of shares is true of them as they are printed. */
const slightly = 5;

/** The three channels beside each other, best first. "Far more" is twice as often or more. */
function answersMost(shopper: Shopper): string {
  const rates = ['emailOpens', 'smsResponse', 'pushResponse']
    .map((name, i) => {
      const share = Math.round(100 * shopper[name]![0]!);
      return { share, words: `${channelNames[channels[i]!]} (${share} %)` };
    })
    .sort((a, b) => b.share - a.share);
  const [best, second, third] = rates as [Rate, Rate, Rate];
  if (best.share === third.share) return `answers all three channels alike (${best.share} %)`;
  if (best.share === second.share)
    return `answers ${best.words} and ${second.words} more than ${third.words}`;
  const lead = best.share - second.share;
  const more = best.share >= 2 * second.share ? 'far more' : lead < slightly ? 'slightly more' : 'more';
  return `answers ${best.words} ${more} than ${second.words} and ${third.words}`;
}

interface Rate {
  /** In points of a hundred. */
  readonly share: number;
  readonly words: string;
}

type Shopper = Readonly<Record<string, Float32Array>>;
