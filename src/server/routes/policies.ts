import type { Route } from '../route.ts';

/** `GET /v1/policies`: which model version serves, and what else there is. */
export const getPolicies: Route = {
  method: 'GET',
  path: '/v1/policies',
  tag: 'policies',
  summary: 'See which model version serves, which there are, and what they measured',
  answers: { 200: { doc: 'Newest first.', schema: { type: 'object' } } },
  async handle(_request, _reply, shop) {
    const versions = await shop.versions();
    return {
      serving: shop.loop?.serving ? brief(shop.loop.serving) : null,
      versions: versions.map(brief),
      notes: shop.notes,
    };
  },
};

const brief = ({ agent, version, taughtFrom, createdAt, metrics, data }: Manifest) => ({
  agent,
  version,
  taughtFrom,
  createdAt,
  metrics,
  data,
});
type Manifest = Awaited<ReturnType<Parameters<Route['handle']>[2]['versions']>>[number];
