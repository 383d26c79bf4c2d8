import { type Campaign, type OfferAction, readIsoTime } from '../core/index.ts';
import { consentTo, type Segment, type ShopperState } from '../state/index.ts';
import { isQuiet, type LocalTime } from './calendar.ts';
import { channelName, shownMoney } from './words.ts';

/** All that the rules of a campaign look at. */
export interface RuleContext {
  readonly campaign: Campaign;
  readonly now: number;
  readonly local: LocalTime;
  readonly state: Pick<ShopperState, 'contacts' | 'consent'>;
  readonly segment: Segment;
  /** Money of the budget that is neither spent nor set aside. */
  readonly left: number;
  /** Whether what it sets aside and does not use comes back after the end of the budget, while other offers can use the money. */
  tooLate(action: OfferAction): boolean;
  /** Times a kind of offer was made by this campaign. */
  given(kind: OfferAction['kind']): number;
  inStock(itemId: string): boolean;
  /** Products that go together for this shopper; undefined where none do. */
  readonly bundle: readonly string[] | undefined;
  /** Whether the policy can choose an action at all. */
  knows(action: number): boolean;
  /** Channels the request allows. */
  readonly channels?: readonly string[] | undefined;
}

/** Why an action may not be chosen: a word for machines and a sentence for people. */
export interface Blocked {
  readonly code:
    | 'not-running'
    | 'other-segment'
    | 'other-channel'
    | 'no-consent'
    | 'quiet-hours'
    | 'frequency-cap'
    | 'too-soon'
    | 'no-budget'
    | 'too-late'
    | 'no-stock'
    | 'no-pieces'
    | 'no-bundle'
    | 'not-known'
    | 'policy-failed';
  readonly reason: string;
}

/** All that forbids an action; never empty. */
export type Rules = readonly [Blocked, ...Blocked[]];

const day = 86_400_000;

/**
 * The mask before the softmax: for each action why it may not be chosen, undefined where it may. No contact (action 0)
 * always may, so however the rules contradict each other there is an answer. Several stand in this order: what holds for
 * everybody, for the shopper, for the channel, for the offer.
 */
export function blockedActions(
  actions: readonly OfferAction[],
  context: RuleContext,
): readonly (Rules | undefined)[] {
  const general = [...campaignBlocked(context), ...shopperBlocked(context)];
  const byChannel = new Map(
    context.campaign.channels.map(({ channel }) => [channel, [...channelBlocked(channel, context)]]),
  );
  return actions.map((action, i) => {
    if (action.kind === 'no contact') return undefined;
    const known = context.knows(i) ? [] : [unknown];
    const ofOffer = offerBlocked(action, context);
    const [first, ...others] = [...general, ...byChannel.get(action.channel)!, ...ofOffer, ...known];
    return first && [first, ...others];
  });
}

const unknown: Blocked = { code: 'not-known', reason: 'the stored policy does not know this offer' };

/** Of everything but no contact where there are no scores to choose by. */
export const policyFailed: Blocked = { code: 'policy-failed', reason: 'the policy could not be asked' };

/** 1 where an action may be chosen. */
export const maskOf = (blocked: readonly (Rules | undefined)[]): Uint8Array =>
  Uint8Array.from(blocked, (why) => (why ? 0 : 1));

function* campaignBlocked({ campaign, now, segment }: RuleContext): Iterable<Blocked> {
  const { from, until, segments, budget } = campaign;
  if (from !== undefined && now < readIsoTime(from))
    yield { code: 'not-running', reason: `the campaign begins at ${from}` };
  if (until !== undefined && now >= readIsoTime(until))
    yield { code: 'not-running', reason: `the campaign ended at ${until}` };
  if (segments && !segments.includes(segment))
    yield {
      code: 'other-segment',
      reason: `the campaign is for shoppers who are ${segments.join(' or ')}; this one is ${segment}`,
    };
  if (budget === 0) yield { code: 'no-budget', reason: 'the budget of the campaign is 0' };
}

function* shopperBlocked({ campaign, now, state }: RuleContext): Iterable<Blocked> {
  const { caps = [], daysBetweenContacts = 0 } = campaign;
  for (const { contacts, days } of caps) {
    const recent = state.contacts.filter(({ time }) => now - time < days * day).length;
    const within = `within ${days === 1 ? 'one day' : `${days} days`}`;
    if (recent >= contacts)
      yield {
        code: 'frequency-cap',
        reason:
          contacts === 0
            ? `the campaign allows no messages at all: its cap is 0 ${within}`
            : `this shopper got ${recent} ${recent === 1 ? 'message' : 'messages'} ${within}, and the campaign allows at most ${contacts}`,
      };
  }
  const last = state.contacts.at(-1)?.time;
  if (last !== undefined && now - last < daysBetweenContacts * day)
    yield {
      code: 'too-soon',
      reason: `the last message to this shopper was ${((now - last) / day).toFixed(1)} days ago; at least ${daysBetweenContacts} must lie between`,
    };
}

function* channelBlocked(
  channel: string,
  { campaign, local, state, channels }: RuleContext,
): Iterable<Blocked> {
  const rule = campaign.channels.find((one) => one.channel === channel)!;
  const named = channelName(channel);
  if (channels && !channels.includes(channel))
    yield { code: 'other-channel', reason: `the request is not for ${named}` };
  const said = consentTo(state, channel);
  if (said === false || (said === undefined && rule.consent !== 'not needed'))
    yield {
      code: 'no-consent',
      reason: `this shopper ${said === false ? 'wants no messages by' : 'never agreed to messages by'} ${named}`,
    };
  const { quietHours } = rule;
  if (quietHours && isQuiet(local, quietHours))
    yield {
      code: 'quiet-hours',
      reason: `nothing is sent by ${named} from ${quietHours.from} to ${quietHours.to} (${local.timeZone})`,
    };
}

function* offerBlocked(action: OfferAction, context: RuleContext): Iterable<Blocked> {
  const { kind, mostCost, rule } = action;
  const { left, given, inStock, bundle } = context;
  if (mostCost > left) {
    // A budget of 0 is a rule of its own, of the campaign.
    if (context.campaign.budget !== 0)
      yield {
        code: 'no-budget',
        reason: `what would be sent may cost up to ${shownMoney(mostCost)}, and ${shownMoney(Math.max(0, left))} of the budget is left`,
      };
  } else if (context.tooLate(action))
    yield {
      code: 'too-late',
      reason: `of the ${shownMoney(mostCost)} that would be set aside for the offer, what is not used comes back only after the end of the campaign, and plain messages can use the money until then`,
    };
  const { pieces, itemIds = [] } = rule!;
  if (pieces !== undefined && given(kind) >= pieces)
    yield { code: 'no-pieces', reason: `all ${pieces} pieces of this offer are given away` };
  const out = itemIds.find((itemId) => !inStock(itemId));
  if (out !== undefined) yield { code: 'no-stock', reason: `product ${out} is out of stock` };
  if (kind === 'bundle' && !bundle)
    yield { code: 'no-bundle', reason: 'no products are known to go together for this shopper' };
}
