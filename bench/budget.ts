/**
 * `node bench/budget.ts [seeds]`: three campaigns, each for shoppers of its own, with one budget between them: shared at a
 * price that adapts, shared without a price (who comes first), and in fixed shares, each at a price of its own. Shoppers are made
 * up by the rates below and the same for every way (common random numbers); offers are made by the product itself over a log in
 * memory, with bandits that know nothing at first. Reported are the net margin that all decisions of four weeks bring in
 * expectation (what was bought is left to chance, and learned from), what of the budget was used, and the least that was left. Writes bench/results/budget.json; with other seeds than 1 to 60 nothing is written.
 */
import {
  type Campaign,
  type Event,
  type EventReading,
  eventSchema,
  rng,
  shopperOf,
} from '../src/core/index.ts';
import { type Log, memoryLog } from '../src/log/index.ts';
import { createLoop, type Loop } from '../src/loop.ts';
import { pairedTInterval, tInterval } from '../src/measure/index.ts';
import { memoryCampaigns } from '../src/offer/index.ts';
import { memoryRegistry } from '../src/registry/index.ts';
import { compiled } from '../src/server/index.ts';
import { record, rounded } from './record.ts';

const reported = Array.from({ length: 60 }, (_, i) => i + 1);
const seeds = process.argv[2]?.split(',').map(Number) ?? reported;

const [hour, day] = [3_600_000, 86_400_000];
const begin = Date.UTC(2026, 2, 2);
const days = 28;
const marginShare = 0.4;
/** Median basket. */
const basket = 45;

/**
 * Chance to buy within a day: unasked, and what a printed card or an SMS adds; half of the shoppers are discount-sensitive, and for
 * them a discount doubles what the message adds.
 */
const segments = [
  { id: 'lapsed', daily: 32, unasked: 0.02, post: 0.12, sms: 0.03 },
  { id: 'occasional', daily: 48, unasked: 0.05, post: 0.05, sms: 0.02 },
  { id: 'regular', daily: 48, unasked: 0.12, post: 0.02, sms: 0.01 },
] as const;
const costs = { post: 1, sms: 0.15 } as const;
const amount = 600;
const largestBasket = 60;

type Segment = (typeof segments)[number];
const audience = segments.reduce((sum, { daily }) => sum + daily, 0);

/** What money there is for whom. */
const ways: Readonly<Record<string, (segment: Segment, i: number) => Pick<Campaign, 'budget' | 'until'>>> = {
  'one budget, one price': (_, i) => ({
    budget: i === 0 ? amount : { sharedWith: segments[0].id },
    until: iso(begin + days * day),
  }),
  'one budget, first come': (_, i) => ({ budget: i === 0 ? amount : { sharedWith: segments[0].id } }),
  'equal shares': () => ({ budget: amount / segments.length, until: iso(begin + days * day) }),
  'shares by audience': ({ daily }) => ({
    budget: (amount * daily) / audience,
    until: iso(begin + days * day),
  }),
};
const iso = (time: number): string => new Date(time).toISOString();

/** What is offered: cards and SMS that carry nothing, so that every cost is known when it is made; or also coupons of 10 %. */
const offers: Readonly<Record<string, Campaign['offers']>> = {
  'messages only': [{ kind: 'message' }],
  'messages and coupons': [{ kind: 'message' }, { kind: 'discount', percents: [10], largestBasket }],
};

interface Shopper {
  readonly id: string;
  readonly segment: number;
  readonly time: number;
  readonly sensitive: boolean;
  /** Uniform: whether to buy, and when within the day. */
  readonly luck: number;
  readonly delay: number;
  readonly basket: number;
}

function shoppersOf(seed: number): Shopper[] {
  const stream = rng(seed).fork('shoppers');
  return segments
    .flatMap(({ daily }, segment) =>
      Array.from({ length: daily * days }, (_, i) => ({
        id: `${segment}-${i}`,
        segment,
        time: begin + Math.floor(stream.float() * days * day),
        sensitive: stream.float() < 0.5,
        luck: stream.float(),
        delay: Math.floor(stream.float() * 20 * hour),
        basket: basket * Math.exp(0.5 * stream.normal()),
      })),
    )
    .sort((a, b) => a.time - b.time);
}

/** The log in memory, which finds a shopper's events without looking at all others. */
function logByShopper(): Log {
  const log = memoryLog();
  const events = new Map<string, Event[]>();
  return {
    ...log,
    async append(stored) {
      for (const event of stored) {
        const shopper = shopperOf(event);
        if (shopper === undefined) continue;
        const own = events.get(shopper) ?? [];
        events.set(shopper, own);
        own.push(event);
      }
      return log.append(stored);
    },
    async *readShopper(shopper) {
      yield* (events.get(shopper) ?? []).toSorted((a, b) => a.timestamp - b.timestamp);
    },
  };
}

