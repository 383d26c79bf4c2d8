/**
 * `TENDRIL_DATASETS=... node bench/ranking.ts [s3rec|sessions|all] [agents] [sets] [agent.setting=value ...]`: next-item
 * prediction on public data, one row for each agent and data set. With agents or sets named, only those rows are measured
 * again. TENDRIL_MODELS names a folder where transformer, gru and lstm are kept, so that a blend does not train them again;
 * settings are those of these on sessions. On s3rec agents have the settings that did best in bench/tuning.ts.
 *
 *   s3rec     leave one out on the three S3-Rec files (bench/results/s3rec.json); the items' attributes, which came with
 *             the files, are the words `content` knows; how fast `dqn` learns there is measured and told in a note
 *   sessions  all prefixes of the test sessions of Diginetica and RetailRocket (bench/results/sessions.json), with the
 *             most frequent next item counted plainly beside it, to show that the files are read as others read them
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openEngine, readSequenceFile } from '../src/adapters/index.ts';
import { type AgentDefinition, agentNamed, blendOf } from '../src/agent/index.ts';
import { type ItemFeatures, readSettings, rng, type Sequences, shopObservation } from '../src/core/index.ts';
import { evaluateSequences, leaveOneOut, type Split, sessionSplit } from '../src/eval/index.ts';
import { replaySequences } from '../src/learn/index.ts';
import { datasets, merged, notesOf, record, rounded } from './record.ts';
import { attributesOf } from './s3rec-attributes.ts';
import { settingsAsked, trainedAgent } from './trained-agent.ts';
import { tuned } from './tuned.ts';

const root = datasets();
const seed = 1;
const [what = 'all', named, chosen, ...given] = process.argv.slice(2);
if (given.length > 0 && !process.env.TENDRIL_MODELS)
  throw new Error('settings are those of kept networks: name their folder in TENDRIL_MODELS');
const engine = await openEngine();
const counting = [
  'random',
  'popularity',
  'recent-popularity',
  'markov',
  'item-knn',
  'als',
  'ease',
  'bpr',
  'content',
  'markov+item-knn',
];
const names = named?.split(',') ?? counting;
if (what !== 'sessions' && given.length > 0)
  throw new Error(
    'on s3rec agents have the settings that bench/tuning.ts found: name sessions, or leave them out',
  );
const sets = (all: readonly string[]): readonly string[] =>
  all.filter((set) => chosen?.split(',').includes(set) ?? true);

const timesNote =
  'Seconds are those of the processor, on all its cores together; in rows measured before 2026-11-27 those of the clock.';
const speedNote = 'dqn is not in this table. How fast it learns on the same machine';

mkdirSync(join(import.meta.dirname, 'results'), { recursive: true });
if (what !== 'sessions') await s3rec();
if (what !== 's3rec') await sessions();

async function s3rec(): Promise<void> {
  const rows = [];
  const speeds: string[] = [];
  for (const set of sets(['Beauty', 'Sports_and_Outdoors', 'Toys_and_Games'])) {
    const numbers = new Map<string, number>();
    const sequences = await readSequenceFile(join(root, 's3rec-amazon-sequences', `${set}.txt.gz`), numbers);
    const split = leaveOneOut(sequences);
    rows.push(...(await judge(set, split, 10, tuned, attributesOf(root, set, numbers))));
    if (!named) speeds.push(`${set}: ${await speedOfDqn(split)}`);
  }
  record('s3rec', {
    command: 'node bench/ranking.ts s3rec',
    data: 'Amazon product data 2014 as prepared for S3-Rec: Beauty, Sports_and_Outdoors, Toys_and_Games',
    seeds: [seed],
    notes: [
      'Leave one out; fitted on all but the last two items of each shopper, also for the test; whole catalogue, items of the history masked, ties at mid-rank.',
      'The times of this data have the resolution of a day, and items of one day stand in the order of the catalogue: part of every score here is the order of the file.',
      timesNote,
      'setting: of six for each agent the one with the highest NDCG@10 on the validation part of Beauty (tuning.json), on all three sets; blends have those of their parts.',
      'content knows the attributes that came with the files as words and the last of them as category; there are no titles and no prices.',
      ...(speeds.length > 0 ? [`${speedNote}: ${speeds.join('; ')}.`] : notesOf('s3rec', speedNote)),
    ],
    rows: merged('s3rec', rows, ['set', 'agent']),
  });
}

async function sessions(): Promise<void> {
  const rows = [];
  for (const set of sets(['diginetica-sessions', 'retailrocket-sessions'])) {
    const minPrefix = set === 'retailrocket-sessions' ? 2 : 1;
    const numbers = new Map<string, number>();
    const read = (part: string): Promise<Sequences> =>
      readSequenceFile(join(root, set, `${part}_sessions.txt.gz`), numbers, { users: false });
    const [train, test] = [await read('train'), await read('test')];
    const itemCount = numbers.size;
    const split = sessionSplit({ ...train, itemCount }, { ...test, itemCount }, { minPrefix });
    rows.push({ set, ...mostFrequentNext(train, split) });
    rows.push(...(await judge(set, split, 20, askedFor)));
  }
  record('sessions', {
    command: 'node bench/ranking.ts sessions',
    data: 'Diginetica (CIKM Cup 2016) and RetailRocket sessions as prepared by others, files train_sessions and test_sessions',
    seeds: [seed],
    notes: [
      'Every prefix of a test session (RetailRocket: of two or more) predicts the next item; whole catalogue, nothing masked, ties at mid-rank.',
      'most-frequent-next is counted plainly: ties by first appearance, nothing recommended beyond what was seen to follow.',
      timesNote,
      'setting: what differs from the defaults of the agent, or of the parts of a blend.',
      'content is not here: these items have no attributes. Nor is dqn: the catalogues are larger than those of s3rec.json, whose note says how fast it learns there.',
    ],
    rows: merged('sessions', rows, ['set', 'agent']),
  });
}

/** Times of a table do not depend on what else the machine does. */
function processorMilliseconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function judge(
  set: string,
  split: Split,
  k: number,
  settingsOf: SettingsOf,
  items?: ItemFeatures,
): Promise<Record<string, unknown>[]> {
  const rows = [];
  for (const name of names) {
    if (name === 'content' && !items) continue;
    const settings = settingsOf(name);
    const definition = await definitionOf(name, set, split, settingsOf);
    const { figures, report, fitSeconds, scoreSeconds, cases } = await evaluateSequences(definition, {
      split,
      k,
      seed,
      now: processorMilliseconds,
      ...(definition.needsEngine && { engine: async () => engine }),
      ...(name === 'content' && { items: items! }),
      settings,
    });
    const row = {
      set,
      agent: name,
      setting: told(settings),
      ...Object.fromEntries(Object.entries(figures).map(([figure, value]) => [figure, rounded(value)])),
      cases,
      fitSeconds: rounded(fitSeconds + trainingOf(report)),
      scoreSeconds: rounded(scoreSeconds),
      report,
    };
    rows.push(row);
    const [a, b] = k === 10 ? ['hr@10', 'ndcg@10'] : ['recall@20', 'mrr@20'];
    console.log(
      `${set} ${name}: ${a} ${figures[a!]!.toFixed(4)} ${b} ${figures[b!]!.toFixed(4)}, fit ${fitSeconds.toFixed(2)} s, judge ${scoreSeconds.toFixed(1)} s`,
    );
  }
  return rows;
}

