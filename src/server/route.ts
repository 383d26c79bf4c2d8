import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Shop } from './shop.ts';

/** One address: what it takes and answers, and the doing of it. The OpenAPI page is made from these. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With parameters as `:name`. */
  readonly path: string;
  readonly summary: string;
  readonly tag: string;
  /** JSON Schema of the body. */
  readonly body?: object;
  readonly query?: readonly { readonly name: string; readonly doc: string; readonly schema: object }[];
  /** By status: what it means, and the JSON Schema of what is sent. */
  readonly answers: Readonly<Record<number, { readonly doc: string; readonly schema?: object }>>;
  handle(request: FastifyRequest, reply: FastifyReply, shop: Shop): Promise<unknown>;
}
