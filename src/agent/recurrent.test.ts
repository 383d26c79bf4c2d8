import { expect, test } from 'vitest';
import { ortEngine } from '../adapters/index.ts';
import { rng, type Sequences, sequencesOf } from '../core/index.ts';
import { agentSuite } from './agent.suite.ts';
import type { AgentDefinition, SequenceAgent } from './agent.ts';
import { gru } from './gru.ts';
import { lstm } from './lstm.ts';
import { best, makeAgent, nextItemSuite, scoresAfter } from './next-item.suite.ts';

const small = { width: 16, dropout: 0, learningRate: 0.01, epochs: 40, averaging: 0.9, threads: 1 };
const cells = [gru, lstm] as readonly AgentDefinition[];

for (const cell of cells) {
  agentSuite(cell, {
    learns: 'next',
    settings: small,
    context: async () => ({ engine: await ortEngine() }),
  });
  nextItemSuite(cell, small);
}

const make = (
  cell: AgentDefinition,
  given: Record<string, number>,
  n: number,
  places?: number,
): Promise<SequenceAgent> => makeAgent(cell, { ...small, ...given }, n, places);

/** The next item is the first of all, so what is held must outlast what comes between. */
function returning(n: number, shoppers: number): Sequences {
  const chance = rng('returning');
  return sequencesOf(
    Array.from({ length: shoppers }, () => {
      const first = chance.int(n);
      return [first, ...Array.from({ length: 2 }, () => n + chance.int(3)), first];
    }),
    n + 3,
  );
}

test.each([
  ...cells.map((cell) => [cell.name, cell, {}] as const),
  ['gru, sampled softmax', gru as AgentDefinition, { fullSoftmax: 0, negatives: 13, epochs: 120 }] as const,
])('%s remembers across what comes between', async (_, cell, given) => {
  const agent = await make(cell, { epochs: 60, ...given }, 9);
  await agent.fit(returning(6, 300), {});
  let right = 0;
  for (let first = 0; first < 6; first++)
    for (const [a, b] of [
      [6, 7],
      [8, 8],
      [7, 6],
    ] as const)
      if (best(await scoresAfter(agent, [first, a, b])) === first) right++;
  expect(right).toBeGreaterThanOrEqual(15);
});

test.each(cells.map((cell) => [cell.name, cell] as const))(
  '%s learns from histories of two, of which one place is read',
  async (_, cell) => {
    const agent = await make(cell, { epochs: 40 }, 6);
    const pairs = Array.from({ length: 300 }, (_, u) => [u % 6, (u + 1) % 6]);
    await agent.fit(sequencesOf(pairs, 6), {});
    for (let item = 0; item < 6; item++) expect(best(await scoresAfter(agent, [item]))).toBe((item + 1) % 6);
  },
);

test.each(cells.map((cell) => [cell.name, cell] as const))(
  '%s: what pads a history does not change its scores; longer ones are cut; none is popularity',
  async (_, cell) => {
    const agent = await make(cell, { epochs: 2 }, 9, 12);
    await agent.fit(returning(6, 60), {});
    const alone = await scoresAfter(agent, [2, 7]);
    const policy = agent.policy();
    const { size } = policy.observation;
    const rows = new Float32Array(2 * size);
    rows.set([3, 8], 10);
    rows.set(
      Array.from({ length: 12 }, (_, i) => 1 + (i % 9)),
      size,
    );
    const together = (await policy.evaluate(rows, 2)).values;
    alone.forEach((score, item) => {
      expect(score).toBeCloseTo(together[item]!, 4);
    });
    expect(together.every(Number.isFinite)).toBe(true);
    const nobody = await scoresAfter(agent, []);
    expect(nobody.every(Number.isFinite)).toBe(true);
  },
);
