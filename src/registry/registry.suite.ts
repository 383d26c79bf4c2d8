import { describe, expect, test } from 'vitest';
import type { Manifest, Registry } from './registry.ts';

export const someManifest = (agent: string, createdAt = 1): Omit<Manifest, 'version'> => ({
  agent,
  format: 1,
  createdAt,
  seed: 7,
  settings: { decay: 0.8 },
  data: { fingerprint: 'f', interactions: 3, shoppers: 2, items: 1 },
  metrics: { 'ndcg@10': 0.5 },
  encoding: { historyLength: 20 },
});

/** What every Registry promises. Call it from an implementation's own test with a way to make an empty one. */
export function registrySuite(name: string, make: () => Promise<Registry>): void {
  describe(`${name} keeps the Registry contract`, () => {
    test('gives back the bytes and the manifest it was given', async () => {
      const registry = await make();
      const model = Uint8Array.of(0, 255, 10, 13, 0);
      const manifest = await registry.put(model, someManifest('markov'));
      expect(manifest).toEqual({ ...someManifest('markov'), version: 1 });
      model.fill(9);
      expect(await registry.get('markov', 1)).toEqual({ manifest, model: Uint8Array.of(0, 255, 10, 13, 0) });
      expect(await registry.get('markov', 2)).toBeUndefined();
      expect(await registry.get('other', 1)).toBeUndefined();
    });
    test('versions count up from 1 within an agent; the newest is listed first', async () => {
      const registry = await make();
      for (const [createdAt, agent] of ['a', 'b', 'a+b', 'a'].entries())
        await registry.put(Uint8Array.of(createdAt), someManifest(agent, createdAt));
      const names = (list: readonly Manifest[]) => list.map(({ agent, version }) => `${agent} ${version}`);
      expect(names(await registry.list())).toEqual(['a 2', 'a+b 1', 'b 1', 'a 1']);
      expect(names(await registry.list('a'))).toEqual(['a 2', 'a 1']);
      expect(await registry.list('c')).toEqual([]);
    });
    test('promotes, goes back, and never further than there is', async () => {
      const registry = await make();
      expect(await registry.serving()).toBeUndefined();
      expect(await registry.rollBack(1)).toBeUndefined();
      for (const agent of ['a', 'a', 'b']) await registry.put(Uint8Array.of(1), someManifest(agent));
      await registry.promote('a', 1, 10);
      await registry.promote('a', 2, 11);
      await registry.promote('a', 2, 12);
      await registry.promote('b', 1, 13);
      expect(await registry.serving()).toMatchObject({ agent: 'b', version: 1 });
      expect((await registry.promoted()).map(({ agent, version }) => `${agent} ${version}`)).toEqual([
        'b 1',
        'a 2',
        'a 1',
      ]);
      expect(await registry.rollBack(14)).toMatchObject({ agent: 'a', version: 2 });
      expect(await registry.rollBack(15)).toMatchObject({ agent: 'a', version: 1 });
      expect(await registry.rollBack(16)).toBeUndefined();
      expect(await registry.serving()).toMatchObject({ agent: 'a', version: 1 });
    });
    test('promotes only what there is', async () => {
      const registry = await make();
      await registry.put(Uint8Array.of(1), someManifest('a'));
      await expect(registry.promote('a', 2, 1)).rejects.toMatchObject({ code: 'not-found' });
      expect(await registry.serving()).toBeUndefined();
    });
    test('removes what does not serve, also from what it would go back to; numbers are not given twice', async () => {
      const registry = await make();
      for (const agent of ['a', 'a', 'a']) await registry.put(Uint8Array.of(1), someManifest(agent));
      for (const [at, version] of [1, 2, 1, 3].entries()) await registry.promote('a', version, at);
      await expect(registry.remove('a', 3, 5)).rejects.toThrow('serves; accepted: an older one');
      await expect(registry.remove('a', 4, 5)).rejects.toMatchObject({ code: 'not-found' });
      await registry.remove('a', 2, 6);
      expect((await registry.list('a')).map(({ version }) => version)).toEqual([3, 1]);
      expect(await registry.get('a', 2)).toBeUndefined();
      expect((await registry.promoted()).map(({ version }) => version)).toEqual([3, 1]);
      expect(await registry.rollBack(7)).toMatchObject({ version: 1 });
      expect(await registry.rollBack(8)).toBeUndefined();
      await expect(registry.remove('a', 3, 9)).rejects.toThrow('is the newest of "a"');
      expect(await registry.put(Uint8Array.of(1), someManifest('a'))).toMatchObject({ version: 4 });
    });
    test('an empty model is a model', async () => {
      const registry = await make();
      await registry.put(new Uint8Array(0), someManifest('random'));
      expect((await registry.get('random', 1))?.model).toEqual(new Uint8Array(0));
    });
  });
}
