import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import {
  checkOutPath,
  dataPath,
  openDataDirectory,
  openEngine,
  readSequenceFile,
  sqliteLog,
} from '../adapters/index.ts';
import { agentNamed } from '../agent/index.ts';
import {
  type ItemFeatures,
  type ItemGraph,
  readSettings,
  type Sequences,
  TendrilError,
} from '../core/index.ts';
import {
  type Evaluation,
  evaluateSequences,
  leaveOneOut,
  type Split,
  sessionSplit,
  sessionsOf,
  timeSplit,
} from '../eval/index.ts';
import { behaviourNote, readShop } from '../learn/index.ts';
import { evaluateInWorld, evaluatePolicy } from './evaluate-in-world.ts';
import { asksFor, settingsByAgent } from './named-values.ts';
import { names, positiveWhole, wholeNumber } from './option-values.ts';
import { printRows } from './output.ts';
import { progressLine } from './progress.ts';

interface Options {
  readonly sequences?: string;
  readonly train?: string;
  readonly test?: string;
  readonly data?: string;
  readonly world?: string;
  readonly policy?: string;
  readonly protocol: Split['protocol'];
  readonly agents: readonly string[];
  readonly set: readonly string[];
  readonly k?: number;
  readonly minPrefix: number;
  readonly repeats: boolean;
  readonly robustness: boolean;
  readonly seed: number;
  readonly out?: string;
  readonly json: boolean;
}

/** `tendril evaluate`: how well agents foretell what shoppers took next. */
export function evaluateCommand(command: Command): void {
  command
    .description(
      'Fits each agent on the first part of the data, picks its settings on a second, and judges it once on the third: how high, in the whole catalogue, does it rank what the shopper took next?',
    )
    .option('--sequences <file>', '`user item item ...` a line in time order, gzip or not')
    .option('--train <file>', 'sessions to fit on, `item item ...` a line (with --protocol sessions)')
    .option('--test <file>', 'sessions to judge on, in the same form')
    .option('--data <dir>', 'an imported shop (default: $TENDRIL_DATA or ./tendril-data)')
    .option('--world <id>', 'judge models that were trained in this world and stored in --data')
    .option('--policy <file>', 'judge the policy that "train --world --out" wrote, in its world')
    .addOption(
      new Option('--protocol <name>', 'how to split')
        .choices(['leave-one-out', 'sessions', 'time'])
        .default('leave-one-out'),
    )
    .option('--agents <names>', 'separated by commas; a+b is a blend, with --world a@2 a version', names, [
      'popularity',
      'markov',
      'item-knn',
      'markov+item-knn',
    ])
    .option(
      '--set <agent.setting=value>',
      'a setting of an agent; may be repeated',
      (value, all: string[]) => [...all, value],
      [],
    )
    .option('--k <n>', 'length of the lists (default: 10, for sessions 20)', positiveWhole)
    .option('--min-prefix <n>', 'shortest beginning of a session that is a case', positiveWhole, 1)
    .option('--repeats', 'shoppers may take an item again: mask nothing (sessions never mask)', false)
    .option('--robustness', 'judge on damaged histories too (in --json and --out)', false)
    .option('--seed <n>', 'of everything drawn by chance', wholeNumber, 1)
    .option('--out <file>', 'write everything to a JSON file as well')
    .option('--json', 'one JSON object a line', false)
    .addHelpText(
      'after',
      `
Examples:
  $ tendril evaluate --sequences Beauty.txt.gz --protocol leave-one-out --agents markov,item-knn --json
  $ tendril evaluate --protocol sessions --train train.txt.gz --test test.txt.gz --agents popularity,markov
  $ tendril evaluate --data my-shop --protocol time --agents popularity,markov+item-knn --out results.json
  $ tendril evaluate --world shop-v1 --data my-shop --agents dqn@1,popularity --json
  $ tendril evaluate --policy offers.policy --json`,
    )
    .action(evaluate);
}

