import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  LogController,
} from 'fastify';
import { destination, type Logger, pino } from 'pino';
import { TendrilError } from '../core/index.ts';
import { gate } from './gate.ts';
import { noRoute } from './no-route.ts';
import { openapi } from './openapi.ts';
import { page } from './page.ts';
import { sendProblem } from './problem.ts';
import { routes } from './routes/index.ts';
import type { Shop } from './shop.ts';
import { answerUnreadable } from './unreadable.ts';

export interface AppSettings {
  readonly shop: Shop;
  readonly version: string;
  /** Needed by every request that tells of shoppers, where there is one. */
  readonly key?: string | undefined;
  readonly logger?: Logger;
}

/** Lines of the log go to stderr as JSON: method, route, status, time; never who asked or what for. */
export const requestLog = (level: string): Logger =>
  pino({ level, base: null }, destination({ fd: 2, sync: true }));

/** The HTTP face of a shop. */
export function createApp({
  shop,
  version,
  key,
  logger = requestLog('silent'),
}: AppSettings): FastifyInstance {
  const app = fastify({
    loggerInstance: logger as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: 1_000_000,
    routerOptions: { maxParamLength: 600 },
    forceCloseConnections: 'idle',
    // What comes in while it closes is still answered: the shop closes last.
    return503OnClosing: false,
    // A request without Host is told so by the gate.
    http: { requireHostHeader: false },
    clientErrorHandler: answerUnreadable,
    frameworkErrors: (error, _request, reply) => {
      sendProblem(reply, 'bad-request', `the request cannot be read: ${error.message}`);
    },
  });
  app.removeContentTypeParser('text/plain');
  app.addHook('onRequest', async (request, reply) => gate(key)(request, reply));
  app.addHook('onRequest', async ({ method, headers }) => {
    if (
      (method === 'POST' || method === 'PUT' || method === 'PATCH') &&
      !/^application\/json\b/i.test(headers['content-type'] ?? '')
    ) {
      throw new TendrilError(
        'not-json',
        `Content-Type is ${JSON.stringify(headers['content-type'] ?? null)}`,
      );
    }
  });
  app.addHook('onSend', async (_request, reply) => {
    reply.header('X-Content-Type-Options', 'nosniff').header('Referrer-Policy', 'no-referrer');
    if (!reply.hasHeader('Content-Security-Policy')) {
      reply.header('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'");
    }
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown';
    request.log.info(
      {
        method: request.method,
        route,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime * 10) / 10,
      },
      'answered',
    );
  });

  for (const { method, path, handle } of routes) {
    app.route({ method, url: path, handler: (request, reply) => handle(request, reply, shop) });
  }
  const description = openapi(routes, version);
  app.get('/openapi.json', async () => description);
  app.get('/', async (_request, reply) =>
    reply.type('text/html; charset=utf-8').header('Content-Security-Policy', page.policy).send(page.html),
  );
  app.get('/report', async (_request, reply) => {
    const file = join(shop.reportsPath, 'report.html');
    if (!existsSync(file))
      throw new TendrilError('not-found', 'there is no report yet; it is written after training');
    return reply
      .type('text/html; charset=utf-8')
      .header(
        'Content-Security-Policy',
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; frame-ancestors 'none'",
      )
      .send(await readFile(file));
  });

  app.setNotFoundHandler(
    noRoute([...routes, ...['/', '/report', '/openapi.json'].map((path) => ({ method: 'GET', path }))]),
  );
  app.setErrorHandler((error: FastifyError | TendrilError, request, reply) => {
    if (error instanceof TendrilError) return sendProblem(reply, error.code, error.message);
    if (error.statusCode === 413) return sendProblem(reply, 'too-large', 'the body is larger than 1 MB');
    if (error.statusCode === 415)
      return sendProblem(reply, 'not-json', 'the body is not JSON by its Content-Type');
    if (error.code === 'FST_ERR_CTP_INVALID_JSON_BODY')
      return sendProblem(
        reply,
        'bad-request',
        'the request cannot be read: its body is not JSON; accepted: JSON without NaN, Infinity, comments or a comma before the end, and no field __proto__',
      );
    if (error.statusCode !== undefined && error.statusCode < 500) {
      return sendProblem(reply, 'bad-request', `the request cannot be read: ${error.message}`);
    }
    request.log.error({ err: error }, 'failed');
    return sendProblem(reply, 'internal', 'something went wrong here; nothing stored is lost');
  });
  return app;
}
