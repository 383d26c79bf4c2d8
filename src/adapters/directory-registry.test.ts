import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, describe, expect, test } from 'vitest';
import { registrySuite, someManifest } from '../registry/registry.suite.ts';
import { directoryRegistry } from './directory-registry.ts';

const made: string[] = [];
const newDirectory = (): string => {
  const path = mkdtempSync(join(tmpdir(), 'tendril-registry-'));
  made.push(path);
  return path;
};
afterAll(() => {
  for (const path of made) rmSync(path, { recursive: true });
});

registrySuite('directoryRegistry', async () => directoryRegistry(join(newDirectory(), 'models')));

describe('directoryRegistry', () => {
  test('a second one on the same directory sees everything, at once', async () => {
    const path = newDirectory();
    const [trainer, server] = [directoryRegistry(path), directoryRegistry(path)];
    expect(await server.serving()).toBeUndefined();
    await trainer.put(Uint8Array.of(1), someManifest('markov'));
    await trainer.put(Uint8Array.of(2), someManifest('markov'));
    await trainer.promote('markov', 1, 1);
    expect(await server.serving()).toMatchObject({ version: 1 });
    await trainer.promote('markov', 2, 2);
    expect(await server.serving()).toMatchObject({ version: 2 });
    await server.rollBack(3);
    expect(await trainer.serving()).toMatchObject({ version: 1 });
    expect((await server.get('markov', 2))?.model).toEqual(Uint8Array.of(2));
    expect(await directoryRegistry(path).serving()).toMatchObject({ version: 1 });
  });
  test('writers at the same time get different versions and lose none', async () => {
    const path = newDirectory();
    const code = `
      import('${new URL('./directory-registry.ts', import.meta.url)}').then(async ({ directoryRegistry }) => {
        const { workerData, parentPort } = await import('node:worker_threads');
        const registry = directoryRegistry(workerData.path);
        for (let i = 0; i < 5; i++) await registry.put(Uint8Array.of(workerData.id, i), workerData.manifest);
        parentPort.postMessage('done');
      });`;
    await Promise.all(
      [0, 1, 2].map(
        (id) =>
          new Promise((resolve, reject) => {
            const worker = new Worker(code, {
              eval: true,
              workerData: { path, id, manifest: someManifest('a') },
            });
            worker.once('message', resolve).once('error', reject);
          }),
      ),
    );
    const registry = directoryRegistry(path);
    const versions = (await registry.list('a')).map((manifest) => manifest.version);
    expect(versions.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 15 }, (_, i) => i + 1));
    const models = await Promise.all(versions.map(async (v) => String((await registry.get('a', v))!.model)));
    expect(new Set(models).size).toBe(15);
    expect(readdirSync(join(path, 'a')).filter((name) => name.endsWith('.draft'))).toEqual([]);
  });
  test('changed, missing and foreign files are told in a sentence', async () => {
    const path = newDirectory();
    const registry = directoryRegistry(path);
    await registry.put(Uint8Array.of(1, 2, 3), someManifest('markov'));
    writeFileSync(join(path, 'markov', '1.model'), 'xyz');
    await expect(registry.get('markov', 1)).rejects.toMatchObject({
      code: 'bad-model',
      message: expect.stringMatching(/1\.model is not what was stored: its bytes have another SHA-256$/),
    });
    writeFileSync(join(path, 'markov', '1.model'), 'xy');
    await expect(registry.get('markov', 1)).rejects.toThrow('it has 2 bytes, 3 were written');
    rmSync(join(path, 'markov', '1.model'));
    await expect(registry.get('markov', 1)).rejects.toThrow('1.model is missing');
    writeFileSync(join(path, 'markov', '1.json'), '{"format": 2}');
    await expect(registry.get('markov', 1)).rejects.toThrow('is of format 2; this version reads format 1');
    writeFileSync(join(path, 'markov', '1.json'), '{}');
    await expect(registry.get('markov', 1)).rejects.toThrow('1.json has no format; accepted: 1');
    writeFileSync(join(path, 'markov', '1.json'), '{"format":1,"agent":"markov","version":1,"file":{}}');
    await expect(registry.get('markov', 1)).rejects.toThrow('is not the manifest of version 1');
    writeFileSync(join(path, 'markov', '1.json'), 'PNG\0');
    await expect(registry.get('markov', 1)).rejects.toThrow('it is not JSON');
    await expect(registry.get('../markov', 1)).rejects.toThrow('cannot name an agent');
  });
  test('what cannot be read is told and left out of the list, or ends it where nobody is told', async () => {
    const path = newDirectory();
    for (let i = 0; i < 3; i++) await directoryRegistry(path).put(Uint8Array.of(i), someManifest('markov'));
    writeFileSync(join(path, 'markov', '2.json'), '{"agent":"markov"}');
    const registry = directoryRegistry(path);
    await expect(registry.list('markov')).rejects.toMatchObject({ code: 'bad-model' });
    const told: string[] = [];
    const listed = await registry.list(undefined, (problem) => told.push(problem));
    expect(listed.map(({ version }) => version)).toEqual([3, 1]);
    expect(told).toEqual([expect.stringMatching(/2\.json has no format; accepted: 1$/)]);
  });
  test('files that are not ours are passed over', async () => {
    const path = newDirectory();
    const registry = directoryRegistry(path);
    await registry.put(Uint8Array.of(1), someManifest('markov'));
    writeFileSync(join(path, '.DS_Store'), '');
    writeFileSync(join(path, 'markov', 'notes.json'), '');
    mkdirSync(join(path, 'Backup Copy'));
    expect(await registry.list()).toHaveLength(1);
  });
  test('a promotion whose line was cut off by a crash did not happen; a foreign line is told', async () => {
    const path = newDirectory();
    const registry = directoryRegistry(path);
    for (let i = 0; i < 2; i++) await registry.put(Uint8Array.of(i), someManifest('markov'));
    await registry.promote('markov', 1, 1);
    appendFileSync(join(path, 'promotions.jsonl'), '{"act":"promote","agent":"mar');
    expect(await registry.serving()).toMatchObject({ version: 1 });
    const after = directoryRegistry(path);
    await after.promote('markov', 2, 2);
    expect(await after.serving()).toMatchObject({ version: 2 });
    const sound = readFileSync(join(path, 'promotions.jsonl'));
    appendFileSync(join(path, 'promotions.jsonl'), 'hello\n');
    for (const registry of [after, directoryRegistry(path)]) {
      await expect(registry.serving()).rejects.toMatchObject({
        code: 'bad-line',
        message: expect.stringMatching(
          /^line 4 of .*promotions\.jsonl is not a promotion; remove that line: hello$/,
        ),
      });
      await expect(registry.promote('markov', 1, 3)).rejects.toThrow('line 4 of');
    }
    // Removed as told, all is as before.
    writeFileSync(join(path, 'promotions.jsonl'), sound);
    for (const registry of [after, directoryRegistry(path)])
      expect((await registry.promoted()).map(({ version }) => version)).toEqual([2, 1]);
  });
});
