import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test, vi } from 'vitest';
import { checkWorld } from '../../src/index.ts';

const root = join(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/guide/your-own-world.md'), 'utf8');
const [code, training] = Array.from(page.matchAll(/```ts\n([\s\S]*?)```/g), ([, text]) => text!);
const folder = mkdtempSync(join(tmpdir(), 'tendril-own-world-'));
afterAll(() => rmSync(folder, { recursive: true }));

function written(name: string, text: string): string {
  const path = join(folder, `${name}.ts`);
  writeFileSync(path, text.replace("'tendril'", `'${pathToFileURL(join(root, 'src/index.ts'))}'`));
  return path;
}

/** What the page's code answers, with the sources in place of the package. */
async function made(name: string, text: string): Promise<unknown[]> {
  const path = written(name, text);
  const said = vi.spyOn(console, 'log').mockReturnValue();
  const { makeWorld } = await import(path);
  const [[told]] = said.mock.calls as [[unknown[]]];
  said.mockRestore();
  expect(checkWorld(makeWorld)).toEqual(told);
  return told;
}

test('the world of the page is sound, as it says', async () => {
  expect(await made('sound', code!)).toEqual([]);
});

test('an agent learns in it what the page says', async () => {
  const said = vi.spyOn(console, 'log').mockReturnValue();
  try {
    await import(written('trained', code! + training!));
    expect(said.mock.calls).toEqual([[[]], [10]]);
  } finally {
    said.mockRestore();
  }
});

test('with its state outside it is broken, as it says', async () => {
  const [rains] = /\n {2}let rains = 0;/.exec(code!)!;
  const told = await made(
    'shared',
    code!.replace(rains, '').replace('function weather', 'let rains = 0;\nfunction weather'),
  );
  expect(told).toEqual(page.match(/^Broken: .*$/gm));
});
