import { join } from 'node:path';
import { type CampaignSummary, dataPath, importCampaign, openDataDirectory } from '../adapters/index.ts';
import { TendrilError } from '../core/index.ts';
import type { CampaignFormat } from '../ingest/index.ts';
import { printRows } from './output.ts';
import { progressLine } from './progress.ts';

export interface CampaignOptions {
  readonly data?: string;
  readonly out?: string;
  readonly heldOut?: string;
  readonly share: number;
  readonly seed: number;
  readonly json: boolean;
}

/** `tendril import` of a campaign: a log of choices, and what came of each action. */
export async function importCampaignFiles(
  format: CampaignFormat,
  files: readonly string[],
  options: CampaignOptions,
): Promise<void> {
  const out =
    options.out ??
    join(openDataDirectory(dataPath(options.data), { create: true }).path, 'campaigns', `${format.name}.csv`);
  if (out === options.heldOut)
    throw new TendrilError('bad-setting', `--out and --held-out are both ${out}; accepted: two files`);
  const line = progressLine(`importing ${format.name}`);
  const summary = await importCampaign({
    format,
    files,
    out,
    progress: line.report,
    ...(options.heldOut !== undefined && {
      heldOut: { path: options.heldOut, share: options.share, seed: options.seed },
    }),
  }).finally(line.done);
  printRows(actionRows(summary), options.json);
  if (options.json) return;
  const { log, heldOut, notes } = summary;
  process.stdout.write(
    [
      '',
      `${log.n - heldOut} rows in ${out}`,
      ...(options.heldOut === undefined ? [] : [`${heldOut} rows held out in ${options.heldOut}`]),
      ...notes.map((text) => `note: ${text}`),
      '',
    ].join('\n'),
  );
}

/** A line an action: how often it was chosen, how likely it was said to be, and the mean of what came of it. */
function actionRows({ log }: CampaignSummary): Record<string, unknown>[] {
  const times = new Float64Array(log.actions.length);
  const propensity = new Float64Array(log.actions.length);
  for (let i = 0; i < log.n; i++) {
    times[log.action[i]!]!++;
    propensity[log.action[i]!]! += log.propensity[i]!;
  }
  const means = Object.entries(log.outcomes).map(([name, values]) => {
    const sums = new Float64Array(log.actions.length);
    for (let i = 0; i < log.n; i++) sums[log.action[i]!]! += values[i]!;
    return [name, sums] as const;
  });
  return log.actions.map((action, i) => ({
    action,
    rows: times[i]!,
    propensity: propensity[i]! / times[i]!,
    ...Object.fromEntries(means.map(([name, sums]) => [name, sums[i]! / times[i]!])),
    assignment: log.observational ? 'observational' : 'randomised',
  }));
}
