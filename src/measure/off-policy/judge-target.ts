import type { Progress, Rng } from '../../core/index.ts';
import { allowedTarget } from './allowed-target.ts';
import type { BanditLog, TargetPolicy } from './bandit-log.ts';
import { directMethod } from './direct-method.ts';
import { doublyRobust } from './doubly-robust.ts';
import { ipw } from './ipw.ts';
import { type FittedOutcome, outcomeModel } from './outcome-model.ts';
import { canBeBounded, outcomesOf, type Refusal, refusal } from './refusal.ts';
import { snipw } from './snipw.ts';
import { switchDr } from './switch-dr.ts';
import { valueBounds } from './value-bounds.ts';
import { ends, type Verdict, verdictOf } from './verdict.ts';
import { visitsCaution } from './visits-caution.ts';
import { diagnoseWeights, type WeightDiagnosis } from './weight-diagnosis.ts';
import { importanceWeights, type WeightedRows, weightedRows } from './weighted-rows.ts';
import { drawRows, whoseRows } from './whose-rows.ts';

export type EstimatorName = 'ipw' | 'snipw' | 'dm' | 'dr' | 'switch-dr';

export interface Estimate {
  readonly name: EstimatorName;
  /** The target's mean reward, with its bootstrap interval. */
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** The target's less that of the policy it is compared with, on the same resamples. */
  readonly difference: { readonly value: number; readonly low: number; readonly high: number };
  /** Of `ipw` alone, where they can hold: bounds for any number of shoppers, and the least outcome they take for possible (value-bounds.ts). */
  readonly bounds?: { readonly low: number; readonly high: number; readonly least: number };
  readonly verdict: Verdict;
  readonly reason: string;
  /** What would change the verdict; empty where there is one. */
  readonly needed: string;
}

export interface TargetJudgement {
  readonly rows: number;
  /** Whose rows these are, where somebody stands in two: then shoppers are drawn and counted (whose-rows.ts). */
  readonly shoppers: number | undefined;
  /** Rows with a reward that the target could have made too. */
  readonly outcomes: number;
  /** Mean reward of the policy that wrote the log. */
  readonly logged: number;
  readonly weights: WeightDiagnosis;
  readonly refusal: Refusal | undefined;
  /** Nobody drew lots: every verdict says that it stands on estimated propensities. */
  readonly observational: boolean;
  /** What is to be known before the verdict is believed; undefined for nothing. */
  readonly caution: string | undefined;
  readonly estimates: readonly Estimate[];
}

export interface JudgeSettings {
  readonly rng: Rng;
  /** Compared with the policy that wrote the log, or with this one. */
  readonly against?: TargetPolicy;
  readonly resamples?: number;
  readonly confidence?: number;
  /** Weights above it are left to the model by `switch-dr` and clipped in the lower bound of `ipw`. */
  readonly threshold?: number;
  /** Of the outcome model: how many mean outcomes each action is shrunk by. */
  readonly penalty?: number;
  /** What is possible, for the bounds; the largest seen where it is missing, of the least reward 0 or the least seen. */
  readonly mostWeight?: number;
  readonly mostReward?: number;
  readonly leastReward?: number;
  readonly progress?: Progress;
}

/**
 * Every estimator's value of a target policy, and whether it is better or worse than the policy that wrote the log (or
 * than `against`), by a log that ran neither. Intervals are the percentile bootstrap over rows (Efron 1979), over shoppers where
 * the log knows them and they stand in many rows (whose-rows.ts), the outcome model fitted anew each time, so that what it does not know shows; the difference is taken on the same resamples. A
 * log that cannot carry an answer gets none (refusal.ts). Where the log says which actions its rules left, policies choose
 * among these (allowed-target.ts).
 */
