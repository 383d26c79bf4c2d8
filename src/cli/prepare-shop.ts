import { constants, setPriority } from 'node:os';
import {
  demoReviews,
  directoryRegistry,
  importFiles,
  openEngine,
  sqliteLog,
  writeReport,
} from '../adapters/index.ts';
import { errors, TendrilError } from '../core/index.ts';
import { fullReport } from '../eval/index.ts';
import { trainBest } from '../learn/index.ts';
import type { Log } from '../log/index.ts';
import type { Engine } from '../math/index.ts';
import { reportedShop } from './about-shop.ts';
import { fileError } from './file-error.ts';
import { shopExperiment } from './shop-experiment.ts';

/**
 * The heavy half of `tendril start`, as a process of its own so that the server answers meanwhile: imports what it is
 * told to, trains agents and lets the best serve where none does, then writes the report. Speaks to its parent in the
 * messages below. While it imports it is the log's one writer; it says when it has let go.
 */
export interface Preparation {
  readonly path: string;
  readonly logPath: string;
  readonly modelsPath: string;
  readonly rejectsPath: string;
  readonly reportsPath: string;
  readonly seed: number;
  readonly agents: readonly string[];
  /** False where a model serves already: then only the report is written. */
  readonly trains: boolean;
  /** False: the report does without a simulated shop. */
  readonly simulates: boolean;
  /** Files to be imported first, or none. */
  readonly files: { readonly format: string; readonly paths: readonly string[] } | undefined;
}

export type Word =
  | { readonly about: 'import' | 'train' | 'report'; readonly note: string; readonly share?: number }
  | { readonly about: 'imported'; readonly rows: number }
  | {
      readonly about: 'trained';
      readonly agent: string;
      readonly metrics: Readonly<Record<string, number>>;
      readonly seconds: number;
    }
  | { readonly about: 'done'; readonly agent: string }
  | { readonly about: 'reported' }
  | { readonly about: 'failed'; readonly message: string; readonly help: string };

async function prepare(wanted: Preparation): Promise<void> {
  const { logPath, rejectsPath, files } = wanted;
  if (files) {
    const log = await sqliteLog(logPath);
    const progress = throttled((share, note) => tell({ about: 'import', note, share }));
    const { rows } = await importFiles(log, {
      format: files.format,
      files: files.paths,
      rejectsPath,
      now: Date.now(),
      progress: (done, total, note = '') => progress(total ? done / total : 0, note),
    });
    await log.close();
    tell({ about: 'imported', rows });
  }
  const log = await sqliteLog(logPath, { readOnly: true });
  if (wanted.trains) await trainAll(log, wanted);
  // From here on there is a server to serve: it comes first.
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  await writeFullReport(log, wanted);
  await log.close();
}

/** Trains the agents side by side; the best serves from then on. */
async function trainAll(log: Log, { modelsPath, agents, seed }: Preparation): Promise<void> {
  let since = performance.now();
  let finished = 0;
  const progress = throttled((share, note) => tell({ about: 'train', note, share }));
  progress(0, 'reading the log');
  const trained = await trainBest(log, directoryRegistry(modelsPath), {
    agents,
    seed,
    now: Date.now(),
    engine: await openEngine(),
    progress: (agent, done, total) =>
      progress((finished + (total ? Math.min(1, done / total) : 0)) / agents.length, agent),
    trained({ agent, metrics }) {
      finished++;
      tell({ about: 'trained', agent, metrics, seconds: (performance.now() - since) / 1000 });
      since = performance.now();
    },
  });
  tell({ about: 'done', agent: trained.winner.agent });
}

/** Judges, simulates and draws, while the winner serves already. */
async function writeFullReport(log: Log, wanted: Preparation): Promise<void> {
  const { name, notes, isDemo } = reportedShop(wanted.path);
  const progress = throttled((share, note) => tell({ about: 'report', note, share }));
  let opened: Promise<Engine> | undefined;
  const engine = (): Promise<Engine> => {
    opened ??= openEngine();
    return opened;
  };
  let judged = 0;
  const report = await fullReport(log, {
    name,
    notes,
    registry: directoryRegistry(wanted.modelsPath),
    engine,
    agents: wanted.agents,
    seed: wanted.seed,
    now: Date.now,
    progress(stage, done, total) {
      judged = done / total;
      progress(judged, stage);
    },
    ...(isDemo && { reviews: demoReviews() }),
    ...(wanted.simulates && {
      simulate: shopExperiment({
        seed: wanted.seed,
        seeds: 3,
        interactions: 20_000,
        engine,
        progress: (done, total, note = '') =>
          progress(judged + ((1 - judged) * done) / total, `simulating ${note}`),
      }),
    }),
  });
  await writeReport(report, wanted.reportsPath);
  tell({ about: 'reported' });
}

function tell(word: Word): void {
  process.send?.(word);
}

/** Passes on at most four words a second. */
function throttled(say: (share: number, note: string) => void): (share: number, note: string) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (share, note) => {
    const now = performance.now();
    if (now - last < 250) return;
    last = now;
    say(share, note);
  };
}

process.once('message', (wanted: Preparation) => {
  prepare(wanted)
    .catch((error: unknown) => {
      const known = error instanceof TendrilError ? error : fileError(error);
      tell({
        about: 'failed',
        message: known?.message ?? String(error instanceof Error ? error.stack : error),
        help: errors[known?.code ?? 'internal'].help,
      });
      process.exitCode = 1;
    })
    .finally(() => process.disconnect?.());
});
