import {
  type Catalogue,
  type Clock,
  type Decision,
  type Event,
  type EventReading,
  type Item,
  type RecommendRequest,
  type Rng,
  TendrilError,
} from './core/index.ts';
import {
  decideForGroup,
  decideForShopper,
  decisionEvent,
  decisionId,
  decisionOf,
  type Expectations,
  type ExplorationSettings,
  expectationsOf,
  explorationAt,
  type GroupRecommendation,
  groupEvents,
  groupRecommendationOf,
  type Recommendation,
  recommendationOf,
  type ServedPolicy,
  servingPolicy,
} from './decide/index.ts';
import {
  explainOffer,
  reasonsFor,
  type SimilarItem,
  similarItems,
  type Trending,
  trendingItems,
} from './explain/index.ts';
import { itemChanges, mergedItems, type Rejected, readEvents } from './ingest/index.ts';
import { type Log, type Position, tombstone } from './log/index.ts';
import {
  type CampaignStore,
  memoryCampaigns,
  type OfferDesk,
  offerDesk,
  type StoredPolicy,
} from './offer/index.ts';
import type { Manifest, Registry } from './registry/index.ts';
import { newShopper, type ShopperState, type ShopState, shopState } from './state/index.ts';

/**
 * The whole product on one page: both circles over one log.
 *
 *   serving    ingest: events -> log -> state;   recommend: state -> policy -> slate -> log
 *   learning   learn: log -> agent -> registry;  adopt: registry -> policy
 *   offers     from a campaign to one message or none, which learn from what comes of them (offer/desk.ts)
 *
 * Pure: log, registry, clock, chance and policies are given, by the server SQLite and a directory, by tests and worlds memory: a
 * run over memory is a function of its inputs.
 */
