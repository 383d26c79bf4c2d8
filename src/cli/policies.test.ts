import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { directoryRegistry, openDataDirectory } from '../adapters/index.ts';
import { someManifest } from '../registry/registry.suite.ts';
import { captureOutput } from './captured-output.suite.ts';
import { main } from './main.ts';
import { testFolder } from './test-folder.suite.ts';

const scratch = testFolder();
const captured = captureOutput();

/** What `tendril policies` prints, by agent@version, and which of them serve. */
async function policies(...args: string[]): Promise<{ listed: string[]; serving: string[] }> {
  captured.out = '';
  expect(await main(['policies', '--data', scratch.path, '--json', ...args])).toBe(0);
  const rows = captured.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const nameOf = (row: { agent: string; version: number }): string => `${row.agent}@${row.version}`;
  return { listed: rows.map(nameOf), serving: rows.filter(({ serves }) => serves).map(nameOf) };
}

test('lists what is stored, puts another to serve and goes back; a wrong name changes nothing', async () => {
  const { modelsPath } = openDataDirectory(scratch.path, { create: true });
  expect(await main(['policies', '--data', scratch.path])).toBe(1);
  expect(captured.err).toContain('there is no version here that can be read; train one first');
  const registry = directoryRegistry(modelsPath);
  for (const createdAt of [1, 2, 3])
    await registry.put(Uint8Array.of(createdAt), someManifest('markov', createdAt));
  await registry.promote('markov', 2, 1);
  expect(await policies()).toEqual({ listed: ['markov@3', 'markov@2', 'markov@1'], serving: ['markov@2'] });
  expect((await policies('--promote', 'markov@3')).serving).toEqual(['markov@3']);
  expect((await policies('--roll-back')).serving).toEqual(['markov@2']);
  for (const [wrong, said] of [
    [['--roll-back'], 'nothing served before'],
    [['--promote', 'markov'], 'accepted: AGENT@VERSION'],
    [['--promote', 'markov@9'], 'accepted: markov@3, markov@2, markov@1'],
    [['--promote', 'als@1'], 'accepted: a version that "tendril policies" lists'],
    [['--promote', 'markov@1', '--roll-back'], 'say one of'],
  ] as const) {
    expect(await main(['policies', '--data', scratch.path, ...wrong])).toBe(2);
    expect(captured.err).toContain(said);
  }
  writeFileSync(join(modelsPath, 'markov', '1.model'), 'something else');
  expect(await main(['policies', '--data', scratch.path, '--promote', 'markov@1'])).toBe(1);
  expect(captured.err).toContain('is not what was stored');
  expect((await policies()).serving).toEqual(['markov@2']);
  await registry.promote('markov', 1, 1);
  await registry.promote('markov', 3, 1);
  expect(await main(['policies', '--data', scratch.path, '--roll-back'])).toBe(1);
  expect((await policies()).serving).toEqual(['markov@3']);
});

test('lists what can be read, and warns of the rest and of what should serve', async () => {
  const { modelsPath } = openDataDirectory(scratch.path, { create: true });
  const registry = directoryRegistry(modelsPath);
  for (const createdAt of [1, 2, 3])
    await registry.put(Uint8Array.of(createdAt), someManifest('markov', createdAt));
  await registry.promote('markov', 3, 1);
  writeFileSync(join(modelsPath, 'markov', '1.json'), '{"agent":"markov"}');
  expect(await policies()).toEqual({ listed: ['markov@3', 'markov@2'], serving: ['markov@3'] });
  expect(captured.err).toMatch(/^tendril: left out: .*1\.json has no format; accepted: 1$/m);
  expect(captured.err).not.toContain('should serve');
  writeFileSync(join(modelsPath, 'markov', '3.json'), '{"agent":"mar');
  expect(await policies()).toEqual({ listed: ['markov@2'], serving: [] });
  expect(captured.err).toMatch(/^tendril: left out: .*3\.json is not a manifest: it is not JSON$/m);
  expect(captured.err).toContain('tendril: markov, version 3, should serve and cannot be read');
  expect(await policies('--promote', 'markov@2')).toEqual({ listed: ['markov@2'], serving: ['markov@2'] });
});
