/**
 * `node bench/document-table.ts`: the transformer fine-tuned by rewards beside the same transformer without, LSTM, GRU, matrix
 * factorisation, collaborative filtering and popularity, in shop-v1: precision@5, recall@5, clicks a slate (simulated, and
 * off-policy from a log beside the truth) and the time of an answer. Writes bench/results/document-table.json and the table
 * of docs/guide/transformer-and-rl.md.
 *
 * All learn from the same log of uniformly random slates, split by time: agents of transitions from all that was shown, the
 * others, which cannot, from what was taken; and then from the same number of decisions of their own. `random-log.ts` says
 * how the later part of the log judges them, `answer-times.ts` how answers are timed.
 *
 *   --stage tune      two candidates each on a development shop that is none of the fixed ones: most reward wins
 *   --stage main      the best of each on the fixed shops; the log judges those of the first seed
 *   --stage times     one thread; run it alone (flock), since it measures milliseconds
 *   --stage all       the three, and what follows from them; `conclude` only that
 *
 * Resumable: each run is a line of bench/results/document-table.partial.jsonl. Intervals are t-intervals over shops, each the
 * mean of its seeds. `--shops 2 --seeds 1 --before 5000 --after 3000 --decisions 500 --products 2000 --answers 50 --smoke` writes nothing
 * but those lines.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openEngine } from '../src/adapters/index.ts';
import { type Agent, type AgentContext, agentNamed } from '../src/agent/index.ts';
import { readSettings, rng } from '../src/core/index.ts';
import { chosenBy, figuresOfLives, judgeLives } from '../src/eval/index.ts';
import { rollout } from '../src/learn/index.ts';
import { pairedTInterval, tInterval } from '../src/measure/index.ts';
import { developmentShops, fixedShops, type ShopWorld, shopV1 } from '../src/world/index.ts';
import { answerTimes } from './document-table/answer-times.ts';
import { learnLog } from './document-table/learn-log.ts';
import { judgeByLog, type RandomLog, randomLog, rankLater } from './document-table/random-log.ts';
import { withTable } from './document-table/table.ts';
import { keptRows } from './kept-rows.ts';
import { record, rounded } from './record.ts';

const { values: flags } = parseArgs({
  options: {
    stage: { type: 'string', default: 'all' },
    agents: { type: 'string' },
    shops: { type: 'string', default: '7' },
    seeds: { type: 'string', default: '1' },
    before: { type: 'string', default: '100000' },
    after: { type: 'string', default: '20000' },
    decisions: { type: 'string', default: '10000' },
    products: { type: 'string', default: '100000' },
    answers: { type: 'string', default: '2000' },
    smoke: { type: 'boolean', default: false },
  },
});
const [before, after, decisions] = [Number(flags.before), Number(flags.after), Number(flags.decisions)];
const products = Number(flags.products);
const shoppers = 200;
const evaluationSeed = 1_000_003;
const k = 5;
const discount = 0.8;
const engine = await openEngine();

type Settings = Readonly<Record<string, unknown>>;
const shape = { width: 32, blocks: 1, heads: 1, inner: 64, places: 20 };
const taught = { dropout: 0.3, learningRate: 0.003, batchSize: 64, threads: 1, patience: 5, epsilon: 0.2 };
const recurrent = { ...taught, width: 32, places: 20 };
const networks = (given: Settings): readonly Settings[] => [given, { ...given, dropout: 0.1 }];
const candidates: Readonly<Record<string, readonly Settings[]>> = {
  popularity: [{ epsilon: 0.2 }, { epsilon: 0.05 }],
  'item-knn': [
    { epsilon: 0.2, shrink: 10 },
    { epsilon: 0.2, shrink: 1 },
  ],
  als: [
    { epsilon: 0.2, factors: 8, alpha: 10 },
    { epsilon: 0.2, factors: 32, alpha: 10 },
  ],
  bpr: [
    { epsilon: 0.2, factors: 16 },
    { epsilon: 0.2, factors: 64 },
  ],
  gru: networks(recurrent),
  lstm: networks(recurrent),
  transformer: networks({ ...shape, ...taught }),
  'off-policy-ac': [
    { ...shape, bodyLearningRate: 0.0003, learningRate: 0.003 },
    { ...shape, bodyLearningRate: 0.0003, learningRate: 0.01 },
  ],
  sqn: [
    { ...shape, nStep: 3, bodyLearningRate: 0, epsilon: 0.5 },
    { ...shape, nStep: 3, bodyLearningRate: 0.0003, epsilon: 0.5 },
  ],
  // As printed, and with more that share a row and no end to what it learns from.
  'ap-trl': [{}, { decimals: 0, tuples: 0 }],
};
/** Those that begin as a transformer taught on the log. */
const fineTuned = new Set(['sqn', 'off-policy-ac']);
/** `sqn` once more, as it was tuned, with a reward of 1 for a click and 0 for anything else. */
const forClicks = 'sqn, clicks alone';
const tunedLabels = flags.agents?.split(',') ?? Object.keys(candidates);
const labels = tunedLabels.includes('sqn') ? [...tunedLabels, forClicks] : tunedLabels;
const agentOf = (label: string): string => (label === forClicks ? 'sqn' : label);

