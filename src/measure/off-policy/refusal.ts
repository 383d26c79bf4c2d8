import type { BanditLog, TargetPolicy } from './bandit-log.ts';
import type { WeightDiagnosis } from './weight-diagnosis.ts';
import { sumsOf, type WhoseRows } from './whose-rows.ts';

/** Why a log cannot carry a verdict on a target, and what could. */
export interface Refusal {
  readonly reason: string;
  readonly needed: string;
}

/** Below this many equally weighted rows, or shoppers where they stand in many rows, an interval is not to be trusted. */
const LEAST_ESS = 100;
/**
 * A mean weight further from 1 than this many standard errors says that log and target do not fit: two, the rule of thumb,
 * where the estimate would be off by more than 5 %; a smaller deviation must be surer, for of sound logs one in twenty is
 * two standard errors off and one in 370 three.
 */
const mostErrors = (off: number): number => (off > 0.05 ? 2 : 3);
/** Propensities are written with few digits (.333 for a third): this much of a deviation is rounding. */
export const ROUNDING = 0.002;
/** Rows, or shoppers, that brought something by what the target could have done too. */
const LEAST_OUTCOMES = 10;
/** How much of the target's probability may lie on actions the log never shows. */
const MOST_UNLOGGED = 0.01;

export function refusal(
  log: BanditLog,
  target: TargetPolicy,
  weights: Float64Array,
  diagnosis: WeightDiagnosis,
  whose: WhoseRows,
): Refusal | undefined {
  const brought = sumsOf(whose, (row) => Number(counts(log, weights, row)));
  return (
    unlogged(unloggedActions(log, target)) ??
    joined([
      ...thinWeights(whose, diagnosis),
      ...fewOutcomes(whose, brought.filter((outcomes) => outcomes > 0).length),
    ])
  );
}

/** Actions the log never shows: nothing else need be said. */
export const unlogged = ({ share, names }: UnloggedActions): Refusal | undefined =>
  share > MOST_UNLOGGED
    ? {
        reason: `${percent(share)} of the target's choices are actions the log never shows (${names})`,
        needed: 'a log of a policy that shows them too, or a target without them',
      }
    : undefined;

/**
 * Whether bounds by weights can be of the target: its actions are in the log, and weights average 1 but for luck (four standard
 * errors, once in 16,000; bounds that were left out at two would be false for those that are kept). Few rows only widen them.
 */
export const canBeBounded = (
  log: BanditLog,
  target: TargetPolicy,
  { mean, standardError }: WeightDiagnosis,
): boolean =>
  unlogged(unloggedActions(log, target)) === undefined &&
  Math.abs(mean - 1) <= Math.max(ROUNDING, 4 * standardError);

/** Too few rows count, or their weights do not average 1. */
export function thinWeights(
  { n, word }: Pick<WhoseRows, 'n' | 'word'>,
  { ess, mean, standardError }: WeightDiagnosis,
): readonly Refusal[] {
  const found: Refusal[] = [];
  if (ess < LEAST_ESS)
    found.push({
      reason: `the effective sample size is ${round(ess)} of ${n} ${word}, at least ${LEAST_ESS} are needed`,
      needed:
        ess >= 1
          ? `about ${roughly((n * LEAST_ESS) / ess)} ${word} like these, or a logging policy nearer to the target`
          : 'a log of a policy that makes the choices of the target too',
    });
  const off = Math.abs(mean - 1);
  if (off > ROUNDING && off > mostErrors(off) * standardError)
    found.push({
      reason:
        standardError > 0
          ? `the mean weight is ${mean.toFixed(3)}, ${(off / standardError).toFixed(1)} standard errors from 1`
          : `every weight is ${mean.toFixed(3)}, not 1`,
      needed:
        'propensities that are the true probabilities of the logged choices, and a log that could show whatever the target shows',
    });
  return found;
}

export const fewOutcomes = (
  { n, word }: Pick<WhoseRows, 'n' | 'word'>,
  outcomes: number,
): readonly Refusal[] =>
  outcomes >= LEAST_OUTCOMES
    ? []
    : [
        {
          reason: `${outcomes === 0 ? `no ${word.slice(0, -1)}` : `only ${outcomes} of the ${word}`} brought an outcome that counts for the target, at least ${LEAST_OUTCOMES} are needed`,
          needed:
            outcomes > 0
              ? `about ${roughly((n * LEAST_OUTCOMES) / outcomes)} ${word} like these, or an outcome that is more frequent`
              : `more ${word}, or an outcome that is more frequent`,
        },
      ];

export const joined = (found: readonly Refusal[]): Refusal | undefined =>
  found.length === 0
    ? undefined
    : {
        reason: found.map(({ reason }) => reason).join('; '),
        needed: [...new Set(found.map(({ needed }) => needed))].join('; '),
      };

/** Rows with a reward that the target gives some weight. */
export function outcomesOf(log: BanditLog, weights: Float64Array): number {
  let outcomes = 0;
  for (let i = 0; i < log.n; i++) if (counts(log, weights, i)) outcomes++;
  return outcomes;
}

const counts = (log: BanditLog, weights: Float64Array, row: number): boolean =>
  log.reward[row] !== 0 && weights[row]! > 0;

export interface UnloggedActions {
  /** Part of the target's probability that lies on them. */
  readonly share: number;
  /** The first three. */
  readonly names: string;
}

function unloggedActions(log: BanditLog, { actions, probabilities, context }: TargetPolicy): UnloggedActions {
  return sharesOf(
    actions.slice(log.actions.length).map((name, i) => {
      const action = log.actions.length + i;
      let share = 0;
      for (const at of context) share += probabilities[at * actions.length + action]! / log.n;
      return { name, share };
    }),
  );
}

/** Together, with the names of the largest. */
export function sharesOf(
  shares: readonly { readonly name: string; readonly share: number }[],
): UnloggedActions {
  const shown = shares.filter(({ share }) => share > 0).sort((a, b) => b.share - a.share);
  return {
    share: shown.reduce((sum, { share }) => sum + share, 0),
    names: `${shown
      .slice(0, 3)
      .map(({ name }) => name)
      .join(', ')}${shown.length > 3 ? ' and others' : ''}`,
  };
}

const round = (x: number): number => Math.round(x * 10) / 10;
const percent = (x: number): string => `${(100 * x).toFixed(1)} %`;

/** Two digits, rounded up: it is an estimate. */
export function roughly(rows: number): string {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(rows)) - 1);
  return (Math.ceil(rows / unit) * unit).toLocaleString('en-US');
}
