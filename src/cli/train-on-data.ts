import { dataPath, directoryRegistry, openDataDirectory, sqliteLog } from '../adapters/index.ts';
import { agentNamed } from '../agent/index.ts';
import { type Progress, TendrilError } from '../core/index.ts';
import {
  adjust,
  behaviourNote,
  cautionOf,
  decidingFigure,
  readShop,
  type TrainedModel,
  type Tried,
  trainBest,
  trainOnShop,
} from '../learn/index.ts';
import type { Manifest } from '../registry/index.ts';
import { checkpointOf, newest, taughtOn } from './go-on.ts';
import { letServe } from './let-serve.ts';
import { asksFor } from './named-values.ts';
import { printRows } from './output.ts';
import { progressLine } from './progress.ts';
import type { Lesson, TrainOptions } from './train-options.ts';

/** `tendril train` on a shop: one agent, or several of which the best on validation serves. */
export async function trainOnData(
  agents: readonly string[],
  { settings, tried, engine }: Lesson,
  options: TrainOptions,
): Promise<void> {
  const directory = openDataDirectory(dataPath(options.data));
  const registry = directoryRegistry(directory.modelsPath);
  // Where it cannot be read, nothing trained now would serve.
  await registry.promoted();
  const log = await sqliteLog(directory.logPath, { readOnly: true });
  const asked = (setting: string): boolean =>
    asksFor(settings, setting) || (tried[setting]?.includes('true') ?? false);
  const parts = { gaps: asked('timeGaps'), sentiments: asked('reviewSentiment') };
  const shared = {
    settings,
    seed: options.seed,
    now: Date.now(),
    ...(engine && { engine }),
    ...(options.reward !== undefined && { reward: options.reward }),
    ...(options.steps !== undefined && { steps: options.steps }),
    ...(options.discount !== undefined && { discount: options.discount }),
    ...(options.takings !== undefined && { takings: options.takings }),
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
        data: parts,
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
      tellCaution(winner);
      return;
    }
    const name = agents[0]!;
    const begun = performance.now();
    const checkpoint = checkpointOf(directory.modelsPath, name, options);
    const earlier = options.resume && !checkpoint.found ? await newest(registry, name) : undefined;
    const line = progressLine(name);
    const run = { ...shared, definition: agentNamed(name), progress: line.report };
    const { embeddings } = options;
    let search: Awaited<ReturnType<typeof adjust>> | undefined;
    let trained: TrainedModel;
    try {
      if (earlier) {
        const lesson = { ...run, checkpoint, ...(embeddings !== undefined && { embeddings }) };
        trained = await taughtOn(log, earlier, lesson);
      } else {
        const data = await readShop(log, { ...parts, ...(embeddings !== undefined && { embeddings }) });
        if (Object.keys(tried).length > 0) search = await adjust(log, data, tried, run);
        trained = search?.best ?? (await trainOnShop(log, data, { ...run, checkpoint }));
      }
    } finally {
      line.done();
    }
    const manifest = await registry.put(trained.model, trained.manifest);
    checkpoint.remove();
    const serves = await letServe(registry, manifest, options.promote);
    if (search) printRows(search.tried.map(triedRow), options.json);
    printRows([rowOf(manifest, (performance.now() - begun) / 1000, serves)], options.json);
    tellCaution(manifest);
    if (!options.json && Object.keys(manifest.metrics).some((name) => name.startsWith('behaviour')))
      process.stdout.write(
        `${behaviourNote}; before the held-back interactions were learned, which moves the network and not its heads\n`,
      );
  } finally {
    await log.close();
  }
}

function tellCaution(manifest: Manifest): void {
  const caution = cautionOf(manifest);
  if (caution !== undefined) process.stderr.write(`tendril: ${caution}\n`);
}

const triedRow = ({ choice, metrics }: Tried): Record<string, unknown> => ({
  tried: Object.entries(choice)
    .map(([key, value]) => `${key}=${value}`)
    .join(' '),
  [decidingFigure]: metrics[decidingFigure],
  'hr@10': metrics['hr@10'],
});

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
    ...Object.fromEntries(
      Object.entries(metrics).filter(([name]) => /^behaviour.*\.(auc|accuracy|mostFrequent|ece)$/.test(name)),
    ),
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
        current = { agent, report: line.report, done: line.done };
      }
      current.report(...at);
    },
    done,
  };
}
