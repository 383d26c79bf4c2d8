import { shopperWords } from '../campaign-v1/words.ts';
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
  ranges,
} from '../offer-words.ts';
import { channels, messages, offers } from './actions.ts';

const departments = ['nothing yet', "men's goods", "women's goods", "men's and women's goods"];
const weekdays = ['no day', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const slots = ['no time', 'morning', 'evening'];
const channelNames = { email: 'e-mail', sms: 'SMS', push: 'push messages' } as const;

const offerNames = offers.map(({ kind, depth }) =>
  kind === 'discount' ? `${asPercent(depth)} off` : kind === 'bundle' ? 'a bundle' : kind,
);
const consented = (flags: Float32Array): string => {
  const given = channels.filter((_, i) => flags[i]! > 0).map((channel) => channelNames[channel]);
  return given.length === 0 ? 'no channel' : given.join(' and ');
};
const openOffer = (number: number): string => (number > 0 ? offerNames[number - 1]! : 'none');

const features: Readonly<Record<string, FeatureWords>> = {
  ...shopperWords,
  department: {
    label: 'departments bought from',
    value: ([number]) => departments[number!] ?? plain(number!),
    threshold: ranges(departments, 1),
    clause: ({ department }) => `has bought ${departments[department![0]!]}`,
  },
  consent: {
    label: 'consent',
    value: consented,
    clause: ({ consent }) => `has consented to ${consented(consent!)}`,
  },
  weekday: {
    label: 'weekday',
    value: ([number]) => weekdays[number!] ?? plain(number!),
    threshold: ranges(weekdays, 1),
    clause: ({ weekday }) => `would get it on a ${weekdays[weekday![0]!]}`,
  },
  slot: {
    label: 'time of day',
    value: ([number]) => slots[number!] ?? plain(number!),
    threshold: ranges(slots, 1),
    clause: ({ slot }) => `would get it in the ${slots[slot![0]!]}`,
  },
  day: {
    label: 'day of the campaign',
    value: ([day]) => plain(day! + 1),
    clause: ({ day }) => `is on day ${plain(day![0]! + 1)} of the campaign`,
  },
  daysSinceContact: {
    label: 'days since the last contact',
    value: ([days]) => inDays(days!),
    clause: ({ daysSinceContact }) => `was last written to ${ago(daysSinceContact![0]!)}`,
  },
  contactsLastWeek: {
    label: 'contacts of the last week',
    value: ([contacts]) => plain(contacts!),
    clause: ({ contactsLastWeek }) =>
      `got ${contactsLastWeek![0] === 0 ? 'no message' : counted(contactsLastWeek![0]!, 'message')} in the last week`,
  },
  eveningShare: {
    label: 'visits in the evening',
    value: ([share]) => asPercent(share!),
    clause: ({ eveningShare }) => `makes ${asPercent(eveningShare![0]!)} of visits in the evening`,
  },
  offer: {
    label: 'offer that is open',
    value: ([number]) => openOffer(number!),
    threshold: ranges(['none', ...offerNames], 0),
    clause: holdsOffer,
  },
  offerDaysLeft: {
    label: 'days the offer is open',
    value: ([days]) => (days! > 0 ? inDays(days!) : 'no offer is open'),
    threshold: (upTo) => (upTo > 0 ? undefined : ['an offer is open', 'no offer is open']),
    clause: holdsOffer,
  },
  bundleInStock: {
    label: 'goods of the bundle in stock',
    value: ([flag]) => (flag! > 0 ? 'yes' : 'no'),
    clause: ({ bundleInStock }) =>
      `would find the goods of the bundle ${bundleInStock![0]! > 0 ? 'in' : 'out of'} stock`,
  },
  budgetLeft: {
    label: 'budget left',
    value: ([money]) => inMoney(money!),
    clause: ({ budgetLeft }) => `comes at a time when ${inMoney(budgetLeft![0]!)} of the budget is left`,
  },
};

/** The offer and its time are said together. */
function holdsOffer({ offer, offerDaysLeft }: Readonly<Record<string, Float32Array>>): string {
  return offer![0]! > 0
    ? `has an offer open (${openOffer(offer![0]!)}, ${inDays(offerDaysLeft![0]!)} left)`
    : 'has no offer open';
}

export const campaignWords: Omit<OfferWords, 'rules'> = {
  features,
  moments: true,
  action(number) {
    const message = messages[number];
    if (!message) return 'no message';
    const offer = offerNames[(number - 1) % offers.length];
    return messageName(message.kind === 'plain' ? undefined : offer, message.channel);
  },
};
