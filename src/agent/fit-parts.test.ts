import { expect, test } from 'vitest';
import { ortEngine } from '../adapters/index.ts';
import { readSettings, rng, sequencesOf, shopObservation } from '../core/index.ts';
import type { SequenceAgent } from './agent.ts';
import { agentNamed } from './agents.ts';

const n = 8;
const tiny = { width: 8, epochs: 3, batchSize: 16, threads: 1 };
const given = Object.fromEntries(
  Object.entries({ transformer: { ...tiny, inner: 8, blocks: 1 }, gru: tiny }).flatMap(([part, settings]) =>
    Object.entries(settings).map(([name, value]) => [`${part}.${name}`, value]),
  ),
);

async function make(): Promise<SequenceAgent> {
  const definition = agentNamed('transformer+item-knn+gru');
  const settings = readSettings(definition.settings, given);
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
