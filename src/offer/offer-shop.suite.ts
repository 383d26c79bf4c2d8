import { type Campaign, type Event, type Item, rng } from '../core/index.ts';
import { type Log, memoryLog } from '../log/index.ts';
import { createLoop, type Loop, type LoopParts } from '../loop.ts';
import { memoryRegistry } from '../registry/index.ts';

/** A shop in memory with campaigns and a clock that can be turned, for the tests of offers. */
export interface OfferShop {
  readonly loop: Loop;
  readonly log: Log;
  now: number;
  /** The same log, clock and campaigns in a new loop, as after a restart. */
  restarted(): Promise<OfferShop>;
  agree(userId: string, ...channels: readonly string[]): Promise<unknown>;
  tell(userId: string, eventType: string, more?: Partial<Event>): Promise<unknown>;
}

export const spring: Campaign = {
  campaignId: 'spring',
  offers: [
    { kind: 'message' },
    { kind: 'discount', percents: [5, 10, 20], largestBasket: 100 },
    { kind: 'free shipping', cost: 5 },
    { kind: 'bundle', percent: 10, largestBasket: 50 },
  ],
  channels: [
    { channel: 'email', cost: 0.01 },
    { channel: 'sms', cost: 0.1, quietHours: { from: '21:00', to: '08:00' } },
  ],
  budget: 1_000,
  reward: 'margin - cost - 5*unsubscribed',
  marginShare: 0.4,
  windowHours: 24,
};

export async function offerShop(
  given: Partial<LoopParts> & { readonly items?: readonly Item[] } = {},
  before?: { readonly log: Log; readonly now: number },
): Promise<OfferShop> {
  const log = before?.log ?? memoryLog();
  let ids = 0;
  const salt = before ? 'again-' : '';
  const shop = { now: before?.now ?? Date.UTC(2026, 5, 3, 12) } as { now: number };
  const parts: LoopParts = {
    log,
    registry: memoryRegistry(),
    clock: () => shop.now,
    makeId: () => `${salt}id-${ids++}`,
    rng: rng(7),
    sentiment: () => 0,
    warn: (message) => {
      throw new Error(message);
    },
    restore: () => Promise.reject(new Error('no models here')),
    ...given,
  };
  const loop = await createLoop(parts);
  if (given.items) await loop.putItems(given.items);
  const tell: OfferShop['tell'] = (userId, eventType, more) =>
    loop.ingest([{ eventType, userId, timestamp: shop.now, ...more }]);
  return Object.assign(shop, {
    loop,
    log,
    tell,
    agree: async (userId: string, ...channels: readonly string[]) => {
      for (const channel of channels) await tell(userId, 'subscribe', { properties: { channel } });
    },
    restarted: () => offerShop(given, { log, now: shop.now }),
  });
}
