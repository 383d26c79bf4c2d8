import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  campaignFiles,
  type DataDirectory,
  directoryRegistry,
  openEngine,
  sqliteLog,
  storedPolicies,
} from '../adapters/index.ts';
import { type EventReading, eventSchema, rng, TendrilError } from '../core/index.ts';
import type { Log } from '../log/index.ts';
import { createLoop, type Loop } from '../loop.ts';
import { type Engine, sentiment } from '../math/index.ts';
import type { Manifest } from '../registry/index.ts';
import { compiled, restorePolicy, type Shop, type Step } from '../server/index.ts';
import { aboutShop, noteAboutShop } from './about-shop.ts';
import { lessonsOf } from './lessons.ts';
import type { Preparation, Word } from './prepare-shop.ts';
import { stepBar } from './step-bar.ts';

/** Trained when no model serves yet: the ones that learn from histories within seconds. */
const firstAgents = [
  'recent-popularity',
  'markov',
  'item-knn',
  'markov+item-knn',
  'recent-popularity+markov+item-knn',
];

const demoNotes = [
  'This is the bundled demo shop: products and purchases are real (Complete Journey 2.0 of 84.51°, 75,000 purchases of 2017 in grocery stores).',
  'Brands are anonymous in that data, so titles say the type, the size and the number of the brand.',
  'It has no clicks, ratings or reviews of its own; what you do on the start page is added to it as events of today.',
];

/** Fewer events than this are read in less time than it takes to keep what was folded. */
const worthKeeping = 5_000;

export interface RunSettings {
  readonly seed: number;
  /** False: the report does without a simulated shop. */
  readonly simulate: boolean;
  /** No progress bars. */
  readonly quiet: boolean;
  /** Minutes between lessons, in which the model that serves learns what came since; 0 for none. */
  readonly learn: number;
  warn(message: string): void;
  trained(rows: readonly Readonly<Record<string, unknown>>[]): void;
  reported(): void;
  serving(manifest: Manifest): void;
}

