import { describe, expect, test } from 'vitest';
import { ortEngine, ortWebEngine } from '../adapters/index.ts';
import {
  eventTypes,
  type ItemFeatures,
  readSettings,
  rng,
  type Sequences,
  sequencesOf,
  shopObservation,
} from '../core/index.ts';
import type { AgentDefinition, SequenceAgent } from './agent.ts';
import { readModel } from './saved-model.ts';

/** An agent of next-item-agent.ts over n items. */
export async function makeAgent(
  definition: AgentDefinition,
  settings: Readonly<Record<string, number>>,
  n: number,
  places = 6,
  items?: ItemFeatures,
): Promise<SequenceAgent> {
  const [context, values] = await contextOf(definition, settings, n, places, items);
  return (await definition.create(context, values as never)) as SequenceAgent;
}

/** The agent again, from what it saves. */
async function restoreAgent(
  definition: AgentDefinition,
  settings: Readonly<Record<string, number>>,
  n: number,
  saved: SequenceAgent,
): Promise<SequenceAgent> {
  const [context, values] = await contextOf(definition, settings, n, 6);
  return (await definition.restore(context, values as never, await saved.save())) as SequenceAgent;
}

async function contextOf(
  definition: AgentDefinition,
  settings: Readonly<Record<string, number>>,
  n: number,
  places: number,
  items?: ItemFeatures,
) {
  const read = readSettings(definition.settings, settings);
  if (!read.ok) throw new Error(read.error.message);
  const context = {
    observation: shopObservation(n, places),
    action: { kind: 'choice', n } as const,
    rng: rng(1),
    engine: await ortEngine(),
    ...(items && { items }),
  };
  return [context, read.value] as const;
}

/** Of all items, after this history. */
export async function scoresAfter(agent: SequenceAgent, items: readonly number[]): Promise<Float32Array> {
  const policy = agent.policy();
  const row = new Float32Array(policy.observation.size);
  const size = policy.observation.parts.find(({ name }) => name === 'history.items')!.size;
  row.set(
    items.map((item) => item + 1),
    size - items.length,
  );
  return (await policy.evaluate(row, 1)).values;
}

export const best = (values: Float32Array): number => values.indexOf(Math.max(...values));

/** The next item is the one before the last, so a chain of single steps cannot know it. */
export function alternating(n: number, shoppers: number): Sequences {
  const chance = rng('alternating');
  return sequencesOf(
    Array.from({ length: shoppers }, () => {
      const [a, b] = [chance.int(n), chance.int(n)];
      return Array.from({ length: 3 + chance.int(4) }, (_, i) => (i % 2 === 0 ? a : b));
    }),
    n,
  );
}