async function evaluate(options: Options): Promise<void> {
  const { sequences, train, test, data } = options;
  if (options.policy !== undefined && (sequences ?? train ?? test ?? data) !== undefined)
    throw new TendrilError(
      'bad-setting',
      '--policy brings its model with it: leave out --data, --sequences, --train and --test',
    );
  if (options.world !== undefined && (sequences ?? train ?? test) !== undefined)
    throw new TendrilError('bad-setting', 'with --world give --data, where the models are, and no sequences');
  if (options.policy !== undefined) return evaluatePolicy(options.policy, options);
  if (options.world !== undefined) return evaluateInWorld(options.world, options.agents, options);
  const definitions = options.agents.map(agentNamed);
  const settings = settingsByAgent(options.set, options.agents);
  // Before anything is read or fitted: a wrong setting of the last agent is told at once.
  for (const definition of definitions) {
    const read = readSettings(definition.settings, settings[definition.name]);
    if (!read.ok) throw new TendrilError(read.error.code, `${definition.name}: ${read.error.message}`);
  }
  if (options.out) checkOutPath(options.out);
  const sentiments = Object.values(settings).some((given) => asksFor(given, 'reviewSentiment'));
  if (sentiments && options.protocol === 'time')
    throw new TendrilError(
      'bad-setting',
      'reviewSentiment: what an item is said to be counts reviews from after the split, too; accepted with --protocol time: false',
    );
  const { split, items, graph } = await splitOf(options, sentiments);
  const k = options.k ?? (options.protocol === 'sessions' ? 20 : 10);
  let engine: ReturnType<typeof openEngine> | undefined;
  const rows: Record<string, unknown>[] = [];
  for (const definition of definitions) {
    const line = progressLine(definition.name);
    let result: Evaluation;
    try {
      result = await evaluateSequences(definition, {
        split,
        k,
        seed: options.seed,
        robustness: options.robustness,
        settings: settings[definition.name] ?? {},
        now: () => performance.now(),
        progress: line.report,
        ...(definition.needsEngine && {
          engine: () => {
            engine ??= openEngine();
            return engine;
          },
        }),
        ...(items && { items }),
        ...(graph && { graph }),
      });
    } finally {
      line.done();
    }
    const row = rowOf(result, options.protocol);
    rows.push(row);
    if (options.json) printRows([row], true);
  }
  if (!options.json) {
    process.stdout.write(`${split.caption}\n\n`);
    printRows(
      rows.map((row) => shown(row, k)),
      false,
    );
    if (rows.some((row) => Object.keys(row).some((name) => name.startsWith('behaviour'))))
      process.stdout.write(
        `${behaviourNote}${split.heldBack ? '; the network has learned the held-back interactions since its heads were taught' : ''}\n`,
      );
  }
  if (options.out) {
    writeFileSync(
      options.out,
      `${JSON.stringify({ caption: split.caption, k, seed: options.seed, rows }, null, 2)}\n`,
    );
  }
}

function rowOf(result: Evaluation, protocol: string): Record<string, unknown> {
  return {
    agent: result.agent,
    ...Object.fromEntries(Object.entries(result.figures).map(([name, value]) => [name, rounded(value)])),
    seconds: rounded(result.fitSeconds + result.scoreSeconds),
    fitSeconds: rounded(result.fitSeconds),
    scoreSeconds: rounded(result.scoreSeconds),
    protocol,
    cases: result.cases,
    seed: result.seed,
    report: result.report,
  };
}

const rounded = (value: number): number => Math.round(value * 1e6) / 1e6;

/** What fits a terminal; the rest is in --json and --out. */
const shown = (row: Readonly<Record<string, unknown>>, k: number): Record<string, unknown> =>
  Object.fromEntries(
    [
      'agent',
      `hr@${k}`,
      `ndcg@${k}`,
      `mrr@${k}`,
      `debiased-hr@${k}`,
      `coverage@${k}`,
      `long-tail@${k}`,
      `gini@${k}`,
      ...Object.keys(row).filter(
        (name) =>
          (name.startsWith(`ndcg@${k}.`) && /whole|dropped|replaced|bare/.test(name)) ||
          /^behaviour.*\.(auc|accuracy|mostFrequent|ece)$/.test(name),
      ),
      'seconds',
    ].map((name) => [name, row[name]]),
  );

async function splitOf(
  options: Options,
  sentiments: boolean,
): Promise<{ split: Split; items?: ItemFeatures; graph?: ItemGraph }> {
  const { protocol, sequences, train, test, data, repeats, minPrefix } = options;
  if (train !== undefined || test !== undefined) {
    if (
      protocol !== 'sessions' ||
      train === undefined ||
      test === undefined ||
      sequences !== undefined ||
      data !== undefined
    )
      throw new TendrilError(
        'bad-setting',
        '--train and --test go together, with --protocol sessions and without --sequences or --data',
      );
    if (resolve(train) === resolve(test))
      throw new TendrilError(
        'bad-setting',
        `--train and --test are both ${test}; accepted: two files, of sessions to learn from and of later ones`,
      );
    const numbers = new Map<string, number>();
    const fitted = await readSequenceFile(train, numbers, { users: false });
    const judged = await readSequenceFile(test, numbers, { users: false });
    const all = { itemCount: numbers.size };
    return { split: sessionSplit({ ...fitted, ...all }, { ...judged, ...all }, { minPrefix }) };
  }
  if (sequences !== undefined) {
    if (data !== undefined) throw new TendrilError('bad-setting', 'give --sequences or --data, not both');
    return { split: cut(await readSequenceFile(sequences, new Map()), protocol, repeats, minPrefix) };
  }
  const log = await sqliteLog(openDataDirectory(dataPath(data)).logPath, { readOnly: true });
  try {
    const { sequences: histories, features, graph, validation } = await readShop(log, { sentiments });
    if (validation.repeats && !repeats && protocol !== 'sessions')
      process.stderr.write(
        'tendril: shoppers of this shop take products again; what they took before is left out of lists unless --repeats is given\n',
      );
    return { split: cut(histories, protocol, repeats, minPrefix), items: features, graph };
  } finally {
    await log.close();
  }
}

function cut(sequences: Sequences, protocol: Split['protocol'], repeats: boolean, minPrefix: number): Split {
  switch (protocol) {
    case 'leave-one-out':
      return leaveOneOut(sequences, { repeats });
    case 'time':
      return timeSplit(sequences, { repeats });
    case 'sessions': {
      const { train, test } = sessionsOf(sequences);
      return sessionSplit(train, test, { minPrefix });
    }
  }
}
