import { channelKey, type Event, type OfferDecision } from '../core/index.ts';
import type { Contact, ShopperState } from './shopper-state.ts';

/**
 * What a shopper agreed to, was sent, and answered: folded from the shopper's own events like the rest of the state, so
 * that caps on messages and pauses between them hold after a restart, a login and an erasure.
 */
export const contactsKept = 50;
/** Stands for every channel that is not named. */
const anyChannel = '*';

/** The offer a logged decision carries, or undefined. */
export function offerOf(event: Event): OfferDecision | undefined {
  const offer = event.properties?.offer as unknown as OfferDecision | undefined;
  return event.eventType === 'decision' && typeof offer?.campaignId === 'string' ? offer : undefined;
}

/** A message was sent, or it was decided to send none. */
export function contacted(state: ShopperState, decision: OfferDecision): ShopperState {
  const { kind, channel } = decision.offer;
  if (kind === 'no contact') return state;
  const contact: Contact = {
    id: decision.recommendationId,
    campaign: decision.campaignId,
    time: decision.timestamp,
    channel,
    kind,
    answered: false,
  };
  return {
    ...state,
    contacts: [...state.contacts, contact].slice(-contactsKept),
    channels: count(state.channels, channel, 'sent'),
    offers: count(state.offers, kind, 'sent'),
  };
}

/** The shopper did something that answers a message, which it names. Answers the message, the first time. */
export function answeredContact({ contacts }: ShopperState, event: Event): Contact | undefined {
  if (event.recommendationId === undefined) return undefined;
  return contacts.find(({ id, answered }) => id === event.recommendationId && !answered);
}

export function consented(state: ShopperState, event: Event): ShopperState {
  const channel = channelKey(event.properties?.channel);
  const agrees = event.eventType === 'subscribe';
  if (channel === '') return agrees ? state : { ...state, consent: { [anyChannel]: false } };
  return { ...state, consent: { ...state.consent, [channel]: agrees } };
}

/** What the shopper said of a channel; undefined where nothing was ever said. */
export function consentTo({ consent }: Pick<ShopperState, 'consent'>, channel: string): boolean | undefined {
  const key = channelKey(channel);
  return Object.hasOwn(consent, key) ? consent[key] : consent[anyChannel];
}

type Counts = Readonly<Record<string, { readonly sent: number; readonly answered: number }>>;

export function count(counts: Counts, name: string, what: 'sent' | 'answered'): Counts {
  const now = (Object.hasOwn(counts, name) ? counts[name] : undefined) ?? { sent: 0, answered: 0 };
  return { ...counts, [name]: { ...now, [what]: now[what] + 1 } };
}