/** What was asked of an agent, or of the parts of a blend. */
function askedFor(name: string): Readonly<Record<string, number>> {
  const parts = name.split('+');
  if (parts.length === 1) return settingsAsked(name, given);
  return Object.fromEntries(
    parts.flatMap((part) =>
      Object.entries(settingsAsked(part, given)).map(([key, value]) => [`${part}.${key}`, value]),
    ),
  );
}

type SettingsOf = (agent: string) => Readonly<Record<string, string | number>>;

function told(settings: Readonly<Record<string, unknown>>): string {
  const words = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  return words.join(' ') || 'defaults';
}

/** Processor seconds that networks which were kept had been trained for. */
function trainingOf(report: Readonly<Record<string, unknown>>): number {
  return Object.entries(report).reduce(
    (sum, [name, value]) => sum + (name.endsWith('trainingSeconds') ? Number(value) : 0),
    0,
  );
}

/** Of an agent or a blend. Where TENDRIL_MODELS names a folder, networks are trained once and kept there. */
async function definitionOf(
  name: string,
  set: string,
  split: Split,
  settingsOf: SettingsOf,
): Promise<AgentDefinition> {
  const models = process.env.TENDRIL_MODELS;
  const parts = await Promise.all(
    name.split('+').map((agent) =>
      models && ['transformer', 'gru', 'lstm'].includes(agent)
        ? trainedAgent({
            models,
            agent,
            set,
            seed,
            split,
            settings: settingsOf(agent),
            engine,
          })
        : agentNamed(agent),
    ),
  );
  return parts.length > 1 ? blendOf(parts) : parts[0]!;
}

