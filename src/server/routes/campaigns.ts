import { campaignSchema, jsonSchemaOf, readCampaign, TendrilError } from '../../core/index.ts';
import { type CampaignReport, shownMoney } from '../../offer/index.ts';
import { readyLoop } from '../ready.ts';
import type { Route } from '../route.ts';
import { camelCased } from '../schemas.ts';

const report = {
  type: 'object',
  properties: {
    campaign: jsonSchemaOf(campaignSchema),
    contacts: { type: 'integer', description: 'shoppers written to' },
    spent: { type: 'number', description: 'money spent or set aside by this campaign' },
    budget: {
      type: 'object',
      description: 'shared with others where the campaign says so',
      properties: { amount: { type: 'number' }, left: { type: 'number' }, price: { type: 'number' } },
    },
    policy: {
      type: 'object',
      properties: {
        id: { type: 'string' },
        version: { type: 'string' },
        learned: { type: 'integer', description: 'outcomes it learned from' },
      },
    },
    open: { type: 'integer', description: 'decisions whose window is open' },
    closed: { type: 'integer' },
    meanReward: { type: 'number', description: 'of the closed ones' },
    caution: {
      type: 'string',
      description: 'what is to be known before it learns and outcomes are compared, if anything',
    },
  },
};

const shown = ({ spent, budget, ...report }: CampaignReport): CampaignReport => ({
  ...report,
  spent: shownMoney(spent),
  budget: { ...budget, left: shownMoney(budget.left) },
});

/** `PUT /v1/campaigns/:id`: declares a campaign, or changes it. */
export const putCampaign: Route = {
  method: 'PUT',
  path: '/v1/campaigns/:id',
  tag: 'offers',
  summary: 'Declare what may be offered, through which channels, at what cost, or change it',
  body: jsonSchemaOf(campaignSchema),
  answers: {
    200: { doc: 'On disk, and in force from the next offer on.', schema: report },
    400: { doc: 'Nothing was changed; `detail` names the field, or the policy file that is not there.' },
    409: { doc: 'The policy file it names is not one that can serve it.' },
  },
  async handle(request, _reply, shop) {
    const { id } = request.params as { readonly id: string };
    const body = camelCased(request.body);
    const given = typeof body === 'object' && body !== null && !Array.isArray(body) ? body : undefined;
    const read = readCampaign(given ? { campaignId: id, ...given } : body);
    if (!read.ok) throw new TendrilError(read.error.code, read.error.message);
    if (read.value.campaignId !== id)
      throw new TendrilError(
        'bad-request',
        `campaignId is ${JSON.stringify(read.value.campaignId)}; accepted: ${JSON.stringify(id)}, as in the address, or no campaignId`,
      );
    return shown(await readyLoop(shop).offers.declare(read.value));
  },
};

/** `DELETE /v1/campaigns/:id`: ends it; nothing of it is lost. */
export const deleteCampaign: Route = {
  method: 'DELETE',
  path: '/v1/campaigns/:id',
  tag: 'offers',
  summary:
    'End a campaign now; its log and what came of it stay, and PUT with a later until, or none, goes on',
  answers: {
    200: { doc: 'Its `until` is now; no offer is made any more.', schema: report },
    404: { doc: 'No such campaign.' },
    409: { doc: 'It makes no offers as it is; `detail` says why.' },
  },
  async handle(request, _reply, shop) {
    const { id } = request.params as { readonly id: string };
    return shown(await readyLoop(shop).offers.end(id));
  },
};

/** `GET /v1/campaigns`: all of them. */
export const getCampaigns: Route = {
  method: 'GET',
  path: '/v1/campaigns',
  tag: 'offers',
  summary: 'See every campaign, what it spent and what came of it',
  answers: {
    200: {
      doc: 'In no particular order.',
      schema: { type: 'object', properties: { campaigns: { type: 'array', items: report } } },
    },
  },
  async handle(_request, _reply, shop) {
    const { offers } = readyLoop(shop);
    await offers.tick();
    return { campaigns: offers.list().map(shown) };
  },
};

/** `GET /v1/campaigns/:id`: one of them. */
export const getCampaign: Route = {
  method: 'GET',
  path: '/v1/campaigns/:id',
  tag: 'offers',
  summary: 'See one campaign, what it spent and what came of it',
  answers: {
    200: { doc: 'The campaign.', schema: report },
    404: { doc: 'No such campaign.' },
    409: { doc: 'It makes no offers; `detail` says why.' },
  },
  async handle(request, _reply, shop) {
    const { id } = request.params as { readonly id: string };
    const { offers } = readyLoop(shop);
    await offers.tick();
    return shown(offers.report(id));
  },
};
