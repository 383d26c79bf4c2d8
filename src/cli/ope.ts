import { type Command, Option } from 'commander';
import {
  isPolicyFile,
  type LoggedPolicy,
  openLoggedPolicy,
  policyTarget,
  readBanditLog,
  readTargetPolicy,
} from '../adapters/index.ts';
import { rng, TendrilError } from '../core/index.ts';
import { type BanditColumns, openBanditColumns } from '../ingest/index.ts';
import {
  type BanditLog,
  type Estimate,
  judgeTarget,
  type TargetJudgement,
  type TargetPolicy,
  uniformTarget,
} from '../measure/index.ts';
import { addLogOptions, columnsOf, type LogOptions } from './log-columns.ts';
import { digits, opeSlates } from './ope-slates.ts';
import { numberThat, positiveWhole, wholeNumber } from './option-values.ts';
import { printRows, table } from './output.ts';
import { progressLine } from './progress.ts';

interface Options extends LogOptions {
  readonly format: 'open-bandit' | 'campaign' | 'slates';
  readonly logging: 'independent' | 'ranking';
  readonly target?: string;
  readonly policy?: string;
  readonly against?: string;
  readonly greedy: boolean;
  readonly threshold: number;
  readonly penalty: number;
  readonly mostWeight?: number;
  readonly mostOutcome?: number;
  readonly leastOutcome?: number;
  readonly resamples: number;
  readonly confidence: number;
  readonly seed: number;
  readonly json: boolean;
}

/** `tendril ope`: what a policy that never ran would have brought, by the log of one that did. */
export function opeCommand(command: Command): void {
  addLogOptions(command)
    .description(
      'Off-policy evaluation: estimates what a target policy would have brought, from the log of another one, and says whether it is better or worse than that one, whether they cannot be told apart, or that this log cannot carry a verdict.',
    )
    .argument('<log>', 'a table of logged choices, gzip or not; - is standard input')
    .addOption(
      new Option(
        '--format <name>',
        'open-bandit: item_id, position, click, propensity_score; slates: slate, slot, action, propensity, outcome, a row a slot',
      )
        .choices(['open-bandit', 'campaign', 'slates'])
        .default('campaign'),
    )
    .addOption(
      new Option(
        '--logging <name>',
        'of slates: every slot filled on its own, or every order of different actions alike',
      )
        .choices(['independent', 'ranking'])
        .default('independent'),
    )
    .option(
      '--target <file>',
      'the policy to judge: item_id (or action), position, probability; or a column an action and a row a choice; or the word uniform; or a stored policy',
    )
    .option(
      '--policy <file>',
      'the stored policy to judge: what "tendril train AGENT --log LOG --out FILE" wrote',
    )
    .option('--against <file>', 'compare with this policy, not with the one that wrote the log')
    .option('--greedy', 'stored policies always take the action they prefer, they draw none', false)
    .option(
      '--reward <formula>',
      'of a log: what is wanted of visit, conversion, spend, margin, cost, unsubscribed, e.g. "margin - cost", in place of --outcome',
    )
    .option('--threshold <w>', 'weights above it are left to the model by switch-dr', aboveZero, 10)
    .option('--penalty <n>', 'mean outcomes that shrink each action of the model', aboveZero, 50)
    .option(
      '--most-weight <w>',
      'the largest weight possible, for the bounds (default: the largest seen)',
      aboveZero,
    )
    .option(
      '--most-outcome <x>',
      'the largest outcome possible, for the bounds (default: the largest seen)',
      anyNumber,
    )
    .option(
      '--least-outcome <x>',
      'the least outcome possible, for the bounds (default: 0, or the least seen where that is below it)',
      anyNumber,
    )
    .option('--resamples <n>', 'of the bootstrap', positiveWhole, 1000)
    .option('--confidence <p>', 'of the intervals', confidence, 0.95)
    .option('--seed <n>', 'of everything drawn by chance', wholeNumber, 1)
    .option('--json', 'one JSON object an estimator', false)
    .addHelpText(
      'after',
      `
Examples:
  $ tendril ope men.csv --format open-bandit --target action_distribution.csv --json
  $ tendril ope campaign.csv --target new-policy.csv
  $ tendril ope other-half.csv --policy offers.policy --against men-to-all.csv
  $ tendril ope slates.csv --format slates --logging ranking --target new-slate.csv
  $ tendril ope hillstrom.csv.gz --action segment --propensity 1/3 --outcome visit \\
      --features recency,history,mens,womens,zip_code,newbie,channel --target mens-to-all.csv`,
    )
    .action(ope);
}

