import type { Policy } from './agent/index.ts';
import {
  type Catalogue,
  type Clock,
  contentHash,
  type DecidedItem,
  type Decision,
  type Event,
  type EventReading,
  eventTypeCode,
  eventTypes,
  type Item,
  type Json,
  linesOf,
  type Problem,
  type RecommendRequest,
  type Rng,
  readEvent,
  shopperOf,
} from './core/index.ts';
import {
  countPolicy,
  decide,
  decisionEvent,
  decisionOf,
  defaultExploration,
  type Exploration,
} from './decide/index.ts';
import {
  evidence,
  reasonsFor,
  type SimilarItem,
  similarItems,
  type Trending,
  trendingItems,
} from './explain/index.ts';
import type { Log } from './log/index.ts';
import type { Manifest, Registry } from './registry/index.ts';
import { catalogueState, newShopper, type ShopperState, shopperStates } from './state/index.ts';

/**
 * The whole product on one page: both circles over one log.
 *
 *   serving    ingest: events -> log -> state;   recommend: state -> policy -> slate -> log
 *   learning   learn: log -> agent -> registry;  adopt: registry -> policy
 *
 * Pure: log, registry, clock, chance and policies are given. The server gives SQLite and a directory, tests and worlds
 * give memory; a run over memory is a function of its inputs.
 */
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
  /** By placement; `default` for all others. */
  readonly exploration?: Readonly<Record<string, Partial<Exploration>>>;
  readonly customTypes?: readonly string[];
  /** False where decisions are only looked at: nothing is logged. */
  readonly record?: boolean;
  /** A compiled form of the event schema. */
  readonly check?: EventReading['check'];
}

export interface ServedPolicy {
  readonly policy: Policy;
  /** Writes a state as the row this policy was taught to read. */
  encode(state: ShopperState, now: number, out: Float32Array): void;
  /** False where shoppers do not come back to what they bought: then it is left out unless a request says otherwise. */
  readonly repeats?: boolean;
}

export interface Ingested {
  readonly accepted: number;
  readonly duplicates: number;
  readonly rejected: readonly ({ readonly index: number } & Problem)[];
}

export interface Recommendation extends Omit<Decision, 'items' | 'shopper' | 'stateVersion' | 'timestamp'> {
  readonly items: readonly (DecidedItem & { readonly title?: string })[];
  /** Why a simpler policy answered, where one did. */
  readonly degraded?: string;
}

export interface Loop {
  /** Stores events; resolves when they are on disk. Each is taken, known already, or refused with its reason. */
  ingest(events: readonly unknown[]): Promise<Ingested>;
  putItems(items: readonly Item[]): Promise<{ readonly accepted: number; readonly unchanged: number }>;
  /** A slate for a shopper, logged before it is answered. Undefined while there is no policy yet. */
  recommend(request: RecommendRequest): Promise<Recommendation | undefined>;
  /** Undefined for an unknown item. */
  similar(itemId: string, limit: number): readonly SimilarItem[] | undefined;
  trending(limit: number): Trending;
  decision(recommendationId: string): Decision | undefined;
  state(shopper: string): Promise<ShopperState>;
  /** Shoppers with some history, the same ones as long as the log does not change. */
  sampleShoppers(n: number): readonly string[];
  /** Trains on the log as it is, stores the model and lets it serve. */
  learn(train: (log: Log, catalogue: Catalogue) => Promise<Trained>): Promise<Manifest>;
  /** Takes on the version the registry says serves; answers it where it is another than before. */
  adopt(): Promise<Manifest | undefined>;
  readonly serving: Manifest | undefined;
  readonly catalogue: Catalogue;
  readonly size: { readonly items: number; readonly shoppers: number; readonly interactions: number };
}

export interface Trained {
  readonly manifest: Omit<Manifest, 'version'>;
  readonly model: Uint8Array;
}

const decisionsKept = 10_000;

