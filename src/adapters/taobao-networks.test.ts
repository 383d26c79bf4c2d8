import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { rng } from '../core/index.ts';
import { emptyActions, forward, randomAction, virtualTaobaoV0, worldNamed } from '../world/index.ts';
import { worldSuite } from '../world/world.suite.ts';
import { readTaobaoNetworks, worldWithData } from './taobao-networks.ts';

const datasets = process.env.TENDRIL_DATASETS;

test('without its networks the world says in a sentence what is missing', () => {
  expect(() => virtualTaobaoV0.create(1)).toThrow('the generator network is missing');
  expect(() => worldWithData(virtualTaobaoV0, undefined).create(1)).toThrow('set TENDRIL_DATASETS');
  expect(() => readTaobaoNetworks('/no/such/place')).toThrow('cannot read the generator network');
  expect(worldWithData(worldNamed('taxi-v3'), undefined)).toBe(worldNamed('taxi-v3'));
});

describe.skipIf(!datasets)('virtual-taobao-v0 (needs TENDRIL_DATASETS)', () => {
  const networks = datasets ? readTaobaoNetworks(datasets) : undefined;
  if (networks) worldSuite(virtualTaobaoV0, { options: { networks } });

  test('its networks give the 20 reference cases, to a millionth of the largest logit', () => {
    const path = join(datasets!, 'virtual-taobao-v0', 'forward_cases.json.gz');
    const cases = JSON.parse(gunzipSync(readFileSync(path)).toString('utf8')) as Record<string, number[]>[];
    expect(cases.length).toBe(20);
    for (const given of cases) {
      const { z, user, action } = given as { z: number[]; user: number[]; action: number[] };
      const page = given.page as unknown as number;
      expectClose(forward(networks!.generator, z), given.generator_logits!);
      expectClose(forward(networks!.leave, user), given.leave_logits!);
      expectClose(forward(networks!.action, [...user, page, ...action]), given.action_logits!);
    }
  });

  test('uniformly random weights are clicked at about .016 a product, over 20,000 pages', () => {
    const n = 100;
    const world = virtualTaobaoV0.create(n, { networks });
    const stream = rng('weights');
    const actions = emptyActions(world.action, n);
    world.reset(1);
    let clicks = 0;
    for (let page = 0; page < 200; page++) {
      for (let i = 0; i < n; i++) randomAction(world.action, i, stream, actions);
      for (const reward of world.step(actions).rewards) clicks += reward;
    }
    expect(clicks / (200 * n * 10)).toBeGreaterThan(0.012);
    expect(clicks / (200 * n * 10)).toBeLessThan(0.02);
  });
});

function expectClose(actual: Float64Array, expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  const largest = Math.max(...expected.map(Math.abs));
  actual.forEach((value, i) => {
    expect(Math.abs(value - expected[i]!)).toBeLessThanOrEqual(1e-6 * largest);
  });
}