/** What a pass over the training steps would take, from half a minute of learning with the settings it has. */
async function speedOfDqn(split: Split): Promise<string> {
  const definition = agentNamed('dqn');
  const settings = readSettings(definition.settings, {});
  if (!settings.ok) throw new Error(settings.error.message);
  const { train } = split;
  const context = {
    observation: shopObservation(train.itemCount, 20),
    action: { kind: 'choice', n: train.itemCount } as const,
    rng: rng(seed),
    engine,
  };
  const agent = await definition.create(context, settings.value);
  if (agent.consumes !== 'transitions') throw new Error('dqn learns from transitions');
  const options = { batchSize: 256, discount: 0.5, negatives: 3, ratingWeight: 0 };
  const [begun, limit] = [performance.now(), 30_000];
  let [batches, from] = [0, begun];
  for (const batch of replaySequences(train, context.observation, context.action, rng(seed), options)) {
    await agent.learn(batch);
    // The first batches fill the replay buffer and warm up.
    if (++batches === 20) from = performance.now();
    if (batches > 25 && performance.now() - begun > limit) break;
  }
  const perSecond = ((batches - 20) * 1000) / (performance.now() - from);
  const steps = train.items.length - train.n;
  return `${perSecond.toFixed(1)} batches of 64 histories a second, ${(steps / 64 / perSecond / 3600).toFixed(1)} hours for one of at most 10 passes`;
}

/** The twenty items that most often came next after the last one, as papers count it. */
function mostFrequentNext({ n, offsets, items }: Sequences, { test }: Split): Record<string, unknown> {
  const following = new Map<number, Map<number, number>>();
  for (let u = 0; u < n; u++) {
    for (let p = offsets[u]!; p + 1 < offsets[u + 1]!; p++) {
      const next = following.get(items[p]!) ?? new Map<number, number>();
      following.set(items[p]!, next.set(items[p + 1]!, (next.get(items[p + 1]!) ?? 0) + 1));
    }
  }
  const lists = new Map(
    [...following].map(([item, next]) => [
      item,
      [...next]
        .sort((a, b) => b[1] - a[1])
        .slice(0, 20)
        .map(([other]) => other),
    ]),
  );
  let hits = 0;
  let reciprocal = 0;
  test.rows.forEach((row, c) => {
    const last = test.sequences.items[test.sequences.offsets[row]! + test.ends[c]! - 1]!;
    const rank = lists.get(last)?.indexOf(test.targets[c]!) ?? -1;
    if (rank < 0) return;
    hits++;
    reciprocal += 1 / (rank + 1);
  });
  const cases = test.rows.length;
  console.log(
    `most-frequent-next: recall@20 ${(hits / cases).toFixed(4)} mrr@20 ${(reciprocal / cases).toFixed(4)}`,
  );
  return {
    agent: 'most-frequent-next',
    'recall@20': rounded(hits / cases),
    'mrr@20': rounded(reciprocal / cases),
    cases,
  };
}
