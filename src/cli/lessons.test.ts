import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { directoryRegistry, openDataDirectory, sqliteLog } from '../adapters/index.ts';
import { memoryRegistry } from '../registry/index.ts';
import { someManifest } from '../registry/registry.suite.ts';
import { captureOutput } from './captured-output.suite.ts';
import { lessonsOf, removeOldLessons } from './lessons.ts';
import { main } from './main.ts';
import { testFolder } from './test-folder.suite.ts';

const scratch = testFolder();
captureOutput();

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

/** A shop whose `markov` serves, and its lessons by a count that the test sets. */
async function taughtShop() {
  const directory = openDataDirectory(scratch.path, { create: true });
  await take(directory.logPath, 0, 6);
  expect(await main(['train', '--agents', 'popularity,markov', '--data', scratch.path])).toBe(0);
  const registry = directoryRegistry(directory.modelsPath);
  const serving = (await registry.serving())!;
  expect(serving.agent).toBe('markov');
  const count = { interactions: serving.data.interactions };
  return { directory, registry, count, lessons: lessonsOf(registry, directory, () => count.interactions) };
}

test('what serves learns what came since, and serves on; it goes on from what serves, whatever else is stored', async () => {
  const { directory, registry, count, lessons } = await taughtShop();
  expect(await lessons.teach()).toBeUndefined();
  await take(directory.logPath, 6, 2);
  count.interactions += 24;
  expect(await lessons.teach()).toMatchObject({ agent: 'markov', version: 2, taughtFrom: 1, trainedAs: 1 });
  expect((await registry.serving())!.data.interactions).toBe(count.interactions);
  expect(await lessons.teach()).toBeUndefined();
  await take(directory.logPath, 100, 1);
  count.interactions += 12;
  expect(await lessons.teach()).toMatchObject({ version: 3, taughtFrom: 2, trainedAs: 1 });
  await registry.rollBack(1);
  await registry.rollBack(1);
  await take(directory.logPath, 8, 1);
  count.interactions += 12;
  expect(await lessons.teach()).toMatchObject({ version: 4, taughtFrom: 1, trainedAs: 1 });
  // An event was forgotten: the count is another, and there is nothing to teach.
  count.interactions -= 1;
  expect(await lessons.teach()).toBeUndefined();
  expect(await registry.list('markov')).toHaveLength(4);
});

test('where another version is promoted meanwhile that one serves on', async () => {
  const { directory, registry, count, lessons } = await taughtShop();
  await take(directory.logPath, 6, 2);
  count.interactions += 24;
  const taught = lessons.teach();
  await registry.promote('popularity', 1, Date.now());
  expect(await taught).toBeUndefined();
  expect(await registry.serving()).toMatchObject({ agent: 'popularity' });
  expect(await registry.list('markov')).toHaveLength(2);
});

test('what goes wrong is told once, in a sentence; a shop that closes is quiet', async () => {
  const { directory, count, lessons } = await taughtShop();
  rmSync(join(directory.modelsPath, 'markov', '1.model'));
  const told: string[] = [];
  let looks = 0;
  lessons.every(
    0.002,
    () => {
      looks++;
      count.interactions++;
      return false;
    },
    (message) => told.push(message),
  );
  while (looks < 3) await new Promise((next) => setTimeout(next, 50));
  expect(told).toEqual([
    expect.stringMatching(/^markov, version 1, learns nothing: .*1\.model is missing.*trains it anew$/),
  ]);
  const pending = lessonsOf(directoryRegistry(directory.modelsPath), directory, () => 1e6);
  const lesson = pending.teach();
  await new Promise((next) => setTimeout(next, 20));
  pending.close();
  await expect(lesson).rejects.toThrow('the process that teaches was killed');
  lessons.close();
  expect(told).toHaveLength(1);
  expect(lessons.notes).toEqual(told);
});

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

test('a stored version that cannot be read keeps no lesson from being removed', async () => {
  const registry = directoryRegistry(scratch.path);
  for (let version = 1; version <= 8; version++)
    await registry.put(Uint8Array.of(version), {
      ...someManifest('als', version),
      ...(version > 1 && { taughtFrom: version - 1 }),
    });
  await registry.promote('als', 8, 1);
  writeFileSync(join(scratch.path, 'als', '1.json'), '{"agent":"als"');
  const after = directoryRegistry(scratch.path);
  await removeOldLessons(after, 'als');
  expect((await after.list('als', () => {})).map(({ version }) => version)).toEqual([8, 7, 6, 5, 4]);
});
