import { expect, test } from 'vitest';
import { historyPlace, rng, sequencesOf, shopObservation, writeHistory } from '../core/index.ts';
import { agentSuite } from './agent.suite.ts';
import { random } from './random.ts';

agentSuite(random, { learns: 'nothing' });

test('its best lists are those of chance: every item as often, at every place, another for each shopper', async () => {
  const [items, shoppers, k] = [50, 4000, 5];
  const observation = shopObservation(items, 4);
  const histories = sequencesOf(
    Array.from({ length: shoppers }, (_, u) => [u % 50, Math.floor(u / 50) % 50, u % 7]),
    items,
  );
  const rows = new Float32Array(shoppers * observation.size);
  for (let u = 0; u < shoppers; u++)
    writeHistory(historyPlace(observation)!, histories, u, 3, rows, u * observation.size);
  const listsOf = async (seed: number): Promise<number[][]> => {
    const context = { observation, action: { kind: 'slate', n: items, k } as const, rng: rng(seed) };
    const policy = (await random.create(context, {})).policy();
    const scores = await policy.evaluate(rows, shoppers);
    return Array.from({ length: shoppers }, (_, u) => [...policy.greedy(scores, u)]);
  };
  const lists = await listsOf(1);
  for (let place = 0; place < k; place++) {
    const counts = new Float64Array(items);
    for (const list of lists) counts[list[place]!]!++;
    const expected = shoppers / items;
    const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    // 49 degrees of freedom: mean 49, standard deviation 9.9.
    expect(chiSquare, `place ${place}`).toBeLessThan(49 + 5 * 9.9);
    expect(chiSquare, `place ${place}`).toBeGreaterThan(49 - 4 * 9.9);
  }
  expect(new Set(lists.map(String)).size).toBeGreaterThan(0.99 * shoppers);
  expect(await listsOf(1)).toEqual(lists);
  const others = await listsOf(2);
  expect(lists.filter((list, u) => list[0] === others[u]![0]).length).toBeLessThan(2 * (shoppers / items));
});
