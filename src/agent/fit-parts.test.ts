import { expect, test } from 'vitest';
import { ortEngine } from '../adapters/index.ts';
import { readSettings, rng, sequencesOf, shopObservation } from '../core/index.ts';
import type { SequenceAgent } from './agent.ts';
import { agentNamed } from './agents.ts';
import { learnParts } from './fit-parts.ts';

const n = 8;
const tiny = { width: 8, epochs: 3, batchSize: 16, threads: 1 };
const given = Object.fromEntries(
  Object.entries({ transformer: { ...tiny, inner: 8, blocks: 1 }, gru: tiny }).flatMap(([part, settings]) =>
    Object.entries(settings).map(([name, value]) => [`${part}.${name}`, value]),
  ),
);

async function make(name = 'transformer+item-knn+gru', values = given): Promise<SequenceAgent> {
  const definition = agentNamed(name);
  const settings = readSettings(definition.settings, values);
  if (!settings.ok) throw new Error(settings.error.message);
  const context = {
    observation: shopObservation(n, 4),
    action: { kind: 'choice', n } as const,
    rng: rng(1),
    engine: await ortEngine(),
  };
  return (await definition.create(context, settings.value)) as SequenceAgent;
}

test('a blend that was killed in any of its parts goes on to the same model and the same report', async () => {
  const lists = Array.from({ length: 48 }, (_, u) => Array.from({ length: 4 }, (_, i) => (u + i) % n));
  const train = sequencesOf(lists, n);
  const validation = {
    inputs: sequencesOf(
      lists.map((list) => list.slice(1)),
      n,
    ),
    targets: Int32Array.from(lists, (list) => (list.at(-1)! + 1) % n),
    repeats: true,
  };
  const kept: Uint8Array[] = [];
  const whole = await make();
  const report = await whole.fit(train, {
    validation,
    checkpoint: {
      due: () => true,
      keep: async (bytes) => {
        kept.push(bytes);
      },
    },
  });
  const model = Buffer.from(await whole.save());
  // In the first part, between two, in the last, and behind it.
  for (const share of [0, 0.3, 0.55, 0.8, 1]) {
    const found = kept[Math.round(share * (kept.length - 1))]!;
    const again = await make();
    const rest = { due: () => false, keep: async () => {}, found };
    expect(await again.fit(train, { validation, checkpoint: rest })).toEqual(report);
    expect(Buffer.from(await again.save()).equals(model)).toBe(true);
  }
});

test('when a part that counts fails, the networks that learned before it are put back', async () => {
  const lists = Array.from({ length: 48 }, (_, u) => [0, 1, 2, 3].map((i) => (u + i) % n));
  const agents = await Promise.all([make('gru', tiny as never), make('item-knn', {})]);
  for (const agent of agents) await agent.fit(sequencesOf(lists, n), {});
  const counting = agents[1]!;
  agents[1] = { ...counting, learn: () => Promise.reject(new Error('it cannot count')) };
  const before = await agents[0]!.save();
  const put: Uint8Array[] = [];
  const restore = async (part: number, model: Uint8Array): Promise<void> => {
    put[part] = model;
  };
  const parts = { agents, networks: [true, false], restore };
  const more = sequencesOf([[3, 1, 5]], n);
  await expect(learnParts(parts, more)).rejects.toThrow('it cannot count');
  expect(await agents[0]!.save()).not.toEqual(before);
  expect(put).toEqual([before]);
  agents[1] = counting;
  await learnParts(parts, more);
});
