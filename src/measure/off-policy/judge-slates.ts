import { type Progress, type Rng, TendrilError } from '../../core/index.ts';
import { interactionIndependent } from './interaction-independent.ts';
import { oneChoice } from './one-choice.ts';
import { independentSlots, slateWeight, uniformRanking } from './pseudo-inverse.ts';
import { fewOutcomes, joined, type Refusal, sharesOf, thinWeights, unlogged } from './refusal.ts';
import { rewardInteraction } from './reward-interaction.ts';
import type { SlateLog, SlateTarget } from './slate-log.ts';
import { ends, type Verdict, verdictOf } from './verdict.ts';
import { diagnoseWeights, type WeightDiagnosis } from './weight-diagnosis.ts';
import { drawRows, eachItsOwn } from './whose-rows.ts';

/** The pseudo-inverse is of a matrix of places x places. */
const mostPlaces = 2000;

export type SlateEstimatorName = 'iips' | 'rips' | 'pi' | 'odds';

export interface SlateEstimate {
  readonly name: SlateEstimatorName;
  /** The target's mean reward of a slate, all slots together, with its bootstrap interval. */
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** Less that of the policy that wrote the log, on the same resamples. */
  readonly difference: { readonly value: number; readonly low: number; readonly high: number };
  /** Of the weights of the slot where they are thinnest. */
  readonly weights: WeightDiagnosis;
  readonly verdict: Verdict;
  readonly reason: string;
  readonly needed: string;
}

export interface SlateJudgement {
  readonly slates: number;
  readonly logged: number;
  readonly estimates: readonly SlateEstimate[];
}

export interface JudgeSlatesSettings {
  readonly rng: Rng;
  readonly resamples?: number;
  readonly confidence?: number;
  readonly progress?: Progress;
}

/**
 * What another policy would have brought, by a log of slates, under one assumption each about them: an outcome depends on what
 * stands at its own slot alone (`iips`), on that and all above it (`rips`), the outcome of the whole is a sum of unknown
 * parts (`pi`), or shoppers answer to one slot at most, by its odds (`odds`: only of logs where they do, with outcomes 0 and 1).
 * Each has its own weights and is refused by them alone. Intervals: bootstrap over slates.
 */
export const judgeSlates = (
  log: SlateLog,
  target: SlateTarget,
  settings: JudgeSlatesSettings,
): SlateJudgement => judgeWeighedSlates(log, weightsOf(log, target), settings, neverShown(log, target));

/** The target's probability divided by the logging policy's: what the assumptions need of it. */
export interface SlateWeights {
  /** n x slots: of the action at its slot, whatever stands elsewhere. */
  readonly single: Float64Array;
  /** n x slots: of the action at its slot given those above it. */
  readonly given: Float64Array;
  /** n: of the slate, by the pseudo-inverse. */
  readonly whole: Float64Array;
}

/**
 * As `judgeSlates`, by weights that are known already, so of a target that looks at the shopper too. `shares` are those of
 * the target's choices that are never shown.
 */
export function judgeWeighedSlates(
  log: Pick<SlateLog, 'n' | 'slots' | 'reward'>,
  { single, given, whole }: SlateWeights,
  settings: JudgeSlatesSettings,
  shares: Parameters<typeof sharesOf>[0] = [],
): SlateJudgement {
  const { rng, resamples = 1000, confidence = 0.95, progress } = settings;
  const { n, slots } = log;
  const whose = eachItsOwn(n, 'slates');
  const totals = Float64Array.from({ length: n }, (_, i) => sumOf(log.reward, i * slots, slots));
  const estimators: Readonly<Record<SlateEstimatorName, (rows: Int32Array) => number>> = {
    iips: (rows) => interactionIndependent(slatesOf(log, single, rows)),
    rips: (rows) => rewardInteraction(slatesOf(log, given, rows)),
    pi: (rows) => meanOver(rows, (i) => totals[i]! * whole[i]!),
    odds: (rows) => oneChoice(slatesOf(log, single, rows)),
  };
  const once = log.reward.every((r) => r === 0 || r === 1) && totals.every((total) => total <= 1);
  const names = (Object.keys(estimators) as SlateEstimatorName[]).filter((name) => once || name !== 'odds');
  const valuesOf = (rows: Int32Array): readonly (readonly [number, number])[] => {
    const logged = meanOver(rows, (i) => totals[i]!);
    return names.map((name) => {
      const value = estimators[name](rows);
      return [value, value - logged] as const;
    });
  };
  const all = Int32Array.from({ length: n }, (_, i) => i);
  const measured = valuesOf(all);
  const values = names.map(() => new Float64Array(resamples));
  const differences = names.map(() => new Float64Array(resamples));
  for (let resample = 0; resample < resamples; resample++) {
    for (const [i, [value, difference]] of valuesOf(drawRows(whose, rng)).entries()) {
      values[i]![resample] = value;
      differences[i]![resample] = difference;
    }
    progress?.(resample + 1, resamples, 'resamples');
  }
  const singly = thinnestSlot(single, slots);
  const thinnest: Readonly<Record<SlateEstimatorName, Float64Array>> = {
    iips: singly,
    odds: singly,
    rips: thinnestSlot(productsOf(given, slots), slots),
    pi: whole,
  };
  return {
    slates: n,
    logged: meanOver(all, (i) => totals[i]!),
    estimates: names.map((name, i) => {
      const [value, difference] = measured[i]!;
      const weights = diagnoseWeights(thinnest[name]);
      const apart = { value: difference, ...ends(differences[i]!, confidence) };
      const refused = refusalOf(n, shares, totals, thinnest[name], weights);
      return {
        name,
        value,
        ...ends(values[i]!, confidence),
        difference: apart,
        weights,
        ...(refused
          ? { verdict: 'refused' as const, ...refused }
          : verdictOf(apart, value, whose, confidence)),
      };
    }),
  };
}