/** Folds the log into a running loop. */
export async function createLoop(parts: LoopParts): Promise<Loop> {
  const { log, registry, clock, makeId, rng, exploration = {}, check } = parts;
  const catalogue = catalogueState();
  const counted = evidence();
  const shoppers = new Map<string, number>();
  const decisions = new Map<string, Decision>();
  const states = shopperStates({
    context: { item: catalogue.item, sentiment: parts.sentiment },
    history: (shopper) => log.readShopper(shopper),
  });
  let served: (ServedPolicy & { readonly manifest: Manifest }) | undefined;
  let interactions = 0;

  /** What a stored event changes, besides the catalogue. */
  function fold(event: Event): void {
    states.apply(event);
    const shopper = shopperOf(event);
    const decision = decisionOf(event);
    if (decision) remember(decision);
    if (shopper === undefined || eventTypes[eventTypeCode(event.eventType)]!.interest <= 0) return;
    for (const { itemId } of linesOf(event)) {
      counted.add(shopper, catalogue.indexOf(itemId)!, event.timestamp);
      shoppers.set(shopper, (shoppers.get(shopper) ?? 0) + 1);
      interactions++;
    }
  }
  function remember(decision: Decision): void {
    decisions.set(decision.recommendationId, decision);
    if (decisions.size > decisionsKept) decisions.delete(decisions.keys().next().value!);
  }
  async function store(
    events: readonly Event[],
  ): Promise<{ readonly accepted: number; readonly duplicates: number }> {
    const { accepted, duplicates, duplicate } = await log.append(events);
    events.forEach((event, i) => {
      if (duplicate[i]) return;
      catalogue.apply(event);
      fold(event);
    });
    return { accepted, duplicates };
  }

  for await (const { event } of log.read()) catalogue.apply(event);
  for await (const event of log.readByTime()) fold(event);

  const self: Loop = {
    async ingest(raw) {
      const events: Event[] = [];
      const rejected: Ingested['rejected'][number][] = [];
      const reading = { now: clock(), makeId, check, customTypes: parts.customTypes } as EventReading;
      raw.forEach((one, index) => {
        const read = readEvent(one, reading);
        if (read.ok) events.push(read.value);
        else rejected.push({ index, ...read.error });
      });
      return { ...(await store(events)), rejected };
    },

    async putItems(items) {
      const now = clock();
      const changed = items.filter(
        (item) => JSON.stringify(item) !== JSON.stringify(catalogue.item(item.itemId)),
      );
      const { accepted } = await store(
        changed.map((item) => ({
          eventId: `item:${contentHash(JSON.stringify(item))}:${now}`,
          eventType: 'item_changed',
          timestamp: now,
          itemId: item.itemId,
          properties: { item: item as unknown as Json },
        })),
      );
      return { accepted, unchanged: items.length - accepted };
    },

    async recommend(request) {
      const serving = served;
      if (!serving) return undefined;
      const recommendationId = makeId();
      const shopper = request.userId ?? request.anonymousId ?? request.sessionId;
      const state = shopper === undefined ? newShopper('') : await states.get(shopper);
      const now = Math.max(clock(), state.asOf);
      const { manifest, policy } = serving;
      const observation = new Float32Array(policy.observation.size);
      serving.encode(state, now, observation);
      const input = {
        request: { ...request, excludeBought: request.excludeBought ?? serving.repeats === false },
        recommendationId,
        shopper: shopper ?? '',
        now,
        policy,
        policyId: manifest.agent,
        policyVersion: String(manifest.version),
        observation,
        stateVersion: state.version,
        actions: state.actions,
        bought: boughtBy(state),
        items: catalogue.items,
        indexOf: catalogue.indexOf,
        interactions: counted.interactions,
        reasons: (index: number, explored: boolean) =>
          reasonsFor(index, explored, {
            tokens: state.tokens,
            evidence: counted,
            now,
            agent: manifest.agent,
            indexOf: catalogue.indexOf,
            item: (i) => catalogue.items[i],
          }),
        exploration: {
          ...defaultExploration,
          ...exploration.default,
          ...exploration[request.placement ?? 'default'],
        },
        rng: rng.fork(recommendationId),
      };
      let degraded: string | undefined;
      const decision = await decide(input).catch((error: unknown) => {
        degraded = `"${manifest.agent}" failed, popularity answered: ${error instanceof Error ? error.message : String(error)}`;
        return decide({
          ...input,
          policy: countPolicy(catalogue.size, counted.interactions),
          policyId: 'popularity',
          policyVersion: 'counts',
        });
      });
      if (parts.record !== false) await store([decisionEvent(decision, request)]);
      const { recommendationId: id, placement, policy: by } = decision;
      return {
        recommendationId: id,
        placement,
        policy: by,
        items: decision.items.map((item) => ({ ...item, ...titleOf(item.itemId) })),
        ...(degraded === undefined ? {} : { degraded }),
      };
    },

    similar(itemId, limit) {
      const index = catalogue.indexOf(itemId);
      return index === undefined ? undefined : similarItems(index, limit, catalogue.items, counted);
    },
    trending: (limit) => trendingItems(limit, clock(), catalogue.items, counted),
    decision: (recommendationId) => decisions.get(recommendationId),
    state: (shopper) => states.get(shopper),
    sampleShoppers: (n) =>
      [...shoppers]
        .filter(([, count]) => count >= 3)
        .map(([shopper]) => ({ shopper, key: contentHash(shopper) }))
        .sort((a, b) => (a.key < b.key ? -1 : 1))
        .slice(0, n)
        .map(({ shopper }) => shopper),

    async learn(train) {
      const { manifest, model } = await train(log, catalogue);
      const { agent, version } = await registry.put(model, manifest);
      await registry.promote(agent, version, clock());
      await self.adopt();
      return served!.manifest;
    },
    async adopt() {
      const wanted = await registry.serving();
      if (
        !wanted ||
        (served?.manifest.agent === wanted.agent && served.manifest.version === wanted.version)
      ) {
        return undefined;
      }
      const stored = await registry.get(wanted.agent, wanted.version);
      if (!stored) return undefined;
      served = { ...(await parts.restore(wanted, stored.model, catalogue)), manifest: wanted };
      return wanted;
    },
    get serving() {
      return served?.manifest;
    },
    catalogue,
    get size() {
      return { items: catalogue.size, shoppers: shoppers.size, interactions };
    },
  };
  return self;

  function titleOf(itemId: string): { readonly title?: string } {
    const title = catalogue.item(itemId)?.title;
    return title === undefined ? {} : { title };
  }
}

const purchase = eventTypeCode('purchase');
const boughtBy = (state: ShopperState): ReadonlySet<string> =>
  new Set(state.tokens.filter((token) => token.type === purchase).map((token) => token.item));
