import type { FastifyReply } from 'fastify';
import { type ErrorCode, errors } from '../core/index.ts';

/** An error as RFC 9457 problem+json, its status and help from the one table of errors. */
export function sendProblem(
  reply: FastifyReply,
  code: ErrorCode,
  detail: string,
  more: Readonly<Record<string, unknown>> = {},
): FastifyReply {
  const { status, help } = errors[code];
  return reply
    .code(status)
    .type('application/problem+json')
    .send({
      type: `urn:tendril:error:${code}`,
      title: code.replaceAll('-', ' '),
      status,
      detail,
      code,
      help,
      ...more,
    });
}