async function play(way: string, offered: string, seed: number) {
  let now = begin;
  let ids = 0;
  const loop: Loop = await createLoop({
    log: logByShopper(),
    registry: memoryRegistry(),
    clock: () => now,
    makeId: () => `d${ids++}`,
    rng: rng(seed),
    sentiment: () => 0,
    check: compiled(eventSchema) as NonNullable<EventReading['check']>,
    warn: (message) => {
      throw new Error(message);
    },
    restore: () => Promise.reject(new Error('no models here')),
    campaigns: memoryCampaigns(
      segments.map((segment, i) => ({
        campaignId: segment.id,
        offers: offers[offered]!,
        channels: (['post', 'sms'] as const).map((channel) => ({
          channel,
          cost: costs[channel],
          consent: 'not needed' as const,
        })),
        reward: 'margin - cost',
        marginShare,
        windowHours: 24,
        policy: { agent: 'thompson', settings: { features: 'discountSensitive', noise: 6 } },
        ...ways[way]!(segment, i),
      })),
    ),
  });
  const coming: { readonly time: number; readonly event: Partial<Event> }[] = [];
  let [net, least, contacts] = [0, Infinity, 0];
  const due = async (until: number): Promise<void> => {
    coming.sort((a, b) => a.time - b.time);
    while (coming[0] && coming[0].time <= until) {
      const { time, event } = coming.shift()!;
      now = time;
      await loop.ingest([{ ...event, timestamp: time }]);
    }
  };
  for (const shopper of shoppersOf(seed)) {
    await due(shopper.time);
    now = shopper.time;
    const { id: userId, sensitive, segment } = shopper;
    await loop.ingest([
      {
        eventType: 'purchase',
        userId,
        value: 30,
        timestamp: now - 90 * day,
        ...(sensitive && { properties: { discount: 3 } }),
      },
    ]);
    const { id: campaignId, unasked, ...rates } = segments[segment]!;
    const { recommendationId, offer, budget } = await loop.offers.decide({ userId, campaignId });
    const added = offer.channel === undefined ? 0 : rates[offer.channel as 'post' | 'sms'];
    const chance = unasked + added * (offer.kind === 'discount' && sensitive ? 2 : 1);
    if (offer.kind !== 'no contact') {
      net -= costs[offer.channel as 'post' | 'sms'];
      contacts++;
    }
    const discount = offer.kind === 'discount' ? Math.min(largestBasket, shopper.basket) / 10 : 0;
    net += chance * (marginShare * shopper.basket - discount);
    if (shopper.luck < chance) {
      coming.push({
        time: now + shopper.delay,
        event: {
          eventType: 'purchase',
          userId,
          recommendationId,
          value: shopper.basket - discount,
          properties: { discount },
        },
      });
    }
    least = Math.min(least, budget.left);
  }
  await due(Infinity);
  now = begin + (days + 3) * day;
  await loop.offers.tick();
  const used = loop.offers.list().reduce((sum, { spent }) => sum + spent, 0);
  return { net, used: used / amount, least, contacts };
}

const rows: Record<string, unknown>[] = [];
for (const offered of Object.keys(offers)) {
  const all = new Map<string, Awaited<ReturnType<typeof play>>[]>();
  for (const way of Object.keys(ways)) {
    const results: Awaited<ReturnType<typeof play>>[] = [];
    for (const seed of seeds) results.push(await play(way, offered, seed));
    all.set(way, results);
    const of = (key: 'net' | 'used' | 'least' | 'contacts'): number[] => results.map((result) => result[key]);
    const shared = all.get('one budget, one price')!.map(({ net }) => net);
    const net = tInterval(of('net'));
    const gain = pairedTInterval(shared, of('net'));
    const row = {
      offers: offered,
      way,
      netMargin: rounded(net.mean),
      netMarginLow: rounded(net.low),
      netMarginHigh: rounded(net.high),
      ...(way !== 'one budget, one price' && {
        onePriceBringsMore: rounded(gain.mean),
        low: rounded(gain.low),
        high: rounded(gain.high),
      }),
      used: rounded(tInterval(of('used')).mean),
      usedLeast: rounded(Math.min(...of('used'))),
      usedMost: rounded(Math.max(...of('used'))),
      leastLeft: rounded(Math.min(...of('least'))),
      contacts: rounded(tInterval(of('contacts')).mean),
    };
    console.log(JSON.stringify(row));
    rows.push(row);
  }
}
if (seeds.join() === reported.join())
  record('budget', {
    command: 'node bench/budget.ts',
    data: `made up: ${JSON.stringify({ segments, costs, amount, days, marginShare, basket })}`,
    seeds,
    notes: ['intervals are 95 % t-intervals over seeds, differences paired'],
    rows,
  });