interface Row {
  readonly key: string;
  readonly [figure: string]: unknown;
}
const done = keptRows<Row>('document-table');
const begun = performance.now();
async function line(key: string, make: () => Promise<Settings>): Promise<void> {
  if (done.has(key)) return;
  const row = { key, ...(await make()) };
  done.keep(row);
  process.stderr.write(`${Math.round((performance.now() - begun) / 1000)} s: ${key}\n`);
}

let lastLog: RandomLog | undefined;
function logOf(shop: number, seed: number): RandomLog {
  if (lastLog?.shop !== shop || lastLog.seed !== 7000 + seed)
    lastLog = randomLog(shop, { before, after, seed: 7000 + seed });
  return lastLog;
}

const contextOf = (world: ShopWorld, seed: number): AgentContext => ({
  observation: world.observation,
  action: world.action,
  items: world.itemFeatures,
  rng: rng(seed).fork('agent'),
  engine,
});

/** Taught on the log; fine-tuned ones begin as the transformer that was picked. */
async function taughtOn(
  log: RandomLog,
  label: string,
  settings: Settings,
  context: AgentContext,
): Promise<Agent> {
  const read = (name: string, given: Settings): never => {
    const values = readSettings(agentNamed(name).settings, given);
    if (!values.ok) throw new Error(`${name}: ${values.error.message}`);
    return values.value as never;
  };
  if (fineTuned.has(label)) {
    const body = await taughtOn(log, 'transformer', settingsOf('transformer'), context);
    return agentNamed(label).restore(context, read(label, settings), await body.save());
  }
  const agent = await agentNamed(label).create(context, read(label, settings));
  // A table of values learns from decisions, not from what was taken.
  if (agent.consumes === 'transitions') return agent;
  if (agent.consumes !== 'sequences') throw new Error(`${label} does not learn from sequences`);
  await agent.fit(log.train, { validation: log.validation });
  return agent;
}

async function make(
  shop: number,
  label: string,
  candidate: number,
  seed: number,
  byLog: boolean,
): Promise<Settings> {
  const log = logOf(shop, seed);
  const rewards = label === forClicks ? { rewardClick: 1, rewardPurchase: 0 } : {};
  const world = shopV1.create(16, { shop, ...rewards });
  const name = agentOf(label);
  const agent = await taughtOn(log, name, candidates[name]![candidate]!, contextOf(world, seed));
  if (agent.consumes === 'transitions') await learnLog(agent, log, rewards, discount);
  await rollout(agent, world, { steps: decisions, seed, discount });
  const policy = agent.policy();
  const lives = await judgeLives(shopV1.create(shoppers, { shop }), chosenBy(policy), evaluationSeed);
  return {
    ...figuresOfLives(lives),
    ...(await rankLater(policy, log, k)),
    ...(byLog && { byLog: await judgeByLog(policy, log, 100) }),
  };
}

const tuningShops = developmentShops.slice(0, 1);
const tuningSeed = 101;
const keyOf = (shop: number, label: string, candidate: number, seed: number): string =>
  [before, after, decisions, shop, label, candidate, seed].join('/');
/** The candidate with the largest mean reward on the development shops; the first where they were not measured. */
function chosen(label: string): number {
  if (label !== agentOf(label)) return chosen(agentOf(label));
  const rewards = candidates[label]!.map((_, candidate) => {
    const rows = tuningShops.map((shop) => done.get(keyOf(shop, label, candidate, tuningSeed))?.reward);
    return rows.every((reward) => reward !== undefined)
      ? rows.reduce((sum: number, reward) => sum + (reward as number), 0)
      : -Infinity;
  });
  return Math.max(0, rewards.indexOf(Math.max(...rewards)));
}

const settingsOf = (label: string): Settings => candidates[agentOf(label)]![chosen(label)]!;

