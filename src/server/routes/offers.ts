import { jsonSchemaOf, offerSchema, TendrilError } from '../../core/index.ts';
import { readyLoop } from '../ready.ts';
import type { Route } from '../route.ts';
import { bodyReader } from '../schemas.ts';

const read = bodyReader(offerSchema);

const offer = {
  type: 'object',
  required: ['action', 'kind', 'words', 'mostCost'],
  properties: {
    action: { type: 'integer', description: "counted from 0 among the campaign's actions; 0 is no contact" },
    kind: { type: 'string', enum: ['no contact', 'message', 'discount', 'free shipping', 'bundle'] },
    words: { type: 'string' },
    percent: { type: 'number' },
    channel: { type: 'string' },
    itemIds: { type: 'array', items: { type: 'string' }, description: 'the products of a bundle' },
    mostCost: { type: 'number', description: 'set aside of the budget until its cost is known' },
    until: {
      type: 'string',
      format: 'date-time',
      description:
        'a coupon must end then: what is redeemed later costs the budget nothing, for what was set aside is free again; missing of no contact',
    },
  },
};
const policy = { type: 'object', properties: { id: { type: 'string' }, version: { type: 'string' } } };
const propensity = { type: 'number', description: 'probability of the action, in (0, 1]' };

/** `POST /v1/offers`: one message or none for a shopper. */
export const postOffers: Route = {
  method: 'POST',
  path: '/v1/offers',
  tag: 'offers',
  summary: 'Ask whether to write to a shopper, with which offer, through which channel',
  body: jsonSchemaOf(offerSchema),
  answers: {
    200: {
      doc: 'One action, which may be no contact. Logged; the money it may cost is set aside.',
      schema: {
        type: 'object',
        required: [
          'recommendationId',
          'campaignId',
          'offer',
          'propensity',
          'policy',
          'reasons',
          'masked',
          'budget',
        ],
        properties: {
          recommendationId: { type: 'string', description: 'send it along with the events that answer it' },
          campaignId: { type: 'string' },
          offer,
          propensity,
          explored: { type: 'boolean', description: 'chance, not the best guess, chose it' },
          policy,
          reasons: { type: 'array', items: { type: 'string' } },
          masked: {
            type: 'array',
            description:
              'every rule that forbade something, with the actions it forbade; several may forbid the same action',
            items: {
              type: 'object',
              properties: {
                code: { type: 'string' },
                reason: { type: 'string' },
                actions: { type: 'array', items: { type: 'integer' } },
              },
            },
          },
          budget: {
            type: 'object',
            properties: {
              amount: { type: 'number' },
              left: { type: 'number', description: 'neither spent nor set aside' },
              price: { type: 'number', description: 'reward a unit of it must bring' },
            },
          },
          actions: { type: 'array', items: { type: 'object' }, description: 'with explain: true' },
          explanation: { type: 'object', description: 'with explain: true' },
          degraded: {
            type: 'string',
            description:
              'says what could not be done, where the policy could not be asked or reasons not be worked out',
          },
          tookMs: { type: 'number' },
        },
      },
    },
    400: { doc: 'A field is wrong, nobody is named, or the campaign is not named where there are several.' },
    404: { doc: 'No such campaign.' },
  },
  async handle(request, _reply, shop) {
    const began = performance.now();
    const wanted = read(request.body);
    const answer = await readyLoop(shop).offers.decide(wanted);
    return { ...answer, tookMs: performance.now() - began };
  },
};

/** `GET /v1/offers/:id`: a decision as it was logged. */
export const getOffer: Route = {
  method: 'GET',
  path: '/v1/offers/:id',
  tag: 'offers',
  summary: 'See an offer as it was logged: what the policy saw, every probability, every mask',
  answers: {
    200: {
      doc: 'The decision.',
      schema: {
        type: 'object',
        properties: {
          recommendationId: { type: 'string' },
          campaignId: { type: 'string' },
          shopper: { type: 'string' },
          timestamp: { type: 'number' },
          deadline: { type: 'number', description: 'when its window is over, milliseconds' },
          policy,
          stateVersion: { type: 'integer' },
          action: { type: 'integer' },
          offer: { type: 'object' },
          propensity,
          propensities: { type: 'array', items: { type: 'number' } },
          observation: { type: 'array', items: { type: 'number' } },
          features: {
            type: 'array',
            items: { type: 'string' },
            description: 'what the policy saw, where that is not all',
          },
          masked: {
            type: 'array',
            items: { type: 'object' },
            description:
              '`action`, `code` of the first rule that forbade it, and all `codes` where several did',
          },
          allowed: { type: 'array', items: { type: 'string' } },
          atVisit: { type: 'boolean', description: 'the shopper did something within half an hour before' },
          explored: { type: 'boolean' },
          price: { type: 'number' },
        },
      },
    },
    404: { doc: 'No such decision.' },
  },
  async handle(request, _reply, shop) {
    const { id } = request.params as { readonly id: string };
    const decision = await readyLoop(shop).offers.decision(id);
    if (!decision) throw new TendrilError('not-found', `there is no offer "${id.slice(0, 100)}"`);
    return decision;
  },
};
