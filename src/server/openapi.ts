import { errors } from '../core/index.ts';
import type { Route } from './route.ts';

/** The routes as an OpenAPI 3.1 document. */
export function openapi(routes: readonly Route[], version: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const { method, path, summary, tag, body, query = [], answers } of routes) {
    const names = [...path.matchAll(/:(\w+)/g)].map((match) => match[1]!);
    const address = path.replace(/:(\w+)/g, '{$1}');
    paths[address] ??= {};
    paths[address][method.toLowerCase()] = {
      operationId: `${method.toLowerCase()}${address.replace(/[^a-zA-Z]+(\w)?/g, (_, letter = '') => letter.toUpperCase())}`,
      summary,
      tags: [tag],
      parameters: [
        ...names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
        ...query.map(({ name, doc, schema }) => ({ name, in: 'query', description: doc, schema })),
      ],
      ...(body ? { requestBody: { required: true, content: { 'application/json': { schema: body } } } } : {}),
      responses: {
        ...Object.fromEntries(
          Object.entries(answers).map(([status, { doc, schema }]) => [
            status,
            {
              description: doc,
              content:
                Number(status) < 400
                  ? { 'application/json': { schema: schema ?? {} } }
                  : { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
            },
          ]),
        ),
        default: {
          description: 'What went wrong.',
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      },
    };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tendril',
      version,
      description: 'Personalisation for online shops: tell what shoppers do, ask what to show them.',
    },
    security: [{}, { bearer: [] }, { apiKey: [] }],
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
      },
      schemas: {
        Problem: {
          type: 'object',
          description: 'RFC 9457.',
          required: ['type', 'title', 'status', 'detail', 'code'],
          properties: {
            type: { type: 'string' },
            title: { type: 'string' },
            status: { type: 'integer' },
            detail: { type: 'string', description: 'what is wrong, where, and what would be accepted' },
            code: { type: 'string', enum: Object.keys(errors) },
            help: { type: 'string' },
          },
        },
      },
    },
  };
}
