import { expect, test } from 'vitest';
import { type ItemFeatures, readSettings, rng, sequencesOf, shopObservation } from '../core/index.ts';
import { agentSuite } from './agent.suite.ts';
import type { AgentDefinition, SequenceAgent } from './agent.ts';
import { content } from './content.ts';

/** Even items speak of one thing and odd ones of another, each with a word of its own. */
const eight: ItemFeatures = {
  n: 8,
  categories: Int32Array.from({ length: 8 }, (_, i) => 1 + (i % 2)),
  categoryCount: 2,
  brands: new Int32Array(8),
  brandCount: 0,
  prices: Float32Array.from({ length: 8 }, (_, i) => i / 7),
  text: Float32Array.from({ length: 80 }, (_, at) => {
    const [item, word] = [Math.floor(at / 10), at % 10];
    return word === item % 2 || word === item + 2 ? Math.SQRT1_2 : 0;
  }),
  textSize: 10,
};

agentSuite(content as AgentDefinition, {
  learns: 'together',
  exactIncrements: true,
  context: async () => ({ items: eight }),
});

/** Items 0 and 1 share their words, 1 and 2 the category, 2 and 3 the price; 4 has nothing but a price. */
const five: ItemFeatures = {
  n: 5,
  categories: Int32Array.of(1, 2, 2, 1, 0),
  categoryCount: 2,
  brands: new Int32Array(5),
  brandCount: 0,
  prices: Float32Array.of(0, 1, 0, 0, 1),
  text: Float32Array.of(1, 0, 1, 0, 0, 1, 0, 1, 0, 0),
  textSize: 2,
};

async function scores(given: Record<string, number>, tokens: number[], items = five): Promise<number[]> {
  const settings = readSettings(content.settings, given);
  if (!settings.ok) throw new Error(settings.error.message);
  const observation = shopObservation(5, 4);
  const context = { observation, action: { kind: 'choice', n: 5 } as const, items, rng: rng(1) };
  const agent = (await content.create(context, settings.value)) as SequenceAgent;
  await agent.fit(sequencesOf([[3, 3]], 5), {});
  const row = new Float32Array(observation.size);
  row.set(tokens, 4 - tokens.length);
  return [...(await agent.policy().evaluate(row, 1)).values];
}

test('each part counts by its weight, and scores are cosines', async () => {
  const only = { textWeight: 0, categoryWeight: 0, priceWeight: 0 };
  const close = (values: number[], wanted: number[]): void => {
    values.forEach((value, i) => {
      expect(value).toBeCloseTo(wanted[i]!, 6);
    });
  };
  close(await scores({ ...only, textWeight: 2 }, [1]), [1, 1, 0, 0, 0]);
  close(await scores({ ...only, categoryWeight: 2 }, [3]), [0, 1, 1, 0, 0]);
  close(await scores({ ...only, priceWeight: 2 }, [4]), [1, 0, 1, 1, 0]);
  const all = { textWeight: 1, categoryWeight: 1, priceWeight: 1 };
  close(await scores(all, [2]), [1 / 3, 1, 1 / 3, 0, 1 / Math.sqrt(3)]);
});

test('vectors count by their weight, and an item without one is judged by the rest', async () => {
  const vectors = Float32Array.of(1, 0, 0, 1, 0, 1, 0.6, 0.8, 0, 0);
  const seen = { ...five, vectors, vectorSize: 2 };
  const only = { textWeight: 0, categoryWeight: 0, priceWeight: 0 };
  const close = (values: number[], wanted: number[]): void =>
    values.forEach((value, i) => {
      expect(value).toBeCloseTo(wanted[i]!, 6);
    });
  close(await scores(only, [2], seen), [0, 1, 1, 0.8, 0]);
  close(await scores({ ...only, textWeight: 1 }, [2], seen), [0.5, 1, 0.5, 0.4, 0]);
  close(await scores({ ...only, vectorWeight: 0, textWeight: 1 }, [2], seen), [1, 1, 0, 0, 0]);
});

test('an item nobody took is found by what it is; without a history the popular come first', async () => {
  const values = await scores({}, [1]);
  expect(values.indexOf(Math.max(...values.slice(1)))).toBe(1);
  const nothing = await scores({}, []);
  expect(nothing.indexOf(Math.max(...nothing))).toBe(3);
});

test('a catalogue without features is refused', async () => {
  const settings = readSettings(content.settings, {});
  if (!settings.ok) throw new Error(settings.error.message);
  const context = {
    observation: shopObservation(5, 4),
    action: { kind: 'choice', n: 5 } as const,
    rng: rng(1),
  };
  await expect(content.create(context, settings.value)).rejects.toMatchObject({ code: 'bad-setting' });
});
