import { eventSchema, jsonSchemaOf, TendrilError } from '../../core/index.ts';
import { sendProblem } from '../problem.ts';
import { readyLoop } from '../ready.ts';
import type { Route } from '../route.ts';

const most = 1_000;

/** `POST /v1/events`: one event, a list, or {"events": [...]}. Answered when they are on disk. */
export const postEvents: Route = {
  method: 'POST',
  path: '/v1/events',
  tag: 'events',
  summary: 'Tell what shoppers did: one event or up to 1,000',
  body: {
    oneOf: [
      jsonSchemaOf(eventSchema),
      { type: 'array', minItems: 1, maxItems: most, items: jsonSchemaOf(eventSchema) },
      {
        type: 'object',
        required: ['events'],
        properties: { events: { type: 'array', minItems: 1, maxItems: most } },
      },
    ],
  },
  answers: {
    202: {
      doc: 'On disk. What was refused is listed with its place; the others were taken.',
      schema: {
        type: 'object',
        required: ['accepted', 'duplicates', 'rejected', 'tookMs'],
        properties: {
          accepted: { type: 'integer' },
          duplicates: { type: 'integer' },
          rejected: {
            type: 'array',
            items: {
              type: 'object',
              properties: {
                index: { type: 'integer' },
                code: { type: 'string' },
                message: { type: 'string' },
              },
            },
          },
          tookMs: { type: 'number' },
        },
      },
    },
    400: { doc: 'Nothing of it was an event; `rejected` says why.' },
    413: { doc: 'More than 1,000 events or 1 MB.' },
  },
  async handle(request, reply, shop) {
    const began = performance.now();
    const loop = readyLoop(shop);
    const events = eventsOf(request.body);
    if (events.length > most) {
      throw new TendrilError('too-large', `${events.length} events at once; accepted: 1 to ${most}`);
    }
    const answer = await loop.ingest(events);
    if (answer.rejected.length === events.length) {
      const [first] = answer.rejected;
      return sendProblem(
        reply,
        first?.code ?? 'bad-request',
        first?.message ?? 'the list of events is empty; accepted: 1 to 1,000 events',
        { rejected: answer.rejected },
      );
    }
    return reply.code(202).send({ ...answer, tookMs: performance.now() - began });
  },
};

function eventsOf(body: unknown): readonly unknown[] {
  if (Array.isArray(body)) return body;
  if (typeof body !== 'object' || body === null) return [body];
  const { events } = body as { readonly events?: unknown };
  return Array.isArray(events) ? events : [body];
}
