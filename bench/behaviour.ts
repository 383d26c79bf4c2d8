/**
 * `node bench/behaviour.ts [visits] [seeds]`: what the heads of behaviour of the agent `transformer` say about simulated
 * shoppers, and how far that can be believed. A shop of `shop-v1` shows random slates, the first 200 to each shopper uncounted (docs/guide/shop-v1.md); a row is a visit. Network and heads
 * are taught by the visits of some shoppers and judged on those of others, at every moment after an interaction: figures of each
 * head with its temperature and without, and reliability curves (bench/results/behaviour.json).
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openEngine } from '../src/adapters/index.ts';
import { agentNamed, behaviourNames, outcomesOf, type SequenceAgent } from '../src/agent/index.ts';
import {
  historyPlace,
  type ItemFeatures,
  readSettings,
  rng,
  shopObservation,
  writeHistory,
} from '../src/core/index.ts';
import { behaviourFigures, curveOf, foreseen } from '../src/learn/index.ts';
import { type ShopWorld, worldNamed } from '../src/world/index.ts';
import { drawShop } from '../src/world/shop-v1/draw-shop.ts';
import { playAtRandom } from '../src/world/shop-v1/play-at-random.ts';
import { shopSettings } from '../src/world/shop-v1/shop-v1.ts';
import { record, rounded } from './record.ts';

const [wanted = '400000', seeds = '1'] = process.argv.slice(2);
const slates = Number(wanted);
const size = readSettings(shopSettings, { shop: 2001 });
if (!size.ok) throw new Error(size.error.message);
const { items } = size.value;
const parameters = drawShop(2001, size.value);
const definition = agentNamed('transformer');
const rows: Record<string, unknown>[] = [];
mkdirSync(join(import.meta.dirname, 'results'), { recursive: true });

for (const seed of seeds.split(',').map(Number)) {
  const play = (steps: number, of: number) =>
    playAtRandom(worldNamed('shop-v1').create(64, { shop: 2001 }) as ShopWorld, steps, of, { skip: 200 });
  const [train, test] = [play(slates, seed), play(slates / 4, seed + 1000)];
  const settings = readSettings(definition.settings, { behaviour: true, threads: 1, width: 32, epochs: 10 });
  if (!settings.ok) throw new Error(settings.error.message);
  const observation = shopObservation(items, 20);
  const categories = Int32Array.from(parameters.items.category, (category) => category + 1);
  const features: ItemFeatures = {
    n: items,
    categories,
    categoryCount: size.value.categories,
    brands: new Int32Array(items),
    brandCount: 0,
    prices: new Float32Array(items).fill(0.5),
    text: new Float32Array(0),
    textSize: 0,
  };
  const agent = (await definition.create(
    {
      observation,
      action: { kind: 'choice', n: items },
      items: features,
      rng: rng(seed),
      engine: await openEngine(),
    },
    settings.value as never,
  )) as SequenceAgent;
  const report = await agent.fit(train, {});
  const moments = Array.from({ length: test.n }, (_, row) =>
    Array.from({ length: test.offsets[row + 1]! - test.offsets[row]! }, (_, i) => ({ row, end: i + 1 })),
  ).flat();
  const outcome = outcomesOf(test, categories);
  const row = new Float32Array(observation.size);
  const cases = await foreseen(
    agent.policy(),
    moments.length,
    (m) => {
      writeHistory(historyPlace(observation)!, test, moments[m]!.row, moments[m]!.end, row, 0);
      return row;
    },
    (m) => outcome(moments[m]!.row, moments[m]!.end),
  );
  const figures = behaviourFigures(cases);
  for (const name of behaviourNames) {
    const temperature = report[`behaviour.${name}.temperature`];
    if (temperature === undefined) continue;
    const bare = cases[name].map(({ chances, happened }) => {
      const raised = chances.map((chance) => chance ** temperature);
      const sum = raised.reduce((a, b) => a + b, 0);
      return { chances: raised.map((chance) => chance / sum), happened };
    });
    const before = behaviourFigures({ nextType: [], nextCategory: [], buys: [], leaves: [], [name]: bare });
    const own = Object.entries(figures).filter(([figure]) => figure.startsWith(`behaviour.${name}.`));
    rows.push({
      head: name,
      seed,
      trained: train.n,
      ...Object.fromEntries(own.map(([figure, value]) => [figure.split('.').at(-1), rounded(value)])),
      temperature: rounded(temperature),
      'ece without temperature': rounded(before[`behaviour.${name}.ece`]!),
      'logLoss without temperature': rounded(before[`behaviour.${name}.logLoss`]!),
      curve: curveOf(cases[name]).map(({ count, said, happened }) => [
        count,
        rounded(said),
        rounded(happened),
      ]),
    });
    console.log(JSON.stringify(rows.at(-1)));
  }
}
record('behaviour', {
  command: 'node bench/behaviour.ts',
  data: 'shop-v1, shop 2001, uniformly random slates; a row is a visit (simulated shoppers)',
  seeds: seeds.split(',').map(Number),
  notes: [
    'Judged on visits of shoppers that were not learned from, after every interaction. curve: ten groups of equal number by rising chance, each [cases, mean chance said, share that came true]; of several classes the likeliest one.',
  ],
  rows,
});
