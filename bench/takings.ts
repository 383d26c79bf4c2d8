/**
 * `node bench/takings.ts`: what is best invented beside what shoppers took, where no decision was logged? In shop-v1, on
 * development shops, the takings of 100,000 slates of other shoppers; the slates were uniformly random, or showed what had
 * sold before (odds of an item: 1 + how often it was taken, to the power `favour`). `dqn` learns from them
 *
 *   refusals   each taking and an item that nobody refused, one by one (`slate` top-k), as `tendril train` does by default
 *   slates     as a choice within an invented slate (`--takings slates`)
 *   none       nothing
 *
 * and is judged as it is, and after 20,000 decisions of its own (choices within slates: not after refusals). `nStep` and
 * `discount` are those of bench/fine-tuning.ts. Four shops and a seed take five minutes.
 */
import { parseArgs } from 'node:util';
import { openEngine } from '../src/adapters/index.ts';
import { agentNamed, type TransitionAgent } from '../src/agent/index.ts';
import { eventTypeCode, readSettings, rng, type TransitionBatch } from '../src/core/index.ts';
import { chosenBy, figuresOfLives, judgeLives } from '../src/eval/index.ts';
import { inventedSlates, rollout } from '../src/learn/index.ts';
import { pairedTInterval, tInterval } from '../src/measure/index.ts';
import { developmentShops, shopV1 } from '../src/world/index.ts';
import { takingsAtRandom } from './fine-tuning/takings-at-random.ts';
import { record, rounded } from './record.ts';

const { values: flags } = parseArgs({
  options: {
    shops: { type: 'string', default: '6' },
    seeds: { type: 'string', default: '2' },
    favours: { type: 'string', default: '0,1' },
    history: { type: 'string', default: '100000' },
    interactions: { type: 'string', default: '20000' },
  },
});
const engine = await openEngine();
const history = Number(flags.history);
const interactions = Number(flags.interactions);
const shops = developmentShops.slice(0, Number(flags.shops));
const seeds = Array.from({ length: Number(flags.seeds) }, (_, i) => 101 + i);
const discount = 0.8;

type Beside = 'none' | 'refusals' | 'slates';
const kinds: readonly { readonly beside: Beside; readonly decisions: number }[] = [
  { beside: 'refusals', decisions: 0 },
  { beside: 'slates', decisions: 0 },
  { beside: 'none', decisions: interactions },
  { beside: 'slates', decisions: interactions },
];

async function earned(
  shop: number,
  seed: number,
  favour: number,
  { beside, decisions }: (typeof kinds)[number],
): Promise<number> {
  const world = shopV1.create(16, { shop });
  const { observation, action, itemFeatures: items } = world;
  const definition = agentNamed('dqn');
  const read = readSettings(definition.settings, {
    nStep: 3,
    slate: beside === 'refusals' ? 'top-k' : 'slateq',
  });
  if (!read.ok) throw new Error(read.error.message);
  const context = { observation, action, items, rng: rng(seed).fork('agent'), engine };
  const agent = (await definition.create(context, read.value as never)) as TransitionAgent;
  const { train } = takingsAtRandom(shopV1.create(64, { shop }), history, 7000 + seed, favour);
  const reward = (entry: number): number => 0.1 + Number(train.types![entry] === eventTypeCode('purchase'));
  const stream = rng(seed).fork('invented');
  if (beside !== 'none')
    for (const batch of inventedSlates(train, observation, action, stream, {
      ...{ batchSize: 50, discount, reward, items },
    }))
      await agent.learn(beside === 'slates' ? batch : withRefusals(batch, action.k));
  if (decisions > 0) await rollout(agent, world, { steps: decisions, seed, discount });
  return figuresOfLives(await judgeLives(shopV1.create(400, { shop }), chosenBy(agent.policy()), 1_000_003))
    .reward;
}

/** The items taken alone, each with one that stood beside it as refused: nothing earned, and the state stays. */
function withRefusals(batch: TransitionBatch, k: number): TransitionBatch {
  const { n, observations, nextObservations, actions, chosen, invented: _, ...rest } = batch;
  const alone = new Int32Array(2 * n * k).fill(-1);
  for (let i = 0; i < n; i++) {
    const slot = chosen![i]!;
    alone[i * k] = actions[i * k + slot]!;
    alone[(n + i) * k] = actions[i * k + ((slot + 1) % k)]!;
  }
  const twice = (first: Float32Array, second: Float32Array): Float32Array =>
    Float32Array.of(...first, ...second);
  return {
    n: 2 * n,
    observations: twice(observations, observations),
    nextObservations: twice(nextObservations, observations),
    actions: alone,
    rewards: twice(rest.rewards, new Float32Array(n)),
    discounts: twice(rest.discounts, rest.discounts),
    terminated: new Uint8Array(2 * n),
    truncated: new Uint8Array(2 * n).fill(1),
    chosen: Int32Array.from({ length: 2 * n }, (_, i) => (i < n ? 0 : -1)),
  };
}

/** What was earned without takings, whatever log they are of. */
let without: number[] | undefined;
const rows: Record<string, unknown>[] = [];
for (const favour of flags.favours.split(',').map(Number)) {
  const perShop: number[][] = [];
  for (const kind of kinds) {
    const means: number[] = kind.beside === 'none' ? (without ?? []) : [];
    for (const shop of shops) {
      if (means.length === shops.length) break;
      let sum = 0;
      for (const seed of seeds) sum += await earned(shop, seed, favour, kind);
      means.push(sum / seeds.length);
    }
    perShop.push(means);
    if (kind.beside === 'none') without = means;
    const other = perShop.length % 2 === 0 ? perShop.at(-2)! : undefined;
    const row = {
      world: 'shop-v1',
      agent: 'dqn',
      favour,
      ...kind,
      reward: tInterval(means),
      ...(other && { minusOther: pairedTInterval(means, other) }),
      perShop: means.map(rounded),
    };
    rows.push(row);
    console.log(JSON.stringify(row));
  }
}
record('takings', {
  command: `node bench/takings.ts --shops ${shops.length} --seeds ${seeds.length} --favours ${flags.favours} --history ${history} --interactions ${interactions}`,
  data: `shop-v1, shops ${shops.join(', ')}; takings of ${history} slates; judged on 400 shoppers`,
  seeds,
  rows,
});
