import { readSlates } from '../adapters/index.ts';
import { rng, TendrilError } from '../core/index.ts';
import { judgeSlates, type SlateJudgement } from '../measure/index.ts';
import type { LogOptions } from './log-columns.ts';
import { printRows, table } from './output.ts';
import { progressLine } from './progress.ts';

export interface SlateOptions extends LogOptions {
  readonly logging: 'independent' | 'ranking';
  readonly policy?: string;
  readonly against?: string;
  readonly greedy: boolean;
  readonly mostWeight?: number;
  readonly mostOutcome?: number;
  readonly leastOutcome?: number;
  readonly resamples: number;
  readonly confidence: number;
  readonly seed: number;
  readonly json: boolean;
}

/** What each estimator takes for granted. */
const assumed = {
  iips: 'an outcome depends on its own slot',
  rips: 'and on what stands above it',
  pi: 'the whole is a sum over slots',
  odds: 'one answer a slate, by its odds',
} as const;

/** `tendril ope --format slates`: what another policy would have brought, by a log of several things shown at once. */
export async function opeSlates(path: string, target: string, options: SlateOptions): Promise<void> {
  for (const name of [
    'policy',
    'against',
    'reward',
    'features',
    'mostWeight',
    'mostOutcome',
    'leastOutcome',
  ] as const)
    if (options[name] !== undefined)
      throw new TendrilError(
        'bad-setting',
        `--${name.replace(/[A-Z]/, (c) => `-${c.toLowerCase()}`)} does not go with --format slates`,
      );
  const columns = {
    logging: options.logging,
    action: options.action ?? 'action',
    propensity: options.propensity ?? 'propensity',
    outcome: options.outcome ?? 'outcome',
  };
  const read = await readSlates(path, columns, target);
  const line = progressLine('bootstrap');
  const { resamples, confidence } = options;
  let judged: SlateJudgement;
  try {
    judged = judgeSlates(read.log, read.target, {
      rng: rng(options.seed),
      resamples,
      confidence,
      progress: line.report,
    });
  } finally {
    line.done();
  }
  if (!options.json) return void process.stdout.write(pageOf(judged, read.log.slots, confidence));
  const rows = judged.estimates.map(({ weights, difference, needed, ...estimate }) => ({
    ...estimate,
    ess: weights.ess,
    ...(needed !== '' && { needed }),
    difference: difference.value,
    differenceLow: difference.low,
    differenceHigh: difference.high,
    logged: judged.logged,
    slates: judged.slates,
    meanWeight: weights.mean,
    weightError: weights.standardError,
  }));
  printRows(rows, true);
}

function pageOf({ slates, logged, estimates }: SlateJudgement, slots: number, confidence: number): string {
  const { verdict, reason, needed } = estimates.find(({ name }) => name === 'rips')!;
  const rows = estimates.map(({ name, value, low, high, difference, weights, verdict }) => ({
    estimator: name,
    'takes for granted': assumed[name],
    value: digits(value),
    [`${Number((100 * confidence).toPrecision(4))} %`]: `${digits(low)} to ${digits(high)}`,
    'less the log': `${digits(difference.value)} (${digits(difference.low)} to ${digits(difference.high)})`,
    effective: String(Math.round(weights.ess)),
    verdict,
  }));
  return [
    `${slates} slates of ${slots} slots; the policy that wrote the log: ${digits(logged)} a slate`,
    '',
    table(rows),
    `verdict (rips): ${verdict}: ${reason}${needed === '' ? '' : `; needed: ${needed}`}`,
    '',
  ].join('\n');
}

/** Three that count. */
export const digits = (x: number): string => String(Number(x.toPrecision(3)));
