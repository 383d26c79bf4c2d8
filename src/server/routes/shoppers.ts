import { eventTypes } from '../../core/index.ts';
import { segmentOf } from '../../state/index.ts';
import { readyLoop } from '../ready.ts';
import type { Route } from '../route.ts';
import { wholeNumber } from '../schemas.ts';

/** `GET /v1/shoppers/sample`: some shoppers with a history, for trying things out. */
export const getSampleShoppers: Route = {
  method: 'GET',
  path: '/v1/shoppers/sample',
  tag: 'shoppers',
  summary: 'Get some shoppers that have a history, with what they did last',
  query: [
    {
      name: 'limit',
      doc: 'shoppers wanted',
      schema: { type: 'integer', minimum: 1, maximum: 100, default: 20 },
    },
  ],
  answers: {
    200: {
      doc: 'The same ones as long as nothing new happens.',
      schema: { type: 'object', properties: { shoppers: { type: 'array', items: { type: 'object' } } } },
    },
  },
  async handle(request, _reply, shop) {
    const loop = readyLoop(shop);
    const wanted = wholeNumber((request.query as Record<string, unknown>).limit, 'limit', 20, 100);
    return {
      shoppers: await Promise.all(loop.sampleShoppers(wanted).map((shopper) => describe(loop, shopper))),
    };
  },
};

/** `GET /v1/shoppers/:id`: where a shopper is now. */
export const getShopper: Route = {
  method: 'GET',
  path: '/v1/shoppers/:id',
  tag: 'shoppers',
  summary: 'See where a shopper is now: segment, figures, the last actions',
  answers: {
    200: {
      doc: 'The state; of a shopper nobody knows, that of a new one.',
      schema: {
        type: 'object',
        properties: {
          userId: { type: 'string' },
          segment: { type: 'string', description: "by today's date" },
          lastSeen: {
            type: 'object',
            description: 'when the shopper last did something, and the segment at that moment',
            properties: { timestamp: { type: 'number' }, segment: { type: 'string' } },
          },
          actions: { type: 'integer' },
          orders: { type: 'integer' },
          expects: {
            type: 'object',
            description:
              'chances of what comes next, where the model that serves was trained with `behaviour`: `willBuy` and `willLeave` (in this session), `nextEventType`, `nextCategory`; calibrated when it was trained, on shoppers who came back',
          },
          recent: { type: 'array', items: { type: 'object' }, description: 'the newest first' },
        },
      },
    },
  },
  async handle(request, _reply, shop) {
    return describe(readyLoop(shop), (request.params as { readonly id: string }).id);
  },
};

/** `DELETE /v1/shoppers/:id`: everything a shopper did, out of the log. */
export const deleteShopper: Route = {
  method: 'DELETE',
  path: '/v1/shoppers/:id',
  tag: 'shoppers',
  summary:
    'Erase a shopper: all events, decisions and offers, those of browsers known to be the same shopper too',
  answers: {
    200: {
      doc: 'Erased from disk; asked again, there is nothing left to erase.',
      schema: {
        type: 'object',
        properties: {
          userId: { type: 'string' },
          erased: { type: 'integer', description: 'events that were removed; 0 where there were none' },
          tookMs: { type: 'number' },
        },
      },
    },
  },
  async handle(request, _reply, shop) {
    const began = performance.now();
    const { id } = request.params as { readonly id: string };
    const erased = await readyLoop(shop).erase(id);
    return { userId: id, erased, tookMs: performance.now() - began };
  },
};

async function describe(loop: ReturnType<typeof readyLoop>, shopper: string) {
  const state = await loop.state(shopper);
  const expects = await loop.expectations(shopper);
  return {
    userId: shopper,
    segment: segmentOf(state, Math.max(state.asOf, Date.now())),
    // Data of another year make everybody lapse by today's clock: what they were when they were here tells more.
    ...(state.actions > 0 && {
      lastSeen: { timestamp: state.lastTime, segment: segmentOf(state, state.lastTime) },
    }),
    actions: state.actions,
    orders: state.orders,
    ...(expects && { expects }),
    recent: state.tokens
      .filter((token) => token.item !== '')
      .slice(-8)
      .reverse()
      .map(({ item, type, time }) => {
        const title = loop.catalogue.items[loop.catalogue.indexOf(item) ?? -1]?.title;
        return {
          eventType: eventTypes[type]!.name,
          itemId: item,
          ...(title === undefined ? {} : { title }),
          timestamp: time,
        };
      }),
  };
}
