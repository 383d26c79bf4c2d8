import { sendProblem } from '../problem.ts';
import { whereItIs } from '../ready.ts';
import type { Route } from '../route.ts';

/** `GET /health/live`: the process answers. */
export const getLive: Route = {
  method: 'GET',
  path: '/health/live',
  tag: 'health',
  summary: 'Is the process alive',
  answers: { 200: { doc: 'It is.', schema: { type: 'object', properties: { live: { const: true } } } } },
  handle: async () => ({ live: true }),
};

/** `GET /health/ready`: a policy serves. */
export const getReady: Route = {
  method: 'GET',
  path: '/health/ready',
  tag: 'health',
  summary: 'Does a policy serve yet; if not, what is being done',
  answers: {
    200: { doc: 'It does, and which.', schema: { type: 'object' } },
    503: { doc: 'Not yet; `steps` says how far it is.' },
  },
  async handle(_request, reply, shop) {
    const serving = shop.loop?.serving;
    if (!serving)
      return sendProblem(reply, 'not-ready', whereItIs(shop), { ready: false, steps: shop.progress });
    return {
      ready: true,
      policy: { id: serving.agent, version: String(serving.version), metrics: serving.metrics },
      steps: shop.progress,
      size: shop.loop?.size,
      notes: shop.notes,
    };
  },
};