/** What every network that says what comes next keeps, with settings that learn fast. */
export function nextItemSuite(definition: AgentDefinition, small: Readonly<Record<string, number>>): void {
  const make = (
    given: Record<string, number>,
    n: number,
    places?: number,
    items?: ItemFeatures,
  ): Promise<SequenceAgent> => makeAgent(definition, { ...small, ...given }, n, places, items);

  describe(`${definition.name} says what comes next`, () => {
    test('a shopper without a history gets what is popular; histories at the edges have scores that are numbers', async () => {
      const agent = await make({ epochs: 2 }, 6, 4);
      await agent.fit(
        sequencesOf(
          [
            [0, 1, 2],
            [5, 2],
            [2, 3, 4, 5, 0, 2, 2],
          ],
          6,
        ),
        {},
      );
      expect(best(await scoresAfter(agent, []))).toBe(2);
      for (const history of [[1], [1, 2, 3, 4], [3, 3, 3, 3]])
        expect((await scoresAfter(agent, history)).every(Number.isFinite)).toBe(true);
    });

    test('a catalogue of one item is a choice without choice', async () => {
      const agent = await make({ epochs: 2 }, 1, 4);
      await agent.fit(sequencesOf([[0, 0, 0]], 1), {});
      expect([...(await scoresAfter(agent, [0]))].every(Number.isFinite)).toBe(true);
    });

    test('nothing to learn from is refused in a sentence', async () => {
      await expect((await make({}, 5)).fit(sequencesOf([[1], []], 5), {})).rejects.toThrow(
        'two interactions',
      );
    });

    test('the exported network gives the same scores in another runtime', async () => {
      const agent = await make({ epochs: 3 }, 9);
      await agent.fit(alternating(9, 60), {});
      const { bytes, inputs } = agent.onnx!();
      const program = await (await ortWebEngine()).compile(bytes);
      for (const history of [[4], [1, 2, 2, 8], [0, 1, 2, 3, 4, 5]]) {
        const items = new Int32Array(6);
        const padding = new Float32Array(6).fill(-1e9);
        items.set(history, 6 - history.length);
        padding.fill(0, 6 - history.length);
        const kinds = { data: new Float32Array(6 * eventTypes.length), shape: [6, eventTypes.length] };
        const found = { data: new Float32Array(9), shape: [1, 9] };
        const given = {
          'history.items': { data: items, shape: [6] },
          'history.padding': { data: padding, shape: [1, 1, 1, 6] },
          'history.kinds': kinds,
        };
        expect(Object.keys(inputs).sort()).toEqual(Object.keys(given).sort());
        await program.bind(given, { scores: found })();
        const wanted = await scoresAfter(agent, history);
        found.data.forEach((value, i) => {
          expect(value).toBeCloseTo(wanted[i]!, 4);
        });
      }
    });

    test('a product nobody took yet stands where those like it do, at once', async () => {
      const n = 13;
      // Items 0-5 are of category 1 and follow each other, 6-11 of category 2; 12 is new and of category 2.
      const categories = Int32Array.from({ length: n }, (_, i) => (i < 6 ? 1 : 2));
      const features = {
        n,
        categories,
        categoryCount: 2,
        brands: new Int32Array(n),
        brandCount: 0,
        prices: new Float32Array(n).fill(0.5),
        text: new Float32Array(0),
        textSize: 0,
      };
      const agent = await make({ epochs: 20 }, n, 6, features);
      const chance = rng('categories');
      await agent.fit(
        sequencesOf(
          Array.from({ length: 200 }, (_, u) => Array.from({ length: 5 }, () => 6 * (u % 2) + chance.int(6))),
          n,
        ),
        {},
      );
      const [other, own] = [await scoresAfter(agent, [0, 1, 2]), await scoresAfter(agent, [6, 7, 8])];
      expect(own[12]).toBeGreaterThan(Math.max(...own.subarray(0, 6)));
      expect(other[12]).toBeLessThan(Math.min(...other.subarray(0, 6)));
    });

    const arraysAfter = async (given: Record<string, number>) => {
      const agent = await make(given, 10);
      await agent.fit(alternating(10, 100), {});
      return readModel(definition.name, await agent.save()).arrays;
    };

    test('rowRate alone decides how far the rows of items move; what else there is learns on', async () => {
      const [begun, still, moved] = [
        await arraysAfter({ epochs: 1, rowRate: 0 }),
        await arraysAfter({ epochs: 3, rowRate: 0 }),
        await arraysAfter({ epochs: 3 }),
      ];
      expect(still.table).toEqual(begun.table);
      expect(still.parameters).not.toEqual(begun.parameters);
      expect(moved.table).not.toEqual(begun.table);
    });

    test('rows that steps move have the length rowLength, the running average of them hardly less', async () => {
      for (const sampled of [{}, { fullSoftmax: 0, negatives: 4 }]) {
        const { table } = await arraysAfter({ epochs: 10, rowLength: 5, ...sampled });
        for (let item = 0; item < 10; item++) {
          const row = table!.subarray(item * small.width!, (item + 1) * small.width!);
          const length = Math.hypot(...row);
          expect(length).toBeLessThan(5.001);
          expect(length).toBeGreaterThan(4.9);
        }
      }
    });

    test('a model whose rows have another length does not go on', async () => {
      const agent = await make({ epochs: 1, rowLength: 2 }, 10);
      await agent.fit(alternating(10, 20), {});
      const again = (rowLength: number) => restoreAgent(definition, { ...small, rowLength }, 10, agent);
      await expect(again(2)).resolves.toBeDefined();
      await expect(again(0)).rejects.toThrow('taught with rowLength 2, not 0');
    });

    test('finds the best items without scoring all, as scoring all does, before and after it learns on', async () => {
      const agent = await make({ epochs: 3 }, 40);
      const policy = agent.policy();
      const size = policy.observation.parts.find(({ name }) => name === 'history.items')!.size;
      const mask = Uint8Array.from({ length: 40 }, (_, i) => i % 3);
      for (const lesson of [1, 2]) {
        if (lesson === 1) await agent.fit(alternating(40, 100), {});
        else await agent.learn(alternating(40, 50));
        for (const history of [[], [3], [5, 6, 5, 7]]) {
          const row = new Float32Array(policy.observation.size);
          row.set(
            history.map((item) => item + 1),
            size - history.length,
          );
          const all = await policy.evaluate(row, 1);
          const asked = Int32Array.of(39, 0, 17);
          const { items, scores: found, also } = await policy.best!(row, 7, mask, asked);
          asked.forEach((item, i) => {
            expect(also[i]).toBeCloseTo(all.values[item]!, 4);
          });
          const wanted = [...all.values.keys()]
            .filter((i) => mask[i])
            .sort((a, b) => all.values[b]! - all.values[a]! || a - b)
            .slice(0, 7);
          expect([...items]).toEqual(wanted);
          found.forEach((score, i) => {
            expect(score).toBeCloseTo(all.values[items[i]!]!, 4);
          });
        }
      }
    });
  });
}
