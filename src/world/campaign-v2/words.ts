import { shopperWords } from '../campaign-v1/words.ts';
import { asPercent, counted, type FeatureWords, inDays, type OfferWords, plain } from '../offer-words.ts';
import { actionName, channels, offers } from './actions.ts';

const departments = ['nothing yet', "men's goods", "women's goods", "men's and women's goods"];
const weekdays = ['no day', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const slots = ['no time', 'morning', 'evening'];
const channelNames = { email: 'e-mail', sms: 'SMS', push: 'push messages' } as const;

const offerNames = offers.map(({ kind, depth }) =>
  kind === 'discount' ? `${asPercent(depth)} off` : kind === 'plain' ? 'a message without an offer' : kind,
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
    clause: ({ department }) => `bought ${departments[department![0]!]}`,
  },
  consent: {
    label: 'consent',
    value: consented,
    clause: ({ consent }) => `has consented to ${consented(consent!)}`,
  },
  weekday: {
    label: 'weekday',
    value: ([number]) => weekdays[number!] ?? plain(number!),
    clause: ({ weekday }) => `would get it on a ${weekdays[weekday![0]!]}`,
  },
  slot: {
    label: 'time of day',
    value: ([number]) => slots[number!] ?? plain(number!),
    clause: ({ slot }) => `would get it in the ${slots[slot![0]!]}`,
  },
  day: {
    label: 'day of the campaign',
    value: ([day]) => plain(day!),
    clause: ({ day }) => `is at day ${plain(day![0]!)} of the campaign`,
  },
  daysSinceContact: {
    label: 'days since the last contact',
    value: ([days]) => inDays(days!),
    clause: ({ daysSinceContact }) => `was last written to ${inDays(daysSinceContact![0]!)} ago`,
  },
  contactsLastWeek: {
    label: 'contacts of the last week',
    value: ([contacts]) => plain(contacts!),
    clause: ({ contactsLastWeek }) => `got ${counted(contactsLastWeek![0]!, 'message')} in the last week`,
  },
  eveningShare: {
    label: 'visits in the evening',
    value: ([share]) => asPercent(share!),
    clause: ({ eveningShare }) => `comes in the evening in ${asPercent(eveningShare![0]!)} of the visits`,
  },
  offer: {
    label: 'offer that is open',
    value: ([number]) => openOffer(number!),
    clause: ({ offer }) =>
      offer![0]! > 0 ? `has an offer open (${openOffer(offer![0]!)})` : 'has no offer open',
  },
  offerDaysLeft: {
    label: 'days the offer is open',
    value: ([days]) => inDays(days!),
    clause: ({ offer, offerDaysLeft }) =>
      offer![0]! > 0 ? `has an offer open for ${inDays(offerDaysLeft![0]!)}` : 'has no offer open',
  },
  bundleInStock: {
    label: 'goods of the bundle in stock',
    value: ([flag]) => (flag! > 0 ? 'yes' : 'no'),
    clause: ({ bundleInStock }) =>
      `would find the goods of the bundle ${bundleInStock![0]! > 0 ? 'in' : 'out of'} stock`,
  },
  budgetLeft: {
    label: 'budget left',
    value: ([money]) => plain(money!),
    clause: ({ budgetLeft }) => `has ${plain(budgetLeft![0]!)} of the budget left`,
  },
};

export const campaignWords: OfferWords = { features, action: actionName };
