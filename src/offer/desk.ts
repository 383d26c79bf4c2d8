import {
  type Campaign,
  type Catalogue,
  type Clock,
  type Event,
  isTimeZone,
  type OfferDecision,
  type OfferRequest,
  type Rng,
  readIsoTime,
  TendrilError,
} from '../core/index.ts';
import type { Log } from '../log/index.ts';
import type { OutcomeName } from '../reward/index.ts';
import { type Evidence, offerOf, type ShopperState } from '../state/index.ts';
import { answerOf, type ExplainOffer, type OfferAnswer } from './answer.ts';
import { openBooks, relearn, replay } from './books.ts';
import { type CampaignReport, reportOf } from './campaign-report.ts';
import type { CampaignStore } from './campaign-store.ts';
import { decideOffer } from './decide-offer.ts';
import { type BudgetEntry, setAsideFor } from './ledger.ts';
import { closingEvent, offerEventId, offerEvents } from './offer-event.ts';
import type { StoredPolicy } from './offer-policy.ts';
import { outcomeOf } from './outcomes.ts';
import type { RunningCampaign } from './running-campaign.ts';
import { usualChannels } from './words.ts';

/** Where offers are made: campaigns in, decisions out, and what came of them back into the policies. */
export interface OfferDesk {
  /** One message or none for a shopper, logged before it is answered. Throws `bad-request` and `unknown-campaign`. */
  decide(request: OfferRequest): Promise<OfferAnswer>;
  /** A decision as it was logged. */
  decision(recommendationId: string): Promise<OfferDecision | undefined>;
  /**
   * Declares a campaign or changes it; what was learned is learned anew from the log under what it says now. Throws
   * `bad-request` where it could never offer what it says: its end is past, or the catalogue lacks a product it names.
   */
  declare(campaign: Campaign): Promise<CampaignReport>;
  /**
   * Ends a campaign now: its `until` is this moment. Nothing more is offered; what is open is closed and learned from as ever, and
   * its log and outcomes stay. Throws `unknown-campaign` and `campaign-at-rest`.
   */
  end(campaignId: string): Promise<CampaignReport>;
  list(): readonly CampaignReport[];
  /** The usual ones and those of every campaign, also where that makes no offers: what shoppers can agree to. */
  readonly channels: readonly string[];
  /** One of them. Throws `unknown-campaign`, naming those there are. */
  report(campaignId: string): CampaignReport;
  /** Every decision of a campaign that was closed, the oldest first, read anew from the log. Throws `unknown-campaign`. */
  outcomes(campaignId: string): Promise<readonly CampaignOutcome[]>;
  /** Takes in a stored event. */
  apply(event: Event): void;
  /** Closes decisions whose window has passed: learns from them, gives back what they did not use. */
  tick(): Promise<void>;
}

/** One line of a log of choices. */
export interface CampaignOutcome {
  readonly decision: OfferDecision;
  readonly outcome: Readonly<Record<OutcomeName, number>>;
}

export interface DeskParts {
  readonly log: Log;
  readonly campaigns: CampaignStore;
  store(events: readonly Event[]): Promise<unknown>;
  state(shopper: string): Promise<ShopperState>;
  ownerOf(shopper: string): string;
  readonly catalogue: Catalogue;
  readonly counts: Evidence;
  readonly clock: Clock;
  readonly makeId: () => string;
  readonly rng: Rng;
  /** Opens a stored policy by its name. */
  openStored(file: string): Promise<StoredPolicy>;
  readonly explain: ExplainOffer;
  /** Hears what the operator must know. */
  warn(message: string): void;
}

/** Decisions are closed at most so often while requests come. */
const tickEvery = 1_000;

