import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { judgeByLog, randomLog, rankLater } from '../../bench/document-table/random-log.ts';
import { withTable } from '../../bench/document-table/table.ts';
import type { SequenceAgent } from '../../src/agent/index.ts';
import { agentNamed } from '../../src/agent/index.ts';
import { readSettings, rng } from '../../src/core/index.ts';
import { shopV1 } from '../../src/world/index.ts';

const root = join(import.meta.dirname, '../..');

test('the page of the table shows what was recorded', () => {
  const page = readFileSync(join(root, 'docs/guide/transformer-and-rl.md'), 'utf8');
  const results = JSON.parse(readFileSync(join(root, 'bench/results/document-table.json'), 'utf8'));
  expect(withTable(page, results)).toBe(page);
  expect(() => withTable('no marks', results)).toThrow('no <!-- results:start -->');
});

test('a log of random slates is split by time, and tells what popular products are worth', async () => {
  const options = { before: 8000, after: 6000, seed: 1 };
  const log = randomLog(101, options);
  expect(randomLog(101, options).slates).toEqual(log.slates);
  // Every later answer with what was known before it: its newest interaction is the answer before.
  const { lives, observations } = log.later;
  expect(observations.length).toBe(lives.items.length);
  const world = shopV1.create(1, { shop: 101 });
  const newest = world.observation.parts[0]!.size - 1;
  for (let u = 0; u < lives.n; u++)
    for (let p = lives.offsets[u]!; p < lives.offsets[u + 1]!; p++)
      expect(observations[p]![newest]).toBe(p === lives.offsets[u] ? 0 : lives.items[p - 1]! + 1);

  const made = async (name: string): Promise<SequenceAgent> => {
    const definition = agentNamed(name);
    const settings = readSettings(definition.settings, {});
    if (!settings.ok) throw new Error(settings.error.message);
    const { observation, action } = world;
    const context = { observation, action, rng: rng(1) };
    const agent = (await definition.create(context, settings.value as never)) as SequenceAgent;
    await agent.fit(log.train, {});
    return agent;
  };
  const [popular, random] = [(await made('popularity')).policy(), (await made('random')).policy()];
  const [known, unknown] = [await rankLater(popular, log, 5), await rankLater(random, log, 5)];
  expect(known.shoppers).toBe(unknown.shoppers);
  expect(known.precision).toBeGreaterThan(unknown.precision);
  expect(known.recall).toBeGreaterThan(unknown.recall);
  const judged = await judgeByLog(popular, log, 50);
  const odds = judged.estimates.find(({ name }) => name === 'odds')!;
  expect(judged.truth).toBeGreaterThan(judged.logged);
  expect(odds.low).toBeLessThan(judged.truth);
  expect(odds.high).toBeGreaterThan(judged.truth);
});