async function ope(path: string, options: Options): Promise<void> {
  const judged = options.policy ?? options.target;
  if (judged === undefined || (options.policy !== undefined && options.target !== undefined))
    throw new TendrilError('bad-setting', 'say which policy to judge: accepted: either --target or --policy');
  if (options.format === 'slates') return opeSlates(path, judged, options);
  const stored = async (given: string): Promise<LoggedPolicy | undefined> =>
    given !== 'uniform' && (given === options.policy || isPolicyFile(given))
      ? openLoggedPolicy(given)
      : undefined;
  const own = await stored(judged);
  const columns = options.format === 'campaign' ? columnsOf(options, own?.log) : openBandit(options);
  const log = await readBanditLog(path, columns);
  const targetOf = async (given: string, policy: LoggedPolicy | undefined): Promise<TargetPolicy> =>
    policy ? policyTarget(policy, path, columns, log, options) : tableOrWord(given, log);
  const target = await targetOf(judged, own);
  const against = options.against && (await targetOf(options.against, await stored(options.against)));
  const line = progressLine('bootstrap');
  let judgement: TargetJudgement;
  try {
    judgement = judgeTarget(log, target, {
      rng: rng(options.seed),
      resamples: options.resamples,
      confidence: options.confidence,
      threshold: options.threshold,
      penalty: options.penalty,
      progress: line.report,
      ...(against && { against }),
      ...(options.mostWeight !== undefined && { mostWeight: options.mostWeight }),
      ...(options.mostOutcome !== undefined && { mostReward: options.mostOutcome }),
      ...(options.leastOutcome !== undefined && { leastReward: options.leastOutcome }),
    });
  } finally {
    line.done();
  }
  if (options.json)
    printRows(
      judgement.estimates.map((estimate) => rowOf(estimate, judgement)),
      true,
    );
  else process.stdout.write(pageOf(judgement, options));
}

function openBandit(options: Options): BanditColumns {
  for (const name of ['action', 'propensity', 'outcome', 'reward', 'features'] as const)
    if (options[name] !== undefined)
      throw new TendrilError(
        'bad-setting',
        `--${name} goes with --format campaign; the columns of open-bandit are known`,
      );
  return openBanditColumns;
}

const tableOrWord = async (given: string, log: BanditLog): Promise<TargetPolicy> =>
  given === 'uniform' ? uniformTarget(log) : readTargetPolicy(given, log);

function rowOf(
  estimate: Estimate,
  { rows, shoppers, outcomes, logged, weights, observational, caution }: TargetJudgement,
): Record<string, unknown> {
  const { name, value, low, high, verdict, reason, needed, difference, bounds } = estimate;
  return {
    name,
    value,
    low,
    high,
    ess: weights.ess,
    verdict,
    reason,
    ...(needed !== '' && { needed }),
    ...(observational && { observational }),
    ...(caution !== undefined && { caution }),
    difference: difference.value,
    differenceLow: difference.low,
    differenceHigh: difference.high,
    ...(bounds && { boundLow: bounds.low, boundHigh: bounds.high }),
    logged,
    rows,
    ...(shoppers !== undefined && { shoppers }),
    outcomes,
    meanWeight: weights.mean,
    weightError: weights.standardError,
    largestWeight: weights.largest,
    largestShare: weights.largestShare,
  };
}

/** For people: the log, a table, and the verdict of the estimator that is right if either half of it is. */
function pageOf(
  judgement: TargetJudgement,
  { confidence, against, mostWeight, mostOutcome, leastOutcome }: Options,
): string {
  const { rows, shoppers, outcomes, logged, weights, estimates, caution } = judgement;
  const bounds = estimates.find((estimate) => estimate.bounds)?.bounds;
  const { verdict, reason, needed } = estimates.find(({ name }) => name === 'dr')!;
  const least = leastOutcome ?? (bounds?.least ? `the least seen, ${digits(bounds.least)}` : 0);
  const percent = `${Number((100 * confidence).toPrecision(4))} %`;
  return [
    `${rows} logged choices${shoppers === undefined ? '' : ` of ${shoppers} shoppers`}, ${outcomes} of them with an outcome that counts for the target; the policy that wrote the log: ${digits(logged)}`,
    `effective sample size ${Math.round(weights.ess)}${shoppers === undefined ? '' : ' shoppers'}; mean weight ${digits(weights.mean)} +- ${digits(weights.standardError)}; largest weight ${digits(weights.largest)}, ${digits(100 * weights.largestShare)} % of all`,
    '',
    table(
      estimates.map(({ name, value, low, high, difference, verdict }) => ({
        estimator: name,
        value: digits(value),
        [percent]: `${digits(low)} to ${digits(high)}`,
        [against === undefined ? 'less the log' : `less ${against}`]:
          `${digits(difference.value)} (${digits(difference.low)} to ${digits(difference.high)})`,
        verdict,
      })),
    ),
    bounds
      ? `ipw's value lies between ${digits(bounds.low)} and ${digits(bounds.high)} (${percent}, empirical Bernstein, if no weight is larger than ${mostWeight ?? 'the largest seen'} and no outcome than ${mostOutcome ?? 'the largest seen'}, nor below ${least})`
      : `no empirical Bernstein bound of ipw: ${(shoppers ?? rows) < 2 ? 'it needs two shoppers at least' : 'the log cannot show what the target does'}`,
    '',
    `verdict (dr${judgement.observational ? ', observational' : ''}): ${verdict}: ${reason}${needed === '' ? '' : `; needed: ${needed}`}`,
    ...(caution === undefined ? [] : [`caution: ${caution}`]),
    '',
  ].join('\n');
}

const aboveZero = (text: string): number => numberThat(text, 'a number above 0', (x) => x > 0);
const anyNumber = (text: string): number => numberThat(text, 'a number', Number.isFinite);
const confidence = (text: string): number =>
  numberThat(text, 'a number between 0 and 1', (x) => x > 0 && x < 1);