export async function offerDesk(parts: DeskParts): Promise<OfferDesk> {
  const { log, clock } = parts;
  const reserved = new Map<string, BudgetEntry>();
  let books = await openBooks([], { reserved, refused: () => {}, ...parts });
  /** Declared, and not to be run: why. */
  const atRest = new Map<string, string>();
  let channels = usualChannels;
  /** Stored while the log is read anew, or undefined. */
  let missed: Event[] | undefined;
  let ticked = Number.NEGATIVE_INFINITY;
  let ticking: Promise<void> = Promise.resolve();
  let declaring: Promise<unknown> = Promise.resolve();
  const turns = new Map<string, Promise<unknown>>();

  /** From the log to the books under all campaigns, with this one declared or changed. */
  async function reopen(declared?: Campaign): Promise<void> {
    const kept = await parts.campaigns.list(parts.warn);
    const others = kept.filter(({ campaignId }) => campaignId !== declared?.campaignId);
    const campaigns = declared ? [...others, declared] : others;
    if (campaigns.length === 0) return;
    const resting = new Map<string, string>();
    const refused = (campaign: Campaign, error: Error): void => {
      if (campaign === declared) throw error;
      resting.set(campaign.campaignId, error.message);
      parts.warn(`campaign ${campaign.campaignId} makes no offers: ${error.message}`);
    };
    const fresh = await openBooks(campaigns, { reserved, refused, ...parts });
    if (declared) await parts.campaigns.put(declared);
    missed = [];
    try {
      /** Ids of the last 10,000 read and more: an event stored meanwhile may have been read too. */
      let [older, newer] = [new Set<string>(), new Set<string>()];
      for await (const { eventId } of relearn(log, fresh)) {
        newer.add(eventId);
        if (newer.size === 10_000) [older, newer] = [newer, new Set()];
      }
      for (const event of missed)
        if (!older.has(event.eventId) && !newer.has(event.eventId)) fresh.apply(event);
      books = fresh;
      atRest.clear();
      for (const [id, why] of resting) atRest.set(id, why);
      const declaredOnes = campaigns.flatMap((one) => one.channels.map(({ channel }) => channel));
      channels = [...new Set([...usualChannels, ...declaredOnes])];
    } finally {
      missed = undefined;
    }
  }
  await reopen();

  const self: OfferDesk = {
    async decide(request) {
      const { userId, anonymousId, sessionId } = request;
      const shopper = userId ?? anonymousId ?? sessionId;
      if (shopper === undefined)
        throw new TendrilError(
          'bad-request',
          'one of userId, anonymousId and sessionId must say who is to be written to',
        );
      checkRequest(request, named(request.campaignId));
      if (clock() - ticked >= tickEvery) await self.tick();
      return inTurn(parts.ownerOf(shopper), () => decideNow(request, shopper));
    },
    decision: async (id) => {
      const event = await log.find(offerEventId(id));
      return event && offerOf(event);
    },
    declare(campaign) {
      return putInTurn(() => {
        checkCampaign(campaign, parts.catalogue, clock(), books.running.get(campaign.campaignId)?.campaign);
        return campaign;
      });
    },
    end: (campaignId) =>
      putInTurn(() => {
        const { from, ...campaign } = named(campaignId).campaign;
        const now = clock();
        if (campaign.until !== undefined && readIsoTime(campaign.until) <= now)
          return named(campaignId).campaign;
        // One that has not begun never does: an end before its beginning would be refused when it is read again.
        const begun = from !== undefined && readIsoTime(from) < now;
        return { ...campaign, ...(begun && { from }), until: new Date(now).toISOString() };
      }),
    async outcomes(campaignId) {
      const { campaign } = named(campaignId);
      const rows: CampaignOutcome[] = [];
      const fresh = await openBooks(
        [...books.running.values()].map((one) => one.campaign),
        {
          ...parts,
          reserved: new Map(),
          refused: () => {},
          closed(one, offer) {
            if (one.campaign.campaignId === campaign.campaignId)
              rows.push({ decision: offer.decision, outcome: outcomeOf(offer) });
          },
        },
      );
      for await (const _ of replay(log, fresh));
      fresh.close(clock());
      return rows;
    },
    list: () => [...books.running.values()].map((one) => reportOf(books, one)),
    get channels() {
      return channels;
    },
    report: (campaignId) => reportOf(books, named(campaignId)),
    apply(event) {
      missed?.push(event);
      books.apply(event);
    },
    tick() {
      ticked = clock();
      const done = ticking.then(async () => {
        // The log first: what it does not hold has not happened, and is tried again at the next tick.
        try {
          if (books.due(clock())) await parts.store([closingEvent(clock())]);
          const owed = books.settlements(clock());
          if (owed.length > 0) await parts.store(owed);
        } finally {
          await books.learn();
        }
      });
      ticking = done.catch(() => {});
      return done;
    },
  };
  return self;

  async function decideNow(request: OfferRequest, shopper: string): Promise<OfferAnswer> {
    const running = named(request.campaignId);
    const recommendationId = parts.makeId();
    const state = await parts.state(shopper);
    const background = [...running.recent];
    const made = await decideOffer({
      request,
      recommendationId,
      shopper,
      state,
      clock: clock(),
      running,
      books: () => books,
      catalogue: parts.catalogue,
      counts: parts.counts,
      rng: parts.rng.fork(recommendationId),
      // Nothing waits between the look at the budget and this.
      taken(decision) {
        const entry = setAsideFor(decision);
        if (entry) reserved.set(recommendationId, entry);
      },
    });
    if (made.failure !== undefined)
      parts.warn(
        `the policy of campaign ${running.campaign.campaignId} fails; nobody is written to: ${made.failure}`,
      );
    try {
      await parts.store(offerEvents(made.decision, request, state.asOf));
    } finally {
      reserved.delete(recommendationId);
    }
    return answerOf(made, running, {
      background,
      state,
      budget: books.budgetOf(running.campaign),
      request,
      explain: parts.explain,
      warn: parts.warn,
    });
  }

  /** One change after the other: each sees the campaign as the one before it left it. */
  function putInTurn(changed: () => Campaign): Promise<CampaignReport> {
    const done = declaring.then(async () => {
      const campaign = changed();
      await reopen(campaign);
      return reportOf(books, books.running.get(campaign.campaignId)!);
    });
    declaring = done.catch(() => {});
    return done;
  }

  /** One decision after the other for a shopper: the second sees the message of the first. */
  async function inTurn<T>(owner: string, decide: () => Promise<T>): Promise<T> {
    const before = turns.get(owner) ?? Promise.resolve();
    const mine = before.then(decide);
    const settled = mine.catch(() => {});
    turns.set(owner, settled);
    try {
      return await mine;
    } finally {
      if (turns.get(owner) === settled) turns.delete(owner);
    }
  }

  function named(campaignId: string | undefined): RunningCampaign {
    const { running } = books;
    const found =
      campaignId === undefined && running.size === 1
        ? [...running.values()][0]
        : running.get(campaignId ?? '');
    if (found) return found;
    const known = [...running.keys()].join(', ');
    const resting = campaignId ?? (running.size === 0 ? [...atRest.keys()][0] : undefined);
    const why = resting === undefined ? undefined : atRest.get(resting);
    if (why !== undefined)
      throw new TendrilError('campaign-at-rest', `campaign "${resting}" makes no offers: ${why}`);
    if (running.size === 0)
      throw new TendrilError(
        'unknown-campaign',
        'there is no campaign yet; declare one: PUT /v1/campaigns/:id',
      );
    if (campaignId === undefined)
      throw new TendrilError('bad-request', `campaignId is missing; accepted: ${known}`);
    throw new TendrilError(
      'unknown-campaign',
      `there is no campaign "${campaignId.slice(0, 100)}"; there are: ${known}`,
    );
  }
}