export async function createLoop(parts: LoopParts): Promise<Loop> {
  const { log, registry, clock, makeId, rng } = parts;
  const { shop, ...opened } = await openShop(parts);
  const { catalogue, counts, shoppers } = shop;
  let { position, unkept } = opened;
  const serves = servingPolicy({ ...parts, catalogue });

  /** Once a version: a model that fails may fail every answer. */
  let told: Manifest | undefined;
  function tellOnce(manifest: Manifest, error: unknown, instead = 'popularity answers in its place'): void {
    if (told === manifest) return;
    told = manifest;
    const why = error instanceof Error ? error.message : String(error);
    parts.warn(`${manifest.agent}, version ${manifest.version}, fails; ${instead}: ${why}`);
  }

  /** What is on disk is folded at once: the very next answer knows it. */
  async function store(events: readonly Event[]): Promise<{ accepted: number; duplicates: number }> {
    shoppers.expect(events);
    try {
      const stored = await log.append(events);
      for (const [i, event] of events.entries()) {
        if (stored.duplicate[i]) continue;
        shop.apply(event);
        offers.apply(event);
      }
      position = stored.position;
      unkept += stored.accepted;
      return { accepted: stored.accepted, duplicates: stored.duplicates };
    } finally {
      shoppers.settle(events);
    }
  }

  /** Where nothing may be written, what offers would store is known only here. */
  async function unwritten(events: readonly Event[]): Promise<void> {
    for (const event of events) offers.apply(event);
  }

  /** One change of the catalogue after the other: what one wrote, the next one merges into. */
  let changed: Promise<unknown> = Promise.resolve();
  function changeItems(change: () => readonly Item[]): Promise<ItemsChanged> {
    const done = changed.then(async () => {
      const items = change();
      const { accepted } = await store(itemChanges(items, catalogue, clock()));
      if (serves.current?.stale?.()) await serves.adopt();
      return { accepted, unchanged: items.length - accepted };
    });
    changed = done.catch(() => {});
    return done;
  }

  const offers = await offerDesk({
    log,
    campaigns: parts.campaigns ?? memoryCampaigns(),
    store: parts.record === false ? unwritten : store,
    state: shoppers.get,
    ownerOf: (shopper) => shoppers.links.userOf(shopper) ?? shopper,
    catalogue,
    counts,
    clock,
    makeId,
    rng,
    openStored: parts.openStored ?? noStored,
    explain: explainOffer,
    warn: parts.warn,
  });

  const reasonsOf =
    ({ tokens }: ShopperState, now: number, agent: string) =>
    (index: number, explored: boolean): readonly string[] =>
      reasonsFor(index, explored, {
        tokens,
        evidence: counts,
        now,
        agent,
        indexOf: catalogue.indexOf,
        item: (i) => catalogue.items[i],
      });

  const self: Loop = {
    offers,
    async ingest(raw) {
      const { check, customTypes } = parts;
      const { channels } = offers;
      const reading = { now: clock(), makeId, check, customTypes, channels } as EventReading;
      const { events, rejected } = readEvents(raw, reading);
      return { ...(await store(events)), rejected };
    },
    putItems: (items) => changeItems(() => items),
    patchItems: (changes) => changeItems(() => mergedItems(changes, catalogue)),

    async recommend(request) {
      const serving = serves.current;
      if (!serving) return undefined;
      const recommendationId = makeId();
      const shopper = request.userId ?? request.anonymousId ?? request.sessionId;
      const state = shopper === undefined ? newShopper('') : await shoppers.get(shopper);
      const now = Math.max(clock(), state.asOf);
      const { decision, failure } = await decideForShopper({
        request,
        recommendationId,
        shopper: shopper ?? '',
        state,
        now,
        served: serving,
        catalogue,
        counts,
        reasons: reasonsOf(state, now, serving.manifest.agent),
        exploration: explorationAt(request.placement, parts.exploration ?? {}),
        rng: rng.fork(recommendationId),
      });
      if (failure) tellOnce(serving.manifest, failure.error);
      if (parts.record !== false) await store([decisionEvent(decision, request)]);
      return recommendationOf(decision, catalogue, request, failure?.degraded);
    },
    async recommendGroup(request) {
      const serving = serves.current;
      if (!serving) return undefined;
      const recommendationId = makeId();
      const states = await Promise.all((request.userIds ?? []).map((shopper) => shoppers.get(shopper)));
      const now = states.reduce((latest, { asOf }) => Math.max(latest, asOf), clock());
      const answer = await decideForGroup({
        request,
        recommendationId,
        members: states.map((state, i) => ({
          shopper: request.userIds![i]!,
          state,
          reasons: reasonsOf(state, now, serving.manifest.agent),
        })),
        now,
        served: serving,
        catalogue,
        counts,
        exploration: explorationAt(request.placement, parts.exploration ?? {}),
        rng: rng.fork(recommendationId),
      });
      if (answer.failure) tellOnce(serving.manifest, answer.failure.error);
      if (parts.record !== false) await store(groupEvents(answer.decisions));
      return groupRecommendationOf(answer, catalogue, request);
    },
    async erase(shopper) {
      const owner = shoppers.links.userOf(shopper) ?? shopper;
      let removed = 0;
      for (const one of [...shoppers.links.anonymousOf(owner), owner]) {
        const now = clock();
        // What an earlier erasure left is nothing of the shopper's.
        for await (const { eventType } of log.readShopper(one)) if (eventType === 'erased') removed--;
        removed += await log.erase(one, now);
        const left = tombstone(one, now);
        shop.apply(left);
        offers.apply(left);
      }
      return removed;
    },
    similar(itemId, limit) {
      const index = catalogue.indexOf(itemId);
      return index === undefined ? undefined : similarItems(index, limit, catalogue, counts);
    },
    trending: (limit) => trendingItems(limit, clock(), catalogue.items, counts),
    decision: async (recommendationId) => decisionOf(await log.find(decisionId(recommendationId))),
    state: (shopper) => shoppers.get(shopper),
    async expectations(shopper) {
      const state = await shoppers.get(shopper);
      const serving = serves.current;
      if (!serving) return undefined;
      try {
        return await expectationsOf(state, Math.max(clock(), state.asOf), serving);
      } catch (error) {
        tellOnce(serving.manifest, error, 'what shoppers will do is not said');
        return undefined;
      }
    },
    sampleShoppers: (n) => counts.sample(n),

    async learn(train) {
      const { manifest, model } = await train(log, catalogue);
      const { agent, version } = await registry.put(model, manifest);
      await registry.promote(agent, version, clock());
      await self.adopt();
      return serves.current!.manifest;
    },
    adopt: serves.adopt,
    get notes() {
      return serves.notes;
    },
    async keep() {
      const bytes = shop.save();
      if (!bytes || position === undefined) return;
      unkept = 0;
      await log.keep({ position, bytes });
    },
    get unkept() {
      return unkept;
    },
    get serving() {
      return serves.current?.manifest;
    },
    catalogue,
    get size() {
      return { items: catalogue.size, shoppers: counts.shoppers, interactions: counts.taken };
    },
  };
  return self;
}

const noStored = (file: string): never => {
  throw new TendrilError('no-such-file', `there is no policy file ${file} here`);
};