export function judgeTarget(log: BanditLog, given: TargetPolicy, settings: JudgeSettings): TargetJudgement {
  const { resamples = 1000, confidence = 0.95, threshold = 10, penalty = 50, progress } = settings;
  const target = allowedTarget(log, given);
  const against = settings.against && allowedTarget(log, settings.against);
  const estimators: Readonly<Record<EstimatorName, (rows: WeightedRows) => number>> = {
    ipw,
    snipw,
    dm: directMethod,
    dr: doublyRobust,
    'switch-dr': (rows) => switchDr(rows, threshold),
  };
  const whose = whoseRows(log);
  const names = Object.keys(estimators) as EstimatorName[];
  const model = outcomeModel(log, penalty);
  const weights = importanceWeights(log, target);
  const others = against && importanceWeights(log, against);
  const weighted = (chosen: Int32Array): { own: WeightedRows; other: WeightedRows | undefined } => {
    const outcome: FittedOutcome = model.fit(chosen);
    return {
      own: weightedRows(log, target, weights, outcome, chosen),
      other: against && others && weightedRows(log, against, others, outcome, chosen),
    };
  };
  // Sums of the same numbers in another order differ by what rounding leaves.
  const least = 1e-12 * log.reward.reduce((most, r) => Math.max(most, Math.abs(r)), 0);
  const nothing = (x: number): number => (Math.abs(x) <= least ? 0 : x);
  const valuesOf = (chosen: Int32Array): readonly (readonly [value: number, difference: number])[] => {
    const { own, other } = weighted(chosen);
    const logged = meanReward(log, chosen);
    return names.map((name) => {
      const value = estimators[name](own);
      const compared = other ? estimators[name](other) : logged;
      return [nothing(value), nothing(value - compared)] as const;
    });
  };

  const all = Int32Array.from({ length: log.n }, (_, i) => i);
  const measured = valuesOf(all);
  const values = names.map(() => new Float64Array(resamples));
  const differences = names.map(() => new Float64Array(resamples));
  for (let resample = 0; resample < resamples; resample++) {
    const drawn = valuesOf(drawRows(whose, settings.rng));
    for (const [i, [value, difference]] of drawn.entries()) {
      values[i]![resample] = value;
      differences[i]![resample] = difference;
    }
    progress?.(resample + 1, resamples, 'resamples');
  }

  const diagnosis = diagnoseWeights(weights, whose);
  const refused =
    refusal(log, target, weights, diagnosis, whose) ??
    (against &&
      others &&
      refusedComparison(refusal(log, against, others, diagnoseWeights(others, whose), whose)));
  const { mostWeight, mostReward, leastReward } = settings;
  const bounds = valueBounds(weighted(all).own, whose, {
    confidence,
    clip: threshold,
    mostWeight,
    mostReward,
    leastReward,
  });
  const bounded = canBeBounded(log, target, diagnosis);
  return {
    rows: log.n,
    shoppers: whose.word === 'shoppers' ? whose.n : undefined,
    outcomes: outcomesOf(log, weights),
    logged: meanReward(log, all),
    weights: diagnosis,
    refusal: refused,
    observational: log.observational ?? false,
    caution: visitsCaution(log.n, log.atVisits ?? 0),
    estimates: names.map((name, i) => {
      const [value, difference] = measured[i]!;
      const apart = { value: difference, ...ends(differences[i]!, confidence) };
      return {
        name,
        value,
        ...ends(values[i]!, confidence),
        difference: apart,
        ...(name === 'ipw' && bounds && bounded && { bounds }),
        ...(refused
          ? { verdict: 'refused' as const, ...refused }
          : verdictOf(apart, value, whose, confidence, log.observational)),
      };
    }),
  };
}

const refusedComparison = (found: Refusal | undefined): Refusal | undefined =>
  found && { ...found, reason: `for the policy compared with: ${found.reason}` };

function meanReward(log: BanditLog, rows: Int32Array): number {
  let sum = 0;
  for (const row of rows) sum += log.reward[row]!;
  return sum / rows.length;
}