/** An end that is past already is accepted where it is that of the campaign as it was. */
function checkCampaign(
  { offers, until }: Campaign,
  catalogue: Catalogue,
  now: number,
  before: Campaign | undefined,
): void {
  if (until !== undefined && until !== before?.until && readIsoTime(until) <= now)
    throw new TendrilError(
      'bad-request',
      `until is ${JSON.stringify(until)}, which is past; accepted: a time after ${new Date(now).toISOString()}`,
    );
  for (const [i, { itemIds = [] }] of offers.entries()) {
    const j = itemIds.findIndex((itemId) => catalogue.indexOf(itemId) === undefined);
    if (j >= 0)
      throw new TendrilError(
        'bad-request',
        `offers[${i}].itemIds[${j}] is ${JSON.stringify(itemIds[j])}, which is not in the catalogue; accepted: the itemId of a product (PUT /v1/items adds one)`,
      );
  }
}

function checkRequest({ channels, timeZone }: OfferRequest, { campaign }: RunningCampaign): void {
  const known = campaign.channels.map(({ channel }) => channel);
  const unknown = channels?.find((channel) => !known.includes(channel));
  if (unknown !== undefined)
    throw new TendrilError(
      'bad-request',
      `channels has ${JSON.stringify(unknown)}; accepted: ${known.join(', ')}`,
    );
  if (timeZone !== undefined && !isTimeZone(timeZone))
    throw new TendrilError(
      'bad-request',
      `timeZone is ${JSON.stringify(timeZone)}; accepted: an IANA name such as Europe/Vienna`,
    );
}
