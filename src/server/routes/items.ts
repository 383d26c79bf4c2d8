import { itemsSchema, jsonSchemaOf, TendrilError } from '../../core/index.ts';
import { readyLoop } from '../ready.ts';
import type { Route } from '../route.ts';
import { bodyReader, wholeNumber } from '../schemas.ts';

const read = bodyReader(itemsSchema);

const changed: Route['answers'] = {
  200: {
    doc: 'On disk, and in force from the next answer on.',
    schema: {
      type: 'object',
      properties: {
        accepted: { type: 'integer' },
        unchanged: { type: 'integer' },
        tookMs: { type: 'number' },
      },
    },
  },
  400: { doc: 'Nothing was changed; `detail` names the field.' },
};

/** `PUT /v1/items`: new and changed products, whole. */
export const putItems: Route = {
  method: 'PUT',
  path: '/v1/items',
  tag: 'items',
  summary:
    'Put products into the catalogue, or change them: up to 1,000, each whole; a field left out is gone',
  body: jsonSchemaOf(itemsSchema),
  answers: changed,
  async handle(request, _reply, shop) {
    const began = performance.now();
    const { items } = read(request.body);
    const answer = await readyLoop(shop).putItems(items as Parameters<Loop['putItems']>[0]);
    return { ...answer, tookMs: performance.now() - began };
  },
};
type Loop = ReturnType<typeof readyLoop>;

/** `PATCH /v1/items`: some fields of known products, as a stock feed has them. */
export const patchItems: Route = {
  method: 'PATCH',
  path: '/v1/items',
  tag: 'items',
  summary:
    'Change some fields of known products, such as the stock: up to 1,000; a field left out stays as it is',
  body: jsonSchemaOf(itemsSchema),
  answers: { ...changed, 404: { doc: 'One of them is not known; nothing was changed.' } },
  async handle(request, _reply, shop) {
    const began = performance.now();
    const { items } = read(request.body);
    const answer = await readyLoop(shop).patchItems(items as Parameters<Loop['patchItems']>[0]);
    return { ...answer, tookMs: performance.now() - began };
  },
};

const list = (more: object): object => ({
  type: 'object',
  properties: {
    items: {
      type: 'array',
      items: {
        type: 'object',
        required: ['itemId'],
        properties: { itemId: { type: 'string' }, title: { type: 'string' }, ...more },
      },
    },
  },
});
const limit = [
  { name: 'limit', doc: 'items wanted', schema: { type: 'integer', minimum: 1, maximum: 100, default: 10 } },
];

const score = {
  type: 'number',
  minimum: 0,
  description:
    'times chosen together / square root of the product of the times each was chosen; may be above 1 where shoppers go back and forth, 0 where only the catalogue says so',
};

/** `GET /v1/items/:id/similar`: what goes with a product. */
export const getSimilar: Route = {
  method: 'GET',
  path: '/v1/items/:id/similar',
  tag: 'items',
  summary: 'Ask what goes with a product, by what shoppers chose together',
  query: limit,
  answers: {
    200: {
      doc: 'Best first.',
      schema: list({ score, reasons: { type: 'array', items: { type: 'string' } } }),
    },
    404: { doc: 'Unknown item.' },
  },
  async handle(request, _reply, shop) {
    const { id } = request.params as { readonly id: string };
    const wanted = wholeNumber((request.query as Record<string, unknown>).limit, 'limit', 10, 100);
    const items = readyLoop(shop).similar(id, wanted);
    if (!items) throw new TendrilError('unknown-item', `there is no item "${id.slice(0, 100)}"`);
    return { itemId: id, items };
  },
};

/** `GET /v1/trending`: chosen most this week. */
export const getTrending: Route = {
  method: 'GET',
  path: '/v1/trending',
  tag: 'items',
  summary: 'Ask what was chosen most in the last seven days that saw any events',
  query: limit,
  answers: {
    200: {
      doc: 'Most first, with the window that was counted.',
      schema: list({ count: { type: 'integer' } }),
    },
  },
  async handle(request, _reply, shop) {
    const wanted = wholeNumber((request.query as Record<string, unknown>).limit, 'limit', 10, 100);
    return readyLoop(shop).trending(wanted);
  },
};
