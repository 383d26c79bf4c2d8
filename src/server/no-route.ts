import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendProblem } from './problem.ts';

/** Answers what no route takes: 405 with the methods there are where only the method is wrong, else 404. */
export function noRoute(
  routes: readonly { readonly method: string; readonly path: string }[],
): (request: FastifyRequest, reply: FastifyReply) => FastifyReply {
  const addresses = routes.map(({ method, path }) => ({
    methods: method === 'GET' ? ['GET', 'HEAD'] : [method],
    pattern: new RegExp(`^${path.replaceAll('.', '\\.').replace(/:\w+/g, '[^/]+')}$`),
  }));
  return ({ method, url }, reply) => {
    const [path = ''] = url.split('?');
    const shown = path.slice(0, 200);
    const allowed = addresses
      .filter(({ pattern }) => pattern.test(path))
      .flatMap(({ methods }) => methods)
      .join(', ');
    if (allowed === '') return sendProblem(reply, 'not-found', `there is no ${method} ${shown}`);
    reply.header('Allow', allowed);
    return sendProblem(reply, 'wrong-method', `${shown} does not take ${method}; accepted: ${allowed}`);
  };
}
