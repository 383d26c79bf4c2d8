import { directoryRegistry, importFiles, openEngine, sqliteLog, writeReport } from '../adapters/index.ts';
import { errors, TendrilError } from '../core/index.ts';
import type { Report } from '../eval/index.ts';
import { type TrainBestResult, trainBest } from '../learn/index.ts';

/**
 * The heavy half of `tendril start`, as a process of its own so that the server answers meanwhile: imports what it is
 * told to, then trains agents and lets the best serve. Speaks to its parent in the messages below. While it imports it
 * is the log's one writer; it says when it has let go.
 */
export interface Preparation {
  readonly logPath: string;
  readonly modelsPath: string;
  readonly rejectsPath: string;
  readonly reportsPath: string;
  /** Sentences a reader of the report must know of the data. */
  readonly notes: readonly string[];
  readonly seed: number;
  readonly agents: readonly string[];
  /** Files to be imported first, or none. */
  readonly files: { readonly format: string; readonly paths: readonly string[] } | undefined;
}

export type Word =
  | { readonly about: 'import' | 'train'; readonly note: string; readonly share?: number }
  | { readonly about: 'imported'; readonly rows: number }
  | {
      readonly about: 'trained';
      readonly agent: string;
      readonly metrics: Readonly<Record<string, number>>;
      readonly seconds: number;
    }
  | { readonly about: 'done'; readonly agent: string }
  | { readonly about: 'failed'; readonly message: string; readonly help: string };

async function prepare(wanted: Preparation): Promise<void> {
  const { logPath, modelsPath, rejectsPath, seed, agents, files } = wanted;
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
  await log.close();
  writeReport(firstReport(trained, wanted.notes), wanted.reportsPath);
  tell({ about: 'done', agent: trained.winner.agent });
}

/** What is known right after the first training: who serves and by what figures. */
function firstReport({ winner, manifests, data }: TrainBestResult, notes: readonly string[]): Report {
  return {
    format: 1,
    title: 'Tendril: the first training',
    createdAt: winner.createdAt,
    data: {
      name: 'this shop',
      shoppers: data.shoppers.length,
      items: data.catalogue.size,
      interactions: data.sequences.items.length,
      notes,
    },
    winner: {
      agent: winner.agent,
      metric: 'NDCG@10',
      value: winner.metrics['ndcg@10']!,
      why: "the best guesses of each shopper's last action, which was held back from training",
    },
    results: {
      caption: "Each shopper's last action was held back and had to be found among all products.",
      columns: [
        {
          key: 'hr@10',
          label: 'Hits among ten',
          meaning: 'share of shoppers whose product was among the first ten',
          better: 'higher',
        },
        {
          key: 'ndcg@10',
          label: 'NDCG@10',
          meaning: 'the same, counting more the higher it stood',
          better: 'higher',
        },
      ],
      rows: manifests.map(({ agent, metrics }) => ({
        agent,
        values: { 'hr@10': metrics['hr@10'], 'ndcg@10': metrics['ndcg@10'] },
      })),
    },
  };
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
      const known = error instanceof TendrilError;
      tell({
        about: 'failed',
        message: known ? error.message : String(error instanceof Error ? error.stack : error),
        help: known ? errors[error.code].help : errors.internal.help,
      });
      process.exitCode = 1;
    })
    .finally(() => process.disconnect?.());
});
