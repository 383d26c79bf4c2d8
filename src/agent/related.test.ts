import { expect, test } from 'vitest';
import {
  historyPlace,
  type ItemGraph,
  readSettings,
  rng,
  sequencesOf,
  shopObservation,
  writeHistory,
} from '../core/index.ts';
import { agentSuite } from './agent.suite.ts';
import { agentNamed } from './agents.ts';
import { related } from './related.ts';

const edges = (lists: readonly (readonly number[])[]): ItemGraph['kinds']['alsoBought'] => {
  const offsets = new Int32Array(lists.length + 1);
  lists.forEach((list, i) => {
    offsets[i + 1] = offsets[i]! + list.length;
  });
  return { offsets, items: Int32Array.from(lists.flat()) };
};
const none = (n: number) => edges(Array.from({ length: n }, () => []));

/** Items of one parity are bought together. */
const parity: ItemGraph = {
  n: 8,
  size: 12,
  kinds: {
    boughtTogether: none(8),
    alsoBought: edges(
      Array.from({ length: 8 }, (_, i) => [0, 2, 4, 6].map((j) => j + (i % 2)).filter((j) => j !== i)),
    ),
    alsoViewed: none(8),
  },
};
agentSuite(related, {
  learns: 'together',
  exactIncrements: true,
  context: async () => ({ graph: parity }),
});

const graph: ItemGraph = {
  n: 4,
  size: 3,
  kinds: {
    boughtTogether: edges([[1], [0], [], []]),
    alsoBought: edges([[1, 2], [0], [0], []]),
    alsoViewed: none(4),
  },
};
const observation = shopObservation(4, 3);
const scoresOf = async (
  name: string,
  settings: Record<string, unknown>,
  history: number[],
  graph?: ItemGraph,
) => {
  const definition = agentNamed(name);
  const read = readSettings(definition.settings, settings);
  if (!read.ok) throw new Error(read.error.message);
  const agent = await definition.create(
    { observation, action: { kind: 'choice', n: 4 }, rng: rng(1), ...(graph && { graph }) },
    read.value,
  );
  if (agent.consumes !== 'sequences') throw new Error('unreachable');
  await agent.fit(sequencesOf([[3, 2], [3]], 4), {});
  const row = new Float32Array(observation.size);
  writeHistory(historyPlace(observation)!, sequencesOf([history], 4), 0, history.length, row, 0);
  return [...(await agent.policy().evaluate(row, 1)).values];
};

test('the sum over the history of the weights of the edges, older ones weighing less; popularity breaks ties', async () => {
  const settings = { profileDecay: 0.5, boughtTogether: 2, alsoBought: 1 };
  const popular = [0, 0, 1e-9, 2e-9];
  const close = (values: number[]) => values.map((value, i) => expect.closeTo(value + popular[i]!, 8));
  expect(await scoresOf('related', settings, [0], graph)).toEqual(close([0, 3, 1, 0]));
  expect(await scoresOf('related', settings, [0, 2], graph)).toEqual(close([1, 1.5, 0.5, 0]));
  expect(await scoresOf('related', { ...settings, boughtTogether: 0 }, [0], graph)).toEqual(
    close([0, 1, 1, 0]),
  );
  const [, , third, fourth] = await scoresOf('related', settings, [3], graph);
  expect(third).toBeCloseTo(1e-9, 15);
  expect(fourth).toBeCloseTo(2e-9, 15);
});

test('is a part of blends', async () => {
  const [, second, third] = await scoresOf('item-knn+related', { weights: '0,1' }, [0], graph);
  expect(second).toBeCloseTo(1, 6);
  expect(third).toBeCloseTo(1 / 3, 6);
});

test('without a graph it is refused in a sentence', async () => {
  await expect(scoresOf('related', {}, [0])).rejects.toThrow(
    'related needs the co-purchase graph of all 4 items and was given none: import a catalogue with related lists',
  );
});
