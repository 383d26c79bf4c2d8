import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { directoryRegistry, openDataDirectory, sqliteLog } from '../adapters/index.ts';
import { memoryRegistry } from '../registry/index.ts';
import { someManifest } from '../registry/registry.suite.ts';
import { captureOutput } from './captured-output.suite.ts';
import { lessonsOf, removeOldLessons } from './lessons.ts';
import { main } from './main.ts';

let path = '';
captureOutput();
beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'tendril-lessons-'));
});
afterEach(() => {
  rmSync(path, { recursive: true, force: true });
});

/** Shoppers of a ring of ten products take the next `times` each, from the one numbered `from` on. */
async function take(logPath: string, from: number, times: number): Promise<void> {
  const log = await sqliteLog(logPath);
  await log.append(
    Array.from({ length: 12 * times }, (_, i) => {
      const [shopper, at] = [i % 12, from + Math.floor(i / 12)];
      return {
        eventId: `${shopper} ${at}`,
        eventType: 'click',
        timestamp: 1000 * at,
        userId: `u${shopper}`,
        itemId: `i${(shopper + at) % 10}`,
      };
    }),
  );
  await log.close();
}

test('what serves learns what came since, serves on, and is not taught what it knows; nor where a newer one is kept back', async () => {
  const { logPath, modelsPath } = openDataDirectory(path, { create: true });
  await take(logPath, 0, 6);
  expect(await main(['train', 'markov', '--data', path])).toBe(0);
  const registry = directoryRegistry(modelsPath);
  let interactions = (await registry.serving())!.data.interactions;
  const lessons = lessonsOf(registry, path, () => interactions);
  expect(await lessons.teach()).toBeUndefined();
  await take(logPath, 6, 2);
  interactions += 24;
  expect(await lessons.teach()).toMatchObject({ agent: 'markov', version: 2, taughtFrom: 1 });
  expect((await registry.serving())!.data.interactions).toBe(interactions);
  expect(await lessons.teach()).toBeUndefined();
  await registry.rollBack(1);
  interactions += 1;
  await expect(lessons.teach()).rejects.toThrow(
    'version 1 of "markov" serves, and a lesson would go on with version 2',
  );
}, 30_000);

test('where a lesson fails what it said last is told', async () => {
  const { modelsPath } = openDataDirectory(path, { create: true });
  const registry = directoryRegistry(modelsPath);
  await registry.put(Uint8Array.of(1), someManifest('markov'));
  await registry.promote('markov', 1, 1);
  await expect(lessonsOf(registry, path, () => 1000).teach()).rejects.toThrow(
    /^the lesson failed: there is no log at .*Import events first/,
  );
  expect(await registry.serving()).toMatchObject({ version: 1 });
}, 30_000);

test('the newest lessons stay, and all that was trained anew', async () => {
  const registry = memoryRegistry();
  for (let version = 1; version <= 9; version++)
    await registry.put(Uint8Array.of(version), {
      ...someManifest('als', version),
      ...(version !== 1 && version !== 3 && { taughtFrom: version - 1 }),
    });
  await registry.promote('als', 9, 1);
  await removeOldLessons(registry, 'als');
  expect((await registry.list('als')).map(({ version }) => version)).toEqual([9, 8, 7, 6, 5, 3, 1]);
});
