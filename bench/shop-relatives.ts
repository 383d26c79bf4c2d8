/**
 * `node bench/shop-relatives.ts [shops] [seeds]`: drr and decision-transformer in shop-v1 by the protocol of bench/shop.ts (bench/results/shop-relatives.json):
 * six candidates each on three development shops with one seed, of which the one with the largest mean share of the oracle's reward acts
 * in the fixed shops. Beside them `markov` and `dqn` as bench/shop.ts tuned and measured them there, ten seeds each. A run that was
 * ended goes on.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openEngine } from '../src/adapters/index.ts';
import { agentNamed } from '../src/agent/index.ts';
import { figuresOfLives, judgeLives, oracleChoices, simulate } from '../src/eval/index.ts';
import { pairedTInterval, tInterval } from '../src/measure/index.ts';
import { developmentShops, fixedShops, shopV1 } from '../src/world/index.ts';
import { keptRows } from './kept-rows.ts';
import { record, rounded } from './record.ts';

type Settings = Readonly<Record<string, unknown>>;
const candidates: Readonly<Record<string, readonly Settings[]>> = {
  drr: [
    {},
    { state: 'attention' },
    { state: 'shopper' },
    { epsilon: 0.3 },
    { updatesPerStep: 0.5 },
    { actorRate: 0.0003 },
  ],
  'decision-transformer': [
    {},
    { target: 0.8 },
    { horizon: 3 },
    { temperature: 0.5 },
    { horizon: 3, temperature: 0.5 },
    { learningRate: 0.001 },
  ],
};
const [shopCount = '20', seedCount = '3'] = process.argv.slice(2);
const seeds = Array.from({ length: Number(seedCount) }, (_, i) => i + 1);
const [interactions, shoppers, discount, evaluationSeed] = [20_000, 400, 0.8, 1_000_003];
const shops = fixedShops.slice(0, Number(shopCount));
const trials = developmentShops.slice(0, 3);
const engine = openEngine();
const kept = keptRows<{ readonly key: string; readonly reward: number }>('shop-relatives');

async function rewardOf(agent: string, settings: Settings, shop: number, seed: number): Promise<number> {
  const key = JSON.stringify([agent, settings, shop, seed]);
  const before = kept.get(key);
  if (before) return before.reward;
  const world = (n: number) => shopV1.create(n, { shop });
  const { agents } = await simulate({
    world,
    contestants: [{ definition: agentNamed(agent), settings }],
    interactions,
    seeds: [seed],
    discount,
    shoppers,
    evaluationSeed,
    engine: () => engine,
  });
  const { reward } = agents[0]!.figures;
  kept.keep({ key, reward });
  console.log(`${key}: ${reward.toFixed(3)}`);
  return reward;
}

const oracles: number[] = [];
for (const shop of trials) {
  const judged = shopV1.create(shoppers, { shop });
  oracles.push(figuresOfLives(await judgeLives(judged, oracleChoices(judged), evaluationSeed)).reward);
}
const shopRows: { label?: string; perShop?: number[] }[] = JSON.parse(
  readFileSync(join(import.meta.dirname, 'results/shop-v1.json'), 'utf8'),
).rows;
const rows: Record<string, unknown>[] = [];
for (const [agent, settings] of Object.entries(candidates)) {
  const shares: number[] = [];
  for (const some of settings) {
    let share = 0;
    for (const [i, shop] of trials.entries())
      share += (await rewardOf(agent, some, shop, 1)) / oracles[i]! / trials.length;
    shares.push(share);
  }
  const best = settings[shares.indexOf(Math.max(...shares))]!;
  const means: number[] = [];
  for (const shop of shops) {
    let mean = 0;
    for (const seed of seeds) mean += (await rewardOf(agent, best, shop, seed)) / seeds.length;
    means.push(mean);
  }
  const beside = (label: string): Settings => {
    const theirs = shopRows.find((row) => row.label === label)!.perShop!.slice(0, shops.length);
    return pairedTInterval(means, theirs) as never;
  };
  rows.push({
    agent,
    settings: best,
    shares: shares.map(rounded),
    reward: tInterval(means),
    'minus markov': beside('markov'),
    'minus dqn': beside('dqn'),
    perShop: means.map(rounded),
  });
}
record('shop-relatives', {
  command: 'node bench/shop-relatives.ts',
  data: `none: shop-v1, ${shops.length} fixed shops, ${interactions} interactions, ${shoppers} shoppers to be judged by, discount ${discount}`,
  seeds,
  notes: [
    'shares: of the oracle, of each candidate on three development shops with one seed; intervals of 95 % over shops (Student).',
    'markov and dqn: bench/results/shop-v1.json, ten seeds.',
  ],
  rows,
});
