import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import {
  checkpointFile,
  dataPath,
  directoryRegistry,
  openDataDirectory,
  openEngine,
  sqliteLog,
} from '../adapters/index.ts';
import { agentNamed } from '../agent/index.ts';
import { type Progress, readSettings, TendrilError } from '../core/index.ts';
import {
  decidingFigure,
  openModel,
  readShop,
  type TrainedModel,
  trainBest,
  trainInWorld,
  trainOnShop,
} from '../learn/index.ts';
import type { Engine } from '../math/index.ts';
import type { Manifest, Registry } from '../registry/index.ts';
import { parseReward } from '../reward/index.ts';
import { worldNamed } from '../world/index.ts';
import { printRows } from './output.ts';
import { progressLine } from './progress.ts';

interface Options {
  readonly data?: string;
  readonly world?: string;
  readonly agents?: readonly string[];
  readonly setting: readonly string[];
  readonly worldOption: readonly string[];
  readonly steps?: number;
  readonly reward?: string;
  readonly discount?: number;
  readonly seed: number;
  readonly promote: boolean;
  readonly resume: boolean;
  readonly checkpoint: number;
  readonly json: boolean;
}

/** What `auto` trains: cheap, and between them hard to beat. */
export const autoAgents = [
  'popularity',
  'recent-popularity',
  'markov',
  'item-knn',
  'markov+item-knn',
] as const;
const stepsInWorld = 50_000;

/** `tendril train`: agents from the log of a shop or from acting in a world. */
export function trainCommand(command: Command): void {
  command
    .description(
      "Trains on an imported shop (also while a server runs on it), or in a simulated world. On a shop, each shopper's last\ninteraction is held back and decides how good the model is. `auto`, or --agents, trains several and lets the one\nthat wins on validation serve; a single agent serves when --promote says so, or where nothing serves yet.",
    )
    .argument('[agent]', 'name of an agent, a blend such as markov+item-knn, or auto')
    .option('--data <dir>', 'an imported shop (default: $TENDRIL_DATA or ./tendril-data)')
    .option('--world <id>', 'a world instead: see "tendril worlds"; with --data the model is stored there')
    .option('--agents <names>', 'several agents, separated by commas', names)
    .option('--setting <key=value>', 'a setting of the agent; may be repeated', collect, [])
    .option('--world-option <key=value>', 'an option of the world; may be repeated', collect, [])
    .option('--steps <n>', `transitions learned (in a world: ${stepsInWorld} by default)`, positive)
    .option('--reward <formula>', 'what to want, e.g. "1*purchase + 0.2*rating" (on a shop)')
    .option(
      '--discount <x>',
      'weight of what comes after the next step (in a world .99, on a shop .5)',
      share,
    )
    .option('--seed <n>', 'of everything drawn by chance', wholeNumber, 1)
    .option('--promote', 'let this model serve from now on', false)
    .option('--resume', 'go on with a run that was killed, else from the newest version of this agent', false)
    .option(
      '--checkpoint <seconds>',
      'how often a training by steps keeps what it needs to go on (0: after every step)',
      seconds,
      30,
    )
    .option('--json', 'one JSON object a model', false)
    .addHelpText(
      'after',
      `
Examples:
  $ tendril train auto --data my-shop
  $ tendril train dqn --data my-shop --setting learningRate=0.0005 --steps 200000 --promote
  $ tendril train --agents markov,item-knn,dqn --json
  $ tendril train dqn --world bandit-v1 --steps 5000 --json
  $ tendril train dqn --world shop-v1 --steps 200000 --data my-shop --resume`,
    )
    .action(train);
}

async function train(agent: string | undefined, options: Options): Promise<void> {
  const wanted = agent === 'auto' ? autoAgents : (options.agents ?? (agent === undefined ? [] : [agent]));
  if (wanted.length === 0 || (agent !== undefined && agent !== 'auto' && options.agents)) {
    throw new TendrilError('bad-setting', 'name one agent, or auto, or several with --agents a,b,c');
  }
  const definitions = wanted.map(agentNamed);
  const settings = pairs('--setting', options.setting);
  for (const definition of definitions) {
    const read = readSettings(definition.settings, settings);
    if (!read.ok) throw new TendrilError(read.error.code, `${definition.name}: ${read.error.message}`);
  }
  if (options.reward !== undefined) {
    const formula = parseReward(options.reward);
    if (!formula.ok) throw new TendrilError(formula.error.code, formula.error.message);
  }
  const engine = definitions.some(({ consumes }) => consumes === 'transitions')
    ? await openEngine()
    : undefined;
  if (options.world === undefined) return trainOnData(wanted, settings, engine, options);
  if (wanted.length > 1) throw new TendrilError('bad-setting', 'in a world one agent is trained at a time');
  return trainInside(options.world, wanted[0]!, settings, engine, options);
}

