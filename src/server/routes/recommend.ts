import { combinations, jsonSchemaOf, recommendSchema, TendrilError } from '../../core/index.ts';
import { candidateSources, withTitles } from '../../decide/index.ts';
import { readyLoop, whereItIs } from '../ready.ts';
import type { Route } from '../route.ts';
import { bodyReader } from '../schemas.ts';

const read = bodyReader(recommendSchema);

const item = {
  type: 'object',
  required: ['itemId', 'score', 'position', 'propensity', 'explored', 'reasons'],
  properties: {
    itemId: { type: 'string' },
    title: { type: 'string' },
    position: { type: 'integer', description: '1 is the first slot' },
    score: { type: 'number' },
    propensity: {
      type: 'number',
      description: 'probability of this item in this slot, given the earlier ones',
    },
    explored: { type: 'boolean', description: 'chance, not the best guess, put it there' },
    sources: {
      type: 'array',
      items: { enum: candidateSources },
      description: 'who named it: the policy among its best, or what was counted since',
    },
    reasons: { type: 'array', items: { type: 'string' } },
    members: {
      type: 'array',
      description: 'for userIds only: what the item is to each member',
      items: {
        type: 'object',
        properties: {
          userId: { type: 'string' },
          place: {
            type: 'integer',
            description: 'among what this member could be shown; 1 is the favourite',
          },
          reasons: { type: 'array', items: { type: 'string' } },
        },
      },
    },
  },
};
const policy = {
  type: 'object',
  properties: { id: { type: 'string' }, version: { type: 'string' } },
};

/** `POST /v1/recommend`: a slate for a shopper. */
export const postRecommend: Route = {
  method: 'POST',
  path: '/v1/recommend',
  tag: 'recommendations',
  summary: 'Ask what to show a shopper, or several together',
  body: jsonSchemaOf(recommendSchema),
  answers: {
    200: {
      doc: 'Items, best first; fewer than asked for where the rules leave fewer.',
      schema: {
        type: 'object',
        required: ['recommendationId', 'policy', 'items', 'tookMs'],
        properties: {
          recommendationId: { type: 'string', description: 'send it along with the events that answer it' },
          placement: { type: 'string' },
          policy,
          items: { type: 'array', items: item },
          group: {
            type: 'object',
            description: 'for userIds only',
            properties: {
              combine: { enum: combinations },
              members: {
                type: 'array',
                items: {
                  type: 'object',
                  properties: {
                    userId: { type: 'string' },
                    satisfaction: {
                      type: 'number',
                      description: 'what the slate gives this member, of the best it could: 0 to 1',
                    },
                  },
                },
              },
            },
          },
          degraded: { type: 'string', description: 'says that a simpler policy answered, where one did' },
          notes: {
            type: 'array',
            items: { type: 'string' },
            description: 'a sentence for each pin that is not shown; and where there are no items, why',
          },
          tookMs: { type: 'number' },
        },
      },
    },
    503: { doc: 'The first policy is still training.' },
  },
  async handle(request, _reply, shop) {
    const began = performance.now();
    const wanted = read(request.body);
    if (wanted.combine !== undefined && wanted.userIds === undefined)
      throw new TendrilError('bad-request', 'combine is for several shoppers; accepted: with userIds');
    const { minPrice = 0, maxPrice = Infinity } = wanted.filter ?? {};
    if (minPrice > maxPrice)
      throw new TendrilError(
        'bad-request',
        `filter.minPrice is ${minPrice} and filter.maxPrice ${maxPrice}; accepted: a minPrice that is not above maxPrice`,
      );
    const loop = readyLoop(shop);
    const answer = await (wanted.userIds ? loop.recommendGroup(wanted) : loop.recommend(wanted));
    if (!answer) throw new TendrilError('not-ready', `there is no policy yet; ${whereItIs(shop)}`);
    return { ...answer, tookMs: performance.now() - began };
  },
};

/** `GET /v1/recommendations/:id`: a decision as it was logged, with the titles that products have now. */
export const getRecommendation: Route = {
  method: 'GET',
  path: '/v1/recommendations/:id',
  tag: 'recommendations',
  summary: 'See why something was recommended: the decision as it was logged',
  answers: {
    200: {
      doc: 'The decision.',
      schema: {
        type: 'object',
        properties: {
          recommendationId: { type: 'string' },
          shopper: { type: 'string' },
          timestamp: { type: 'number', description: 'milliseconds since 1970' },
          placement: { type: 'string' },
          policy,
          stateVersion: {
            type: 'integer',
            description: 'events of this shopper that the state held when it was decided',
          },
          support: {
            type: 'object',
            description: 'what the items were drawn from; missing in decisions of before',
            properties: {
              version: { type: 'integer', description: 'by which rules it was put together' },
              size: { type: 'integer', description: 'how many products it had' },
            },
          },
          items: { type: 'array', items: item },
        },
      },
    },
    404: { doc: 'No such decision.' },
  },
  async handle(request, _reply, shop) {
    const { id } = request.params as { readonly id: string };
    const loop = readyLoop(shop);
    const decision = await loop.decision(id);
    if (!decision) throw new TendrilError('not-found', `there is no recommendation "${id.slice(0, 100)}"`);
    return { ...decision, items: withTitles(decision.items, loop.catalogue) };
  },
};