/** A shop over a data directory: fills it, trains where nothing serves, and takes on new versions as they are promoted. */
export function runShop(
  directory: DataDirectory,
  settings: RunSettings,
): Shop & { begin(): Promise<void>; close(): Promise<void> } {
  const registry = directoryRegistry(directory.modelsPath);
  const steps = {
    import: step('Import'),
    read: step('Read the log'),
    train: step('Train'),
    report: step('Write the report'),
  };
  const lessons = lessonsOf(registry, directory, () => loop?.size.interactions ?? 0);
  const about = aboutShop(directory.path);
  let notes: readonly string[] = about.notes ?? [];
  let loop: Loop | undefined;
  let log: Log | undefined;
  let child: ReturnType<typeof fork> | undefined;
  let engine: Promise<Engine> | undefined;
  let closing = false;
  let opening: Promise<void> = Promise.resolve();
  let adopting: Promise<void> = Promise.resolve();
  let polling: NodeJS.Timeout | undefined;

  /** Complained of already: a version that cannot serve is tried again, but told once. */
  let complaint = '';
  const adopt = (): Promise<void> => {
    adopting = adopting.then(async () => {
      try {
        const manifest = closing ? undefined : await loop?.adopt();
        complaint = '';
        if (!manifest) return;
        settings.serving(manifest);
        if (steps.train.state === 'failed') set(steps.train, 'done', 'already there');
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        if (message !== complaint) settings.warn(message);
        complaint = message;
      }
    });
    return adopting;
  };

  /** Told to end meanwhile, the shop closes what this opened. */
  function open(): Promise<void> {
    opening = openLog();
    return opening;
  }

  async function openLog(): Promise<void> {
    set(steps.read, 'running');
    log ??= await sqliteLog(directory.logPath);
    loop = await createLoop({
      log,
      registry,
      clock: Date.now,
      makeId: randomUUID,
      rng: rng(randomUUID()),
      sentiment: (text) => sentiment(text).compound,
      check: compiled(eventSchema) as NonNullable<EventReading['check']>,
      warn: settings.warn,
      campaigns: campaignFiles(directory.campaignsPath),
      openStored: storedPolicies(directory.campaignsPath),
      restore: (manifest, model, catalogue) =>
        restorePolicy(manifest, model, catalogue, () => (engine ??= openEngine(settings.warn))),
    });
    set(steps.read, 'done', `${loop.size.interactions} actions of ${loop.size.shoppers} shoppers`);
    await adopt();
    polling = setInterval(() => {
      adopt();
      closeOffers();
    }, 1_000);
    if (settings.learn > 0) lessons.every(settings.learn, () => child !== undefined, settings.warn);
    await keep();
  }

  /** Learns from what came of offers, whether or not anybody asks for one. */
  function closeOffers(): void {
    loop?.offers.tick().catch((error: Error) => {
      if (!closing) settings.warn(`the outcomes of offers could not be closed: ${error.message}`);
    });
  }

  /** So that the next start need not read the whole log. */
  async function keep(): Promise<void> {
    if (!loop || loop.unkept < worthKeeping) return;
    await loop.keep().catch((error: Error) => settings.warn(`the next start will be slow: ${error.message}`));
  }

  /** Runs the heavy half beside the server; answers whether it came to its end. */
  function prepare(wanted: Preparation): Promise<void> {
    const bar = settings.quiet ? undefined : stepBar();
    const file = import.meta.url.endsWith('.ts') ? './prepare-shop.ts' : './prepare-shop.js';
    const running = fork(fileURLToPath(new URL(file, import.meta.url)), {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    child = running;
    const rows: Record<string, unknown>[] = [];
    let opened: Promise<void> | undefined;
    return new Promise<void>((resolve, reject) => {
      running.on('message', (word: Word) => {
        if (closing) return;
        switch (word.about) {
          case 'import':
          case 'train':
          case 'report':
            set(steps[word.about], 'running', word.note, word.share);
            bar?.show(steps[word.about].name, word.share ?? 0, word.note);
            break;
          case 'imported':
            set(steps.import, 'done', `${word.rows} rows`);
            noteAboutShop(directory.path, { name: 'demo', notes });
            // Where it cannot be opened the whole has failed: told once, here.
            opened = open().catch(reject);
            break;
          case 'trained':
            rows.push({ agent: word.agent, ...pick(word.metrics), seconds: word.seconds });
            break;
          case 'failed':
            set(
              steps.train.state === 'done' ? steps.report : steps.train,
              'failed',
              `${word.message} ${word.help}`.trim(),
            );
            break;
          case 'done':
            set(steps.train, 'done', `${word.agent} did best`);
            bar?.stop();
            settings.trained(rows);
            (opened ?? Promise.resolve()).then(adopt);
            break;
          case 'reported':
            set(steps.report, 'done', 'see /report');
            bar?.stop();
            settings.reported();
        }
      });
      running.on('error', reject);
      running.on('exit', async () => {
        bar?.stop();
        child = undefined;
        if (closing) return resolve();
        if (steps.train.state === 'running') set(steps.train, 'failed', 'the training ended without a word');
        if (steps.report.state === 'running') set(steps.report, 'failed', 'run "tendril report" to write it');
        for (const one of [steps.train, steps.report]) {
          if (one.state === 'failed') settings.warn(`${one.name}: ${one.note}`);
        }
        await opened;
        await adopt();
        resolve();
      });
      running.send(wanted);
    });
  }

  return {
    get loop() {
      return loop;
    },
    get progress() {
      return Object.values(steps);
    },
    versions: (tell) => registry.list(undefined, tell),
    reportsPath: directory.reportsPath,
    get notes() {
      return [...notes, ...(loop?.notes ?? []), ...lessons.notes];
    },
    async begin() {
      const fill = !existsSync(directory.logPath) || about.unfinished === true;
      if (fill) {
        // The import beside us writes until it says that it has let go.
        notes = demoNotes;
        noteAboutShop(directory.path, { name: 'demo', notes, unfinished: true });
      } else {
        set(steps.import, 'done', 'already there');
        await open();
        if ((await log!.size()) === 0) {
          throw new TendrilError(
            'no-data',
            `${directory.path} is the directory of a shop without events: an import into it took nothing`,
          );
        }
      }
      const serves = loop?.serving !== undefined;
      if (serves) {
        set(steps.train, 'done', 'already there');
        if (existsSync(join(directory.reportsPath, 'report.html'))) {
          set(steps.report, 'done', 'see /report');
          return;
        }
        // The start before was ended too early.
        set(steps.report, 'running');
      }
      // A new model would not serve either.
      const unread = await registry.promoted().then(
        () => undefined,
        (error: Error) => error.message,
      );
      if (!serves && unread !== undefined) return set(steps.train, 'failed', unread);
      if (closing) return;
      await prepare({
        path: directory.path,
        logPath: directory.logPath,
        modelsPath: directory.modelsPath,
        rejectsPath: directory.rejectsPath,
        reportsPath: directory.reportsPath,
        seed: settings.seed,
        agents: firstAgents,
        trains: !serves,
        simulates: settings.simulate,
        files: fill ? { format: 'complete-journey', paths: demoFiles() } : undefined,
      });
    },
    async close() {
      closing = true;
      child?.kill();
      lessons.close();
      await opening.catch(() => {});
      clearInterval(polling);
      await adopting;
      await loop?.offers.tick().catch((error: Error) => settings.warn(error.message));
      await keep();
      await log?.close();
    },
  };
}

type OpenStep = { -readonly [K in keyof Step]: Step[K] };
const step = (name: string): OpenStep => ({ name, state: 'waiting', note: '' });
function set(one: OpenStep, state: Step['state'], note = '', share?: number): void {
  one.state = state;
  one.note = note;
  delete one.share;
  if (share !== undefined) one.share = share;
}

/** The figures people compare, of all an agent reports. */
const pick = (metrics: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(
    ['hr@10', 'ndcg@10', 'mrr'].flatMap((name) =>
      metrics[name] === undefined ? [] : [[name, metrics[name]]],
    ),
  );

function demoFiles(): string[] {
  const folder = fileURLToPath(new URL('../../data/demo/', import.meta.url));
  const files = readdirSync(folder).filter((name) => name.endsWith('.csv.gz'));
  if (files.length === 0) throw new TendrilError('no-such-file', `the demo shop is missing in ${folder}`);
  return files.map((name) => join(folder, name));
}