type Settings = Readonly<Record<string, string>>;

async function trainOnData(
  agents: readonly string[],
  settings: Settings,
  engine: Engine | undefined,
  options: Options,
): Promise<void> {
  const directory = openDataDirectory(dataPath(options.data));
  const registry = directoryRegistry(directory.modelsPath);
  const log = await sqliteLog(directory.logPath, { readOnly: true });
  const shared = {
    settings,
    seed: options.seed,
    now: Date.now(),
    ...(engine && { engine }),
    ...(options.reward !== undefined && { reward: options.reward }),
    ...(options.steps !== undefined && { steps: options.steps }),
    ...(options.discount !== undefined && { discount: options.discount }),
  };
  try {
    if (agents.length > 1) {
      if (options.resume)
        throw new TendrilError('bad-setting', '--resume goes on with one agent, not with several');
      let begun = performance.now();
      const rows: Record<string, unknown>[] = [];
      const lines = lineByAgent();
      const { winner } = await trainBest(log, registry, {
        ...shared,
        agents,
        progress: lines.report,
        trained(manifest) {
          lines.done();
          rows.push(rowOf(manifest, (performance.now() - begun) / 1000, false));
          begun = performance.now();
        },
      });
      printRows(
        rows.map((row) => ({ ...row, serves: row.agent === winner.agent && row.version === winner.version })),
        options.json,
      );
      return;
    }
    const name = agents[0]!;
    const begun = performance.now();
    const checkpoint = checkpointOf(directory.modelsPath, name, options);
    const earlier = options.resume && !checkpoint.found ? await newest(registry, name) : undefined;
    const data = await readShop(log, { ...(earlier && { known: openModel(earlier).items }) });
    if (earlier && data.catalogue.size !== openModel(earlier).items.length) {
      throw new TendrilError(
        'bad-model',
        `the newest "${name}" knows ${openModel(earlier).items.length} items and the shop has ${data.catalogue.size} now: it cannot go on`,
      );
    }
    const line = progressLine(name);
    const model = await trainOnShop(log, data, {
      ...shared,
      definition: agentNamed(name),
      progress: withTimeLeft(line.report),
      checkpoint,
      ...(earlier && { resume: openModel(earlier).bytes }),
    }).finally(line.done);
    const manifest = await store(registry, model);
    checkpoint.remove();
    const serves = options.promote || (await registry.serving()) === undefined;
    if (serves) await registry.promote(manifest.agent, manifest.version, Date.now());
    printRows([rowOf(manifest, (performance.now() - begun) / 1000, serves)], options.json);
  } finally {
    await log.close();
  }
}

async function trainInside(
  world: string,
  agent: string,
  settings: Settings,
  engine: Engine | undefined,
  options: Options,
): Promise<void> {
  if (options.promote)
    throw new TendrilError(
      'bad-setting',
      'a model trained in a world cannot serve a shop: leave --promote out',
    );
  if (options.resume && options.data === undefined)
    throw new TendrilError(
      'bad-setting',
      '--resume goes on with a model that was kept; accepted with --world: --data, where it was stored',
    );
  const folder =
    options.data === undefined
      ? undefined
      : openDataDirectory(dataPath(options.data), { create: true }).worldPath(world);
  const registry = folder === undefined ? undefined : directoryRegistry(folder);
  const checkpoint = folder === undefined ? undefined : checkpointOf(folder, agent, options);
  const earlier =
    options.resume && registry && !checkpoint?.found ? await newest(registry, agent) : undefined;
  const line = progressLine(`${agent} in ${world}`);
  const trained = await trainInWorld({
    definition: agentNamed(agent),
    settings,
    world: worldNamed(world),
    worldOptions: pairs('--world-option', options.worldOption),
    seed: options.seed,
    steps: options.steps ?? stepsInWorld,
    clock: Date.now,
    progress: withTimeLeft(line.report),
    ...(engine && { engine }),
    ...(options.discount !== undefined && { discount: options.discount }),
    ...(checkpoint && { checkpoint }),
    ...(earlier && { resume: openModel(earlier).bytes }),
  }).finally(line.done);
  const { meanReturn, trainReturn, steps, seconds } = trained.manifest.metrics;
  const stored = registry && (await registry.put(trained.model, trained.manifest));
  checkpoint?.remove();
  printRows(
    [
      {
        agent,
        ...(stored && { version: stored.version }),
        world,
        meanReturn,
        trainReturn,
        steps,
        seconds,
        seed: options.seed,
      },
    ],
    options.json,
  );
}

