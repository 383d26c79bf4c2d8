import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** The page at /: one file, its style and script inline, allowed by their hashes and nothing else. */
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
    `style-src ${hashes('style')}`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
} as const;
