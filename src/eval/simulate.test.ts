import { expect, test } from 'vitest';
import { agentNamed } from '../agent/index.ts';
import { shopV1 } from '../world/index.ts';
import { judgeLives } from './judge-lives.ts';
import { oracleChoices } from './oracle-choices.ts';
import { simulate } from './simulate.ts';

const world = (n: number) => shopV1.create(n, { shop: 3, items: 30, categories: 4, slate: 3, visits: 6 });
const contestants = ['popularity', 'markov', 'random'].map((name) => ({
  definition: agentNamed(name),
  settings: name === 'random' ? {} : { epsilon: 0.3 },
}));
const options = {
  world,
  contestants,
  interactions: 3000,
  seeds: [1, 2],
  shoppers: 150,
  epochs: 3,
  curveShoppers: 20,
  oracle: (w: ReturnType<typeof world>) => oracleChoices(w),
};

test('the same experiment gives the same figures; the oracle is above everybody; curves have their points', async () => {
  const result = await simulate({ ...options, oracle: (w) => options.oracle(w as ReturnType<typeof world>) });
  for (const agent of result.agents) {
    expect(result.oracle!.reward).toBeGreaterThan(agent.figures.reward);
    expect(agent.oracleShare).toBeGreaterThan(0);
    expect(agent.runs.map((run) => run.curve.length)).toEqual([3, 3]);
    expect(agent.figures.successRate).toBeLessThan(1);
  }
  expect(result.differences.map(({ agent }) => agent)).toEqual(['markov', 'random']);
  const { oracle: _, ...plain } = options;
  const again = await simulate(plain);
  expect(again.agents.map(({ runs }) => runs)).toEqual(result.agents.map(({ runs }) => runs));
}, 30_000);

test('two policies meet the same shoppers with the same luck: equal until they differ', async () => {
  const lives = async () =>
    judgeLives(
      world(50),
      (living, _observations, masks, actions) => {
        for (const w of living) {
          const open = [...masks!.subarray(w * 30, (w + 1) * 30)].flatMap((o, i) => (o ? [i] : []));
          actions.set(open.slice(0, 3), w * 3);
        }
      },
      9,
    );
  expect(await lives()).toEqual(await lives());
});