/** Where this agent's run leaves what it needs to go on; one that was left behind is told of, lest it be forgotten. */
function checkpointOf(folder: string, agent: string, options: Options): ReturnType<typeof checkpointFile> {
  const path = join(folder, `${agent}.checkpoint`);
  if (!options.resume && existsSync(path))
    process.stderr.write(`tendril: ${path} is of a run that was killed: --resume goes on with it\n`);
  return checkpointFile(path, { seconds: options.checkpoint, now: Date.now, resume: options.resume });
}

const store = (registry: Registry, { model, manifest }: TrainedModel): Promise<Manifest> =>
  registry.put(model, manifest);

async function newest(registry: Registry, agent: string): Promise<Uint8Array> {
  const [manifest] = await registry.list(agent);
  const stored = manifest && (await registry.get(agent, manifest.version));
  if (!stored) throw new TendrilError('bad-model', `there is no earlier version of "${agent}" to go on from`);
  return stored.model;
}

function rowOf(
  { agent, version, metrics, seed, data }: Manifest,
  seconds: number,
  serves: boolean,
): Record<string, unknown> {
  return {
    agent,
    version,
    [decidingFigure]: metrics[decidingFigure],
    'hr@10': metrics['hr@10'],
    mrr: metrics.mrr,
    validated: metrics.validated,
    interactions: data.interactions,
    seconds: Math.round(seconds * 1000) / 1000,
    seed,
    serves,
  };
}

/** A line of progress for each agent, one after the other. */
function lineByAgent(): { report: (agent: string, ...at: Parameters<Progress>) => void; done(): void } {
  let current: { readonly agent: string; readonly report: Progress; readonly done: () => void } | undefined;
  const done = (): void => {
    current?.done();
    current = undefined;
  };
  return {
    report(agent, ...at) {
      if (current?.agent !== agent) {
        done();
        const line = progressLine(agent);
        current = { agent, report: withTimeLeft(line.report), done: line.done };
      }
      current.report(...at);
    },
    done,
  };
}

/** Adds how long the rest will take at the pace so far. */
function withTimeLeft(report: Progress): Progress {
  const begun = performance.now();
  let word = '';
  return (done, total, note = word) => {
    word = note;
    const seconds =
      total && done > 0 ? ((performance.now() - begun) / 1000 / done) * Math.max(0, total - done) : 0;
    report(done, total, `${note}${seconds >= 1 ? ` ${Math.round(seconds)} s left` : ''}`.trim());
  };
}

function pairs(flag: string, texts: readonly string[]): Settings {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf('=');
      if (at < 1) throw new TendrilError('bad-setting', `${flag} ${text}; accepted: key=value`);
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}

const collect = (value: string, before: readonly string[]): string[] => [...before, value];
const names = (text: string): string[] =>
  text
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);

function number(text: string, what: string, fits: (value: number) => boolean): number {
  const value = Number(text);
  if (text.trim() === '' || !fits(value)) throw new InvalidArgumentError(`accepted: ${what}`);
  return value;
}
const positive = (text: string) =>
  number(text, 'a whole number from 1', (x) => Number.isInteger(x) && x >= 1);
const wholeNumber = (text: string) => number(text, 'a whole number', Number.isInteger);
const share = (text: string) => number(text, 'a number from 0 to 1', (x) => x >= 0 && x <= 1);
const seconds = (text: string) => number(text, 'a number of seconds from 0', (x) => x >= 0);
