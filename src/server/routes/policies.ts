import { trainedAnew } from '../../registry/index.ts';
import type { Route } from '../route.ts';

/** `GET /v1/policies`: which model version serves, and what else there is. */
export const getPolicies: Route = {
  method: 'GET',
  path: '/v1/policies',
  tag: 'policies',
  summary: 'See which model version serves, which there are, and what they measured',
  answers: {
    200: { doc: 'Newest first. `notes` name what is stored and cannot be read.', schema: { type: 'object' } },
  },
  async handle(_request, _reply, shop) {
    const unreadable: string[] = [];
    const versions = await shop.versions((problem) => unreadable.push(problem));
    const serving = shop.loop?.serving;
    const anew = serving && trainedAnew(serving, versions);
    return {
      serving: serving
        ? { ...brief(serving), trainedAnew: anew && { version: anew.version, metrics: anew.metrics } }
        : null,
      versions: versions.map(brief),
      notes: [...shop.notes, ...unreadable],
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
