import { expect, test } from 'vitest';
import { agentNamed, type Policy, type SequenceAgent } from '../agent/index.ts';
import { partAt, readSettings, rng, sequencesOf, shopObservation } from '../core/index.ts';
import { validate } from './validate.ts';

const n = 12;
const cases = 150;
const observation = shopObservation(n, 1);

/** A policy that has seen what comes after each item: `step` further in the ring. */
async function ring(step: number): Promise<Policy> {
  const definition = agentNamed('markov');
  const settings = readSettings(definition.settings, {});
  if (!settings.ok) throw new Error(settings.error.message);
  const context = { observation, action: { kind: 'choice', n } as const, rng: rng(1) };
  const agent = (await definition.create(context, settings.value as never)) as SequenceAgent;
  await agent.fit(
    sequencesOf(
      Array.from({ length: n }, (_, item) => [item, (item + step) % n]),
      n,
    ),
    {},
  );
  return agent.policy();
}

test('each case is ranked by its own policy, the whole catalogue but its history', async () => {
  const histories = Array.from({ length: cases }, (_, row) => [row % n]);
  const observations = new Float32Array(cases * observation.size);
  const { offset } = partAt(observation, 'history.items')!;
  histories.forEach(([item], row) => {
    observations[row * observation.size + offset] = item! + 1;
  });
  const validation = {
    inputs: sequencesOf(histories, n),
    targets: Int32Array.from({ length: cases }, (_, row) => (row + 1) % n),
    repeats: false,
    observations,
    rows: [...histories.keys()],
  };
  const [right, wrong] = [await ring(1), await ring(2)];
  expect(await validate(right, { validation })).toMatchObject({
    'hr@10': 1,
    'ndcg@10': 1,
    mrr: 1,
    validated: cases,
  });
  // One is above it and nine others are level with it: mid-rank 1 + 9 / 2.
  const others = await validate(wrong, { validation });
  expect(others.mrr).toBeCloseTo(1 / (1 + 1 + 9 / 2), 6);
  const mixed = await validate((row) => (row % 3 === 0 ? right : wrong), { validation });
  expect(mixed.mrr).toBeCloseTo(1 / 3 + (2 / 3) * others.mrr, 6);
});
