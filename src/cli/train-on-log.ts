import { checkOutPath, readBanditLog, writePolicyFile } from '../adapters/index.ts';
import { agentNamed } from '../agent/index.ts';
import { TendrilError } from '../core/index.ts';
import { trainOnLog } from '../learn/index.ts';
import { columnsOf, readingOf } from './log-columns.ts';
import { printRows } from './output.ts';
import { progressLine } from './progress.ts';
import type { Lesson, TrainOptions } from './train-options.ts';

/** `tendril train --log`: a policy from a log of choices into a file; how good it is, `tendril ope` says on other rows. */
export async function trainFromLog(
  path: string,
  agents: readonly string[],
  { settings, engine }: Lesson,
  options: TrainOptions,
): Promise<void> {
  for (const name of ['world', 'data', 'worlds', 'promote', 'resume'] as const)
    if (options[name] !== undefined && options[name] !== false)
      throw new TendrilError('bad-setting', `--${name} does not go with --log`);
  if (options.try.length > 0 || agents.length > 1)
    throw new TendrilError('bad-setting', 'accepted with --log: one agent, and no --try');
  if (options.out === undefined)
    throw new TendrilError('bad-setting', '--log writes a policy: say where to, with --out FILE');
  checkOutPath(options.out);
  const name = agents[0]!;
  const columns = columnsOf(options);
  const log = await readBanditLog(path, columns);
  const line = progressLine(name);
  const trained = await trainOnLog({
    definition: agentNamed(name),
    settings,
    log,
    reading: readingOf(columns),
    seed: options.seed,
    clock: Date.now,
    progress: line.report,
    ...(engine && { engine }),
    ...(options.discount !== undefined && { discount: options.discount }),
    ...(options.steps !== undefined && { steps: options.steps }),
  }).finally(line.done);
  writePolicyFile(options.out, trained);
  const { metrics, data } = trained.manifest;
  const row = {
    agent: name,
    rows: data.interactions,
    actions: log.actions.length,
    features: options.json ? log.columns.map((column) => column.name) : log.columns.length,
    reward: typeof columns.reward === 'string' ? columns.reward : columns.reward.text,
    ...metrics,
    seed: options.seed,
    policy: options.out,
  };
  printRows([row], options.json);
  if (!options.json)
    process.stdout.write('\nHow good it is, other rows must say: tendril ope OTHER.csv --policy FILE\n');
}
