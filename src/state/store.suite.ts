import { describe, expect, test } from 'vitest';
import type { Store } from './store.ts';

/** What every Store promises. Call it from an implementation's own test with a way to make an empty one. */
export function storeSuite(name: string, make: () => Promise<Store<{ readonly n: number }>>): void {
  describe(`${name} keeps the Store contract`, () => {
    test('gives back what was put, with a version that counts up from 1', async () => {
      const store = await make();
      expect(await store.get('u')).toBeUndefined();
      expect(await store.put('u', { n: 1 }, 0)).toBe(true);
      expect(await store.get('u')).toEqual({ value: { n: 1 }, version: 1 });
      expect(await store.put('u', { n: 2 }, 1)).toBe(true);
      expect(await store.get('u')).toEqual({ value: { n: 2 }, version: 2 });
    });
    test('a write on an old version changes nothing', async () => {
      const store = await make();
      await store.put('u', { n: 1 }, 0);
      expect(await store.put('u', { n: 9 }, 0)).toBe(false);
      expect(await store.put('u', { n: 9 }, 2)).toBe(false);
      expect(await store.put('other', { n: 9 }, 1)).toBe(false);
      expect(await store.get('u')).toEqual({ value: { n: 1 }, version: 1 });
      expect(await store.get('other')).toBeUndefined();
    });
    test('of many writers that read the same version one succeeds', async () => {
      const store = await make();
      await store.put('u', { n: 0 }, 0);
      const results = await Promise.all(Array.from({ length: 8 }, (_, n) => store.put('u', { n }, 1)));
      expect(results.filter(Boolean)).toHaveLength(1);
      expect(await store.get('u')).toMatchObject({ value: { n: results.indexOf(true) }, version: 2 });
    });
    test('deletes, and begins again at version 0', async () => {
      const store = await make();
      await store.put('u', { n: 1 }, 0);
      await store.delete('u');
      await store.delete('never there');
      expect(await store.get('u')).toBeUndefined();
      expect(await store.put('u', { n: 2 }, 0)).toBe(true);
    });
    test('lists its keys, whatever they are', async () => {
      const store = await make();
      const keys = ['u', '', '__proto__', 'grün 🌱'];
      for (const key of keys) await store.put(key, { n: 1 }, 0);
      const listed: string[] = [];
      for await (const key of store.keys()) listed.push(key);
      expect(listed.toSorted()).toEqual(keys.toSorted());
    });
  });
}
