import { expect, test } from 'vitest';
import { readSettings, rng, sequencesOf, shopObservation } from '../core/index.ts';
import type { SequenceAgent } from './agent.ts';
import { agentNamed } from './agents.ts';

const n = 400;

test.each(['als', 'bpr'])(
  '%s: the best choices are those of all scores, also after more was learned',
  async (name) => {
    const definition = agentNamed(name);
    const settings = readSettings(definition.settings, { factors: 8 });
    if (!settings.ok) throw new Error(settings.error.message);
    const observation = shopObservation(n, 5);
    const context = { observation, action: { kind: 'choice', n } as const, rng: rng(1) };
    const agent = (await definition.create(context, settings.value as never)) as SequenceAgent;
    const chance = rng('lists');
    const lists = (count: number): number[][] =>
      Array.from({ length: count }, () => Array.from({ length: 4 }, () => chance.int(n)));
    await agent.fit(sequencesOf(lists(300), n), {});
    const policy = agent.policy();
    const mask = Uint8Array.from({ length: n }, (_, i) => (i % 7 === 3 ? 0 : 1));
    const compare = async (): Promise<void> => {
      for (const history of [[], [5], [3, 17, 200, 17, 4]]) {
        const row = new Float32Array(observation.size);
        row.set(
          history.map((item) => item + 1),
          5 - history.length,
        );
        const { values } = await policy.evaluate(row, 1);
        const asked = Int32Array.of(3, 399, 0);
        const { items, scores, also } = await policy.best!(row, 20, mask, asked);
        asked.forEach((item, i) => {
          expect(also[i]).toBeCloseTo(values[item]!, 5);
        });
        const sorted = [...values.keys()].filter((i) => mask[i]).sort((a, b) => values[b]! - values[a]!);
        expect(items.length).toBe(20);
        items.forEach((item, place) => {
          expect(mask[item]).toBe(1);
          expect(scores[place]).toBeCloseTo(values[item]!, 5);
          expect(scores[place]).toBeCloseTo(values[sorted[place]!]!, 5);
        });
      }
      expect((await policy.best!(new Float32Array(observation.size), n, mask)).items.length).toBe(
        mask.reduce((sum, open) => sum + open, 0),
      );
    };
    await compare();
    await agent.learn(sequencesOf(lists(40), n));
    await compare();
  },
);