const shops = fixedShops.slice(0, Number(flags.shops));
const seeds = Array.from({ length: Number(flags.seeds) }, (_, i) => i + 1);
const stages = flags.stage === 'all' ? ['tune', 'main', 'times', 'conclude'] : [flags.stage];
if (stages.includes('tune'))
  for (const shop of tuningShops)
    for (const label of tunedLabels)
      for (const candidate of candidates[label]!.keys())
        await line(keyOf(shop, label, candidate, tuningSeed), () =>
          make(shop, label, candidate, tuningSeed, false),
        );
if (stages.includes('main'))
  for (const seed of seeds)
    for (const shop of shops)
      for (const label of labels)
        await line(keyOf(shop, label, chosen(label), seed), () =>
          make(shop, label, chosen(label), seed, seed === 1),
        );
const timesKey = (label: string): string => ['times', products, label].join('/');
if (stages.includes('times'))
  for (const label of tunedLabels)
    await line(timesKey(label), () =>
      answerTimes(label, settingsOf(label), { products, engine, answers: Number(flags.answers) }),
    );
if (stages.includes('conclude')) conclude();

function conclude(): void {
  type Judged = Awaited<ReturnType<typeof judgeByLog>>;
  const rowsOf = (label: string, shop: number): Row[] =>
    seeds.map((seed) => done.get(keyOf(shop, label, chosen(label), seed))!);
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  const perShop = (label: string, figure: string): number[] =>
    shops.map((shop) => mean(rowsOf(label, shop).map((row) => row[figure] as number)));
  const figures = ['precision', 'recall', 'hr', 'ndcg', 'hitRate', 'reward', 'successRate'];
  const rows = labels.map((label) => {
    const judged = shops.map((shop) => rowsOf(label, shop)[0]!.byLog as Judged);
    return {
      agent: label,
      settings: settingsOf(label),
      ...Object.fromEntries(figures.map((figure) => [figure, bounded(tInterval(perShop(label, figure)))])),
      ...(label !== 'transformer' &&
        labels.includes('transformer') && {
          minusTransformer: Object.fromEntries(
            figures.map((figure) => [
              figure,
              bounded(pairedTInterval(perShop(label, figure), perShop('transformer', figure))),
            ]),
          ),
        }),
      shops: shops.length,
      logged: rounded(mean(judged.map(({ logged }) => logged))),
      truth: rounded(mean(judged.map(({ truth }) => truth))),
      offPolicy: judged[0]!.estimates.map(({ name }, e) => {
        const all = judged.map(({ estimates, truth }) => ({ ...estimates[e]!, truth }));
        const given = all.filter(({ verdict }) => verdict !== 'refused');
        return {
          name,
          refused: all.length - given.length,
          ...(given.length > 0 && {
            value: rounded(mean(given.map(({ value }) => value))),
            truth: rounded(mean(given.map(({ truth }) => truth))),
            covered: given.filter(({ low, high, truth }) => low <= truth && truth <= high).length,
            halfWidth: rounded(mean(given.map(({ low, high }) => (high - low) / 2))),
          }),
        };
      }),
      times: done.get(timesKey(agentOf(label))),
    };
  });
  if (flags.smoke) {
    console.log(withTable('<!-- results:start -->\n<!-- results:end -->\n', { rows, command: 'smoke' }));
    return;
  }
  record('document-table', {
    command: `node bench/document-table.ts --shops ${shops.length} --seeds ${seeds.length} --before ${before} --after ${after} --decisions ${decisions} --answers ${flags.answers}`,
    data: `shop-v1, shops ${shops[0]}..${shops.at(-1)}: a log of ${before} uniformly random slates and ${after} later ones to be judged by, ${decisions} decisions of their own, ${shoppers} simulated shoppers`,
    seeds,
    notes: [
      'Clicks by the log: policies of the first seed; estimates with the verdict "refused" are counted and left out of means.',
      `Times: ${products} products, one thread; median and p99 are of the clock, so they need a machine that does nothing else.`,
    ],
    rows,
  });
  const page = join(import.meta.dirname, '../docs/guide/transformer-and-rl.md');
  const results = JSON.parse(readFileSync(join(import.meta.dirname, 'results/document-table.json'), 'utf8'));
  writeFileSync(page, withTable(readFileSync(page, 'utf8'), results));
}

function bounded({ mean, low, high }: { mean: number; low: number; high: number }): Settings {
  return { mean: rounded(mean), low: rounded(low), high: rounded(high) };
}
