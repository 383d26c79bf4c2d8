/**
 * `node bench/page.ts`: decisions of several parts in shop-page-v1, where one decision picks products, a content type and a
 * layout. The agent `factored` with contents by what the shopper answered so far, with contents that do not look at that, and
 * with random pages, all with `dqn` for the products; and the page and products worth most in the next step, by the truth.
 * The same shoppers with the same luck judge all of them. Resumable: each run is a line of
 * bench/results/page.partial.jsonl. `--shops 1 --seeds 1 --interactions 2000` is a smoke test.
 */
import { parseArgs } from 'node:util';
import { openEngine } from '../src/adapters/index.ts';
import { agentNamed } from '../src/agent/index.ts';
import { readSettings, rng } from '../src/core/index.ts';
import { type Choose, chosenBy, figuresOfLives, judgeLives } from '../src/eval/index.ts';
import { rollout } from '../src/learn/index.ts';
import { pairedTInterval, tInterval } from '../src/measure/index.ts';
import { fixedShops, type PageWorld, shopPageV1 } from '../src/world/index.ts';
import { keptRows } from './kept-rows.ts';
import { record, rounded } from './record.ts';

const { values: flags } = parseArgs({
  options: {
    shops: { type: 'string', default: '3' },
    seeds: { type: 'string', default: '2' },
    interactions: { type: 'string', default: '100000' },
  },
});
const interactions = Number(flags.interactions);
const shops = fixedShops.slice(0, Number(flags.shops));
const seeds = Array.from({ length: Number(flags.seeds) }, (_, i) => i + 1);
const shoppers = 400;
const evaluationSeed = 1_000_003;

/** Settings of `factored` by label; none for the truth. */
const contestants: Readonly<Record<string, Readonly<Record<string, string>> | undefined>> = {
  'a content for each shopper': {
    settings: 'products.nStep=3;content.features=page.answered,page.shown;layout.features=page.device',
  },
  'a content for all': {
    settings: 'products.nStep=3;content.features=page.device;layout.features=page.device',
  },
  'random pages': {
    settings:
      'products.nStep=3;content.features=page.device;content.epsilon=1;layout.features=page.device;layout.epsilon=1',
  },
  '(best next step)': undefined,
};
const labels = Object.keys(contestants);

interface Row {
  readonly key: string;
  readonly reward: number;
  readonly hitRate: number;
  /** Share of the judged decisions with the content of the shopper's habit, and with the layout that suits. */
  readonly content: number;
  readonly layout: number;
}
const keyOf = (shop: number, label: string, seed: number): string =>
  [interactions, shop, label, contestants[label] ? seed : 0].join('/');

const bestNextStep =
  (world: PageWorld): Choose =>
  (living, _observations, _masks, actions) => {
    for (const w of living) {
      const { action } = world.hidden.best(w);
      actions.set(action, w * action.length);
    }
  };

async function make(shop: number, label: string, seed: number): Promise<Omit<Row, 'key'>> {
  const judged = shopPageV1.create(shoppers, { shop });
  const k = judged.hidden.shop.action.k;
  let choose: Choose;
  if (contestants[label]) {
    const world = shopPageV1.create(16, { shop });
    const definition = agentNamed('factored');
    const settings = readSettings(definition.settings, contestants[label]);
    if (!settings.ok) throw new Error(settings.error.message);
    const agent = await definition.create(
      {
        observation: world.observation,
        action: world.action,
        items: world.itemFeatures!,
        rng: rng(seed).fork('agent'),
        engine: await openEngine(),
      },
      settings.value,
    );
    await rollout(agent, world, { steps: interactions, seed, discount: 0.8 });
    const drawn = label === 'random pages' ? rng(seed).fork('judged') : undefined;
    const greedy = chosenBy(agent.policy());
    choose = async (living, observations, masks, actions) => {
      await greedy(living, observations, masks, actions);
      for (const w of drawn ? living : []) actions.set([drawn!.int(4), drawn!.int(3)], w * (k + 2) + k);
    };
  } else choose = bestNextStep(judged);
  const fits = { content: 0, layout: 0, decisions: 0 };
  const watched: Choose = async (living, observations, masks, actions) => {
    await choose(living, observations, masks, actions);
    for (const w of living) {
      fits.content += Number(actions[w * (k + 2) + k] === judged.hidden.habits[w]);
      fits.layout += Number(actions[w * (k + 2) + k + 1] === judged.hidden.bestLayouts[w]);
      fits.decisions++;
    }
  };
  const { reward, hitRate } = figuresOfLives(await judgeLives(judged, watched, evaluationSeed));
  return {
    reward,
    hitRate,
    content: fits.content / fits.decisions,
    layout: fits.layout / fits.decisions,
  };
}

const done = keptRows<Row>('page');
for (const shop of shops)
  for (const label of labels)
    for (const seed of seeds) {
      const key = keyOf(shop, label, seed);
      if (done.has(key)) continue;
      const row = { key, ...(await make(shop, label, seed)) };
      done.keep(row);
      process.stderr.write(`shop ${shop}, ${label}, seed ${seed}: reward ${row.reward.toFixed(3)}\n`);
    }

const perShop = (label: string, of: (row: Row) => number): number[] =>
  shops.map((shop) => tInterval(seeds.map((seed) => of(done.get(keyOf(shop, label, seed))!))).mean);
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const first = labels[0]!;
const rows = labels.map((label) => {
  const rewards = perShop(label, (row) => row.reward);
  return {
    world: 'shop-page-v1',
    agent: contestants[label] ? 'factored' : '(truth)',
    label,
    reward: rounded(mean(rewards)),
    bestStepShare: rounded(mean(rewards) / mean(perShop('(best next step)', (row) => row.reward))),
    hitRate: rounded(mean(perShop(label, (row) => row.hitRate))),
    contentRight: rounded(mean(perShop(label, (row) => row.content))),
    layoutRight: rounded(mean(perShop(label, (row) => row.layout))),
    ...(label !== first && {
      firstMinusThis: pairedTInterval(
        perShop(first, (row) => row.reward),
        rewards,
      ),
    }),
    perShop: rewards.map(rounded),
  };
});
record('page', {
  command: `node bench/page.ts --shops ${shops.length} --seeds ${seeds.length} --interactions ${interactions}`,
  data: `shop-page-v1, shops ${shops[0]}..${shops.at(-1)}, ${interactions} interactions, judged on ${shoppers} shoppers`,
  seeds,
  rows,
});
for (const row of rows) console.log(JSON.stringify(row));
