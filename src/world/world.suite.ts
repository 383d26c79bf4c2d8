import { describe, expect, test } from 'vitest';
import { rng } from '../core/index.ts';
import { type CheckOptions, worldChecks } from './check-world.ts';
import { emptyActions, randomAction } from './random-actions.ts';
import type { World, WorldDefinition } from './world.ts';

export interface WorldSuiteOptions extends CheckOptions {
  /** The world's own options. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** False for worlds whose episodes are longer than the steps played. */
  readonly ends?: boolean;
}

/** What every World promises. Call it from a world's own test. */
export function worldSuite(definition: WorldDefinition, suite: WorldSuiteOptions = {}): void {
  const make = (n: number): World => definition.create(n, suite.options);
  // Options that are data (networks, a fitted shop) would fill the name with their numbers.
  const named = Object.entries(suite.options ?? {}).filter(([, value]) => typeof value !== 'object');
  describe(`${definition.id} ${named.map(([name, value]) => `${name}=${value} `).join('')}keeps the World contract`, () => {
    for (const check of worldChecks)
      test(check.name, () => expect(check.complaints(make, suite)).toEqual([]));

    test('has a versioned name, a summary and a doc, and refuses options that are not its own', () => {
      expect(make(1).id).toBe(definition.id);
      expect(definition.id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*-v\d+$/);
      expect(definition.summary).not.toBe('');
      for (const sentence of Object.values(definition.doc)) expect(sentence).not.toBe('');
      for (const option of Object.values(definition.options)) expect(option.doc).not.toBe('');
      expect(() => definition.create(1, { ...suite.options, noSuchOption: 1 })).toThrow(
        expect.objectContaining({ code: 'unknown-setting' }),
      );
    });

    test.skipIf(suite.ends === false)('episodes end', () => {
      const world = make(2);
      const actions = emptyActions(world.action, 2);
      const stream = rng('episodes end');
      world.reset(1);
      let ended = 0;
      for (let t = 0; t < (suite.steps ?? 300); t++) {
        const masks = world.masks?.();
        for (let i = 0; i < 2; i++) randomAction(world.action, i, stream, actions, masks);
        const { terminated, truncated } = world.step(actions);
        for (let i = 0; i < 2; i++) ended += terminated[i]! + truncated[i]!;
      }
      expect(ended).toBeGreaterThan(0);
    });
  });
}