/** For each slot of each slate: of its action alone, of it given those above; and of each slate as a whole. */
function weightsOf(
  { n, slots, logging, actions, action, propensity }: SlateLog,
  { actions: named, probabilities }: SlateTarget,
): SlateWeights {
  const aimed = (k: number): number => probabilities[(k % slots) * named.length + action[k]!]!;
  const length = n * slots;
  if (logging === 'independent') {
    const single = Float64Array.from({ length }, (_, k) => aimed(k) / propensity[k]!);
    const whole = Float64Array.from({ length: n }, (_, i) => sumOf(single, i * slots, slots) - (slots - 1));
    return { single, given: single, whole };
  }
  if (slots * actions.length > mostPlaces)
    throw new TendrilError(
      'bad-setting',
      `${slots} slots of ${actions.length} actions make ${slots * actions.length} places; accepted for rankings: at most ${mostPlaces}`,
    );
  const shown = Float64Array.from({ length: slots * actions.length }, (_, k) => {
    const line = Math.floor(k / actions.length) * named.length;
    // The little that lies on actions never shown is spread over the others; where it is much, there is no verdict.
    const known = sumOf(probabilities, line, actions.length);
    return known > 0 ? probabilities[line + (k % actions.length)]! / known : 1 / actions.length;
  });
  const weigh = slateWeight(uniformRanking(slots, actions.length), independentSlots(slots, shown));
  return {
    single: Float64Array.from({ length }, (_, k) => aimed(k) * actions.length),
    given: Float64Array.from({ length }, (_, k) => aimed(k) * (actions.length - (k % slots))),
    whole: Float64Array.from({ length: n }, (_, i) => weigh(action, i * slots)),
  };
}

const neverShown = (log: SlateLog, { actions, probabilities }: SlateTarget): Parameters<typeof sharesOf>[0] =>
  actions.slice(log.actions.length).map((name, i) => {
    let share = 0;
    for (let slot = 0; slot < log.slots; slot++)
      share += probabilities[slot * actions.length + log.actions.length + i]! / log.slots;
    return { name, share };
  });

function refusalOf(
  n: number,
  shares: Parameters<typeof sharesOf>[0],
  totals: Float64Array,
  weights: Float64Array,
  diagnosis: WeightDiagnosis,
): Refusal | undefined {
  const slates = { n, word: 'slates' } as const;
  const outcomes = totals.reduce((sum, total, i) => sum + Number(total !== 0 && weights[i] !== 0), 0);
  return (
    unlogged(sharesOf(shares)) ??
    joined([...thinWeights(slates, diagnosis), ...fewOutcomes(slates, outcomes)])
  );
}

const productsOf = (given: Float64Array, slots: number): Float64Array => {
  const products = given.slice();
  for (let k = 0; k < products.length; k++) if (k % slots > 0) products[k]! *= products[k - 1]!;
  return products;
};

function thinnestSlot(weights: Float64Array, slots: number): Float64Array {
  const columns = Array.from({ length: slots }, (_, slot) => weights.filter((_, k) => k % slots === slot));
  return columns.reduce((thinnest, column) =>
    diagnoseWeights(column).ess < diagnoseWeights(thinnest).ess ? column : thinnest,
  );
}

function slatesOf(
  { slots, reward }: Pick<SlateLog, 'slots' | 'reward'>,
  weight: Float64Array,
  rows: Int32Array,
) {
  const of = (values: Float64Array): Float64Array => {
    const taken = new Float64Array(rows.length * slots);
    rows.forEach((row, i) => {
      taken.set(values.subarray(row * slots, (row + 1) * slots), i * slots);
    });
    return taken;
  };
  return { n: rows.length, slots, reward: of(reward), weight: of(weight) };
}

function sumOf(values: Float64Array, from: number, n: number): number {
  let sum = 0;
  for (let k = from; k < from + n; k++) sum += values[k]!;
  return sum;
}

function meanOver(rows: Int32Array, of: (row: number) => number): number {
  let sum = 0;
  for (const row of rows) sum += of(row);
  return sum / rows.length;
}
