import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/**
 * The page at /: one file, its script inline, allowed by its hash and nothing else. Styles are free, for the report it
 * shows from memory has its own and is held to the page's policy, so no script of the report runs either.
 */
const html = readFileSync(new URL('../../src/server/page.html', import.meta.url), 'utf8');

const hashes = (tag: string): string =>
  [...html.matchAll(new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`, 'g'))]
    .map((match) => `'sha256-${createHash('sha256').update(match[1]!).digest('base64')}'`)
    .join(' ');

export const page = {
  html,
  policy: [
    "default-src 'none'",
    `script-src ${hashes('script')}`,
    "style-src 'unsafe-inline'",
    "connect-src 'self'",
    'img-src data:',
    'font-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
} as const;
