import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { referencePages } from '../../scripts/docs.ts';
import { agents } from '../../src/agent/index.ts';
import { errors } from '../../src/core/index.ts';
import { worlds } from '../../src/world/index.ts';

/** Both ways: what the code has is on the page, and the page has nothing else. */
const root = join(import.meta.dirname, '../..');
const read = (path: string): string =>
  existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : '';
const pages = await referencePages();

test.each(Object.keys(pages))('%s is what the code says (else: npm run docs)', (path) =>
  expect(read(path)).toBe(pages[path]),
);

test('the reference holds no page that nothing writes', () =>
  expect(
    readdirSync(join(root, 'docs/reference'))
      .map((file) => `docs/reference/${file}`)
      .sort(),
  ).toEqual(Object.keys(pages).sort()));

describe('the pages themselves', () => {
  const headings = (path: string): string[] =>
    [...read(path).matchAll(/^## (.+)$/gm)].map((match) => match[1]!);
  test('have a section for each world, agent and command, and a row for each error', () => {
    expect(headings('docs/reference/worlds.md')).toEqual(worlds.map(({ id }) => id));
    expect(headings('docs/reference/agents.md')).toEqual(agents.map(({ name }) => name));
    expect([...read('docs/reference/errors.md').matchAll(/^\| `(.+?)`/gm)].map((match) => match[1])).toEqual(
      Object.keys(errors),
    );
  });
});