/** What was folded and kept before, and the events since; or all of them. */
async function openShop({ log, sentiment }: LoopParts) {
  const options = { sentiment, history: (shopper: string) => log.readShopper(shopper) };
  const kept = await log.kept();
  const before = kept && shopState(options, kept.bytes);
  const shop: ShopState = before ?? shopState(options);
  let position: Position | undefined = before && kept.position;
  let unkept = 0;
  async function* events() {
    for await (const stored of log.read(position)) {
      position = stored.position;
      unkept++;
      yield stored.event;
    }
  }
  await shop.applyAll(events());
  return { shop, position, unkept };
}

export interface LoopParts {
  readonly log: Log;
  readonly registry: Registry;
  readonly clock: Clock;
  /** Names for what needs one; unique. */
  readonly makeId: () => string;
  readonly rng: Rng;
  /** Compound sentiment of a text, -1 .. 1. */
  readonly sentiment: (text: string) => number;
  /** A policy from what the registry keeps. */
  readonly restore: (manifest: Manifest, model: Uint8Array, catalogue: Catalogue) => Promise<ServedPolicy>;
  readonly exploration?: ExplorationSettings;
  readonly customTypes?: readonly string[];
  /** Hears what the operator must know: the first failure of a version that serves. */
  readonly warn: (message: string) => void;
  /** False where decisions are only looked at: nothing is logged. */
  readonly record?: boolean;
  /** Where campaigns are declared; without it in memory. */
  readonly campaigns?: CampaignStore;
  /** Opens a stored policy that a campaign names. */
  readonly openStored?: (file: string) => Promise<StoredPolicy>;
  /** A compiled form of the event schema. */
  readonly check?: EventReading['check'];
}

export interface Loop {
  /** One message or none: the campaigns' side of the loop. */
  readonly offers: OfferDesk;
  /** Stores events; resolves when they are on disk. Each is taken, known already, or refused with its reason. */
  ingest(events: readonly unknown[]): Promise<Ingested>;
  /** Each item whole, in place of what was known of it. */
  putItems(items: readonly Item[]): Promise<ItemsChanged>;
  /** Only the fields given; what else is known of an item stays. Throws `unknown-item`, and then changes nothing. */
  patchItems(changes: readonly Item[]): Promise<ItemsChanged>;
  /** A slate for a shopper, logged before it is answered. Undefined while there is no policy yet. */
  recommend(request: RecommendRequest): Promise<Recommendation | undefined>;
  /** One slate for several shoppers (`userIds`), logged in the history of each. Throws `bad-request` for a wrong group. */
  recommendGroup(request: RecommendRequest): Promise<GroupRecommendation | undefined>;
  /**
   * Removes all events of a shopper and of the browsers known to be the shopper's; answers how many. What was learned or counted
   * stays in memory until the next start; money that was set aside for offers to the shopper stays spent.
   */
  erase(shopper: string): Promise<number>;
  /** Undefined for an unknown item. */
  similar(itemId: string, limit: number): readonly SimilarItem[] | undefined;
  trending(limit: number): Trending;
  /** A decision as it was logged. */
  decision(recommendationId: string): Promise<Decision | undefined>;
  state(shopper: string): Promise<ShopperState>;
  /** What the shopper will probably do next; undefined where the policy that serves was not taught to say it, or fails. */
  expectations(shopper: string): Promise<Expectations | undefined>;
  /** Shoppers with some history, the same ones as long as the log does not change. */
  sampleShoppers(n: number): readonly string[];
  /** Trains on the log as it is, stores the model and lets it serve. */
  learn(train: (log: Log, catalogue: Catalogue) => Promise<Trained>): Promise<Manifest>;
  /**
   * Takes on the version the registry says serves; answers it where it is another than before. Where that one is unsound, what
   * serves goes on, or else the last sound one begins, and `notes` says so. Throws where none can. Takes in new products, where it can.
   */
  adopt(): Promise<Manifest | undefined>;
  /** Keeps what was folded, so that the next loop over this log need not read all of it. */
  keep(): Promise<void>;
  /** Events folded since it was kept last. */
  readonly unkept: number;
  readonly serving: Manifest | undefined;
  /** What the operator should know of what serves; mostly nothing. */
  readonly notes: readonly string[];
  readonly catalogue: Catalogue;
  readonly size: { readonly items: number; readonly shoppers: number; readonly interactions: number };
}

export interface Ingested {
  readonly accepted: number;
  readonly duplicates: number;
  readonly rejected: readonly Rejected[];
}

export interface ItemsChanged {
  readonly accepted: number;
  readonly unchanged: number;
}

export interface Trained {
  readonly manifest: Omit<Manifest, 'version'>;
  readonly model: Uint8Array;
}
