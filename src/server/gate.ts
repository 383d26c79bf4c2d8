import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendProblem } from './problem.ts';

/**
 * Who may ask. Without a key only this machine may, and two headers are looked at, else any web page that somebody
 * opens on this machine could read and write the shop: `Host` must name this machine (a stranger's name that was bent
 * to 127.0.0.1 does not), and `Origin`, which browsers send with what a page asks for, must be our own.
 * With a key every request must carry it but for those to `open`; keys are compared as hashes, in constant time.
 */
export function gate(
  key: string | undefined,
): (request: FastifyRequest, reply: FastifyReply) => FastifyReply | undefined {
  const wanted = key === undefined ? undefined : hashed(key);
  return (request, reply) => {
    const { host, origin } = request.headers;
    if (origin !== undefined && hostOf(origin) !== host?.toLowerCase()) {
      return sendProblem(reply, 'forbidden-origin', `requests from ${shorten(origin)} are not taken`);
    }
    if (wanted === undefined) {
      if (isLoopback(nameOf(host ?? ''))) return undefined;
      return sendProblem(
        reply,
        'forbidden-origin',
        `Host is ${JSON.stringify(shorten(host ?? ''))}; accepted without a key: localhost, 127.0.0.1, [::1]`,
      );
    }
    // By the route that was found: an address has other spellings (%76 for v, a whole URL), which the router reads too.
    const { url } = request.routeOptions;
    if (url === undefined || open.has(url)) return undefined;
    const given = givenKey(request);
    if (given !== undefined && timingSafeEqual(hashed(given), wanted)) return undefined;
    return sendProblem(
      reply,
      'unauthorized',
      given === undefined ? 'a key is needed' : 'the key is not the right one',
    );
  };
}

/** What tells nothing of a shopper. The page asks for the key itself; a browser opens it without one. */
const open: ReadonlySet<string> = new Set(['/', '/openapi.json', '/health/live', '/health/ready']);

/** True for names and addresses that only this machine reaches. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase();
  if (name === 'localhost' || name.endsWith('.localhost') || name === '::1') return true;
  return isIP(name) === 4 && name.startsWith('127.');
}

const hashed = (text: string): Buffer => createHash('sha256').update(text).digest();
const shorten = (text: string): string => text.slice(0, 100);

/** A Host header without its port and brackets. */
const nameOf = (host: string): string =>
  host.startsWith('[') ? host.slice(1, host.indexOf(']')) : host.replace(/:\d*$/, '');

function hostOf(origin: string): string | undefined {
  try {
    return new URL(origin).host;
  } catch {
    return undefined;
  }
}

function givenKey(request: FastifyRequest): string | undefined {
  const { authorization, 'x-api-key': apiKey } = request.headers;
  if (typeof apiKey === 'string') return apiKey;
  return /^bearer (.+)$/i.exec(authorization ?? '')?.[1];
}
