import type { FastifyReply } from 'fastify';
import { type ErrorCode, errors } from '../core/index.ts';

/** An error as RFC 9457 problem details, its status and help from the one table of errors. */
export function problemOf(
  code: ErrorCode,
  detail: string,
  more: Readonly<Record<string, unknown>> = {},
): { readonly status: number } {
  const { status, help } = errors[code];
  return {
    type: `urn:tendril:error:${code}`,
    title: code.replaceAll('-', ' '),
    status,
    detail,
    code,
    ...(help !== '' && { help }),
    ...more,
  } as { readonly status: number };
}

export function sendProblem(
  reply: FastifyReply,
  code: ErrorCode,
  detail: string,
  more?: Readonly<Record<string, unknown>>,
): FastifyReply {
  const problem = problemOf(code, detail, more);
  return reply.code(problem.status).type('application/problem+json').send(problem);
}
