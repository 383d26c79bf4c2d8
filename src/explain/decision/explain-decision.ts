import { likeliestChoice, type Policy, type Scores } from '../../agent/index.ts';
import type { Rng } from '../../core/index.ts';
import type { OfferWords } from '../../world/index.ts';
import {
  actingOn,
  isForced,
  judgeOf,
  leastReason,
  logProbability,
  type Measure,
  measureOf,
} from './decision-score.ts';
import { type FeatureShare, sentenceOf } from './sentence.ts';
import { shapley, spansOf } from './shapley.ts';
import { localSurrogate } from './surrogate.ts';

/** Why a policy makes this offer to this shopper. */
export interface Explanation {
  readonly action: number;
  readonly words: string;
  /** With which the policy draws the action. */
  readonly probability: number;
  /** What the policy does most often. */
  readonly preferred: { readonly action: number; readonly words: string };
  /** The likeliest of the other offers; missing where the rules leave none. */
  readonly otherwise?: { readonly action: number; readonly words: string; readonly probability: number };
  readonly sentence: string;
  /** Whether the rules leave nothing else: no feature moved anything then. */
  readonly forced: boolean;
  /** What the figures below are: log-odds of the action, or the lead of its score. */
  readonly measure: Measure;
  readonly shapley: {
    /** Mean over the background shoppers. */
    readonly base: number;
    /** For this shopper: base + the sum of the contributions. */
    readonly value: number;
    readonly sum: number;
    readonly background: number;
    readonly exact: boolean;
    readonly features: readonly FeatureShare[];
  };
  readonly lime?: {
    /** Weighted R2 on fresh neighbours; where it is low the slopes say little. */
    readonly fidelity: number;
    readonly intercept: number;
    readonly slopes: Readonly<Record<string, number>>;
  };
}

export interface ExplainOptions {
  readonly policy: Policy;
  /** Of the shopper, one row. */
  readonly observation: Float32Array;
  /** Of other shoppers, 100 rows or so: `observedStates`. */
  readonly background: Float32Array;
  readonly words: OfferWords;
  readonly rng: Rng;
  /** Another than the preferred one. */
  readonly action?: number;
  /** One number for each choice, 0 forbids it: rules are kept as they are whatever the features would be. */
  readonly mask?: Uint8Array;
  /** Which rules forbid what the mask does, as they are said. */
  readonly rules?: readonly string[];
  /** Neighbours the local surrogate is fitted to; 0 leaves it out. */
  readonly neighbours?: number;
  /** Beyond 12 features: pairs of orders that are walked from each background row, from 2; 8 where missing. */
  readonly pairs?: number;
}

/** Pure, and quick enough for a request: one Shapley enumeration of up to 12 features, or so many orders of more. */
export async function explainDecision(options: ExplainOptions): Promise<Explanation> {
  const { policy, observation: row, background, words, rng, mask, neighbours = 1000, pairs } = options;
  const { parts } = policy.observation;
  const scores = await policy.evaluate(row, 1);
  const preferred = likeliestChoice(policy, scores, 0, mask);
  const action = options.action ?? preferred;
  const chanceOf = (choice: number): number =>
    Math.exp(logProbability(policy.logProb(scores, 0, Int32Array.of(choice), mask)));
  const probability = chanceOf(action);
  const measure = await measureOf(policy, row, background, mask);
  const given = { row, background, parts };
  const spans = spansOf(given);
  const weigh = async (choice: number) => {
    const judge = judgeOf(policy, Int32Array.of(choice), measure, mask);
    const { base, value, contributions, standardErrors } = await shapley(
      judge,
      given,
      rng.fork('orders'),
      pairs,
    );
    const features = parts.map(({ name }, i): FeatureShare => {
      const said = words.features[name];
      return {
        feature: name,
        label: said?.label ?? name,
        value: said?.value(row.subarray(...spans[i]!)) ?? row.subarray(...spans[i]!).join(', '),
        contribution: contributions[i]!,
        standardError: standardErrors[i]!,
      };
    });
    const weighed = {
      action: choice,
      probability: chanceOf(choice),
      features,
      least: leastReason(measure, value),
    };
    return { judge, base, value, features, weighed };
  };
  const { judge, base, value, features, weighed } = await weigh(action);
  const surrogate =
    neighbours > 0 && (await localSurrogate(judge, given, rng.fork('neighbours'), neighbours));
  const forced = mask !== undefined && isForced(mask);
  const m = background.length / row.length;
  const shopper = Object.fromEntries(parts.map(({ name }, i) => [name, row.subarray(...spans[i]!)]));
  const next = nextTo(policy, scores, action, mask);
  return {
    action,
    words: words.action(action),
    probability,
    preferred: { action: preferred, words: words.action(preferred) },
    ...(next !== undefined && {
      otherwise: { action: next, words: words.action(next), probability: chanceOf(next) },
    }),
    sentence: sentenceOf({
      offer: weighed,
      ...(action !== preferred && { preferred: (await weigh(preferred)).weighed }),
      shopper,
      words,
      ...(forced && { forcedBy: options.rules ?? [] }),
      same: { others: await choosing(policy, background, m, action, mask), of: m },
    }),
    forced,
    measure,
    shapley: {
      base,
      value,
      sum: features.reduce((sum, { contribution }) => sum + contribution, 0),
      background: m,
      exact: features.every(({ standardError }) => standardError === 0),
      features,
    },
    ...(surrogate && {
      lime: {
        fidelity: surrogate.fidelity,
        intercept: surrogate.intercept,
        slopes: Object.fromEntries(parts.map(({ name }, i) => [name, surrogate.slopes[i]!])),
      },
    }),
  };
}

/** The likeliest of the other choices that are open; of equals the one that it scores best. */
function nextTo(policy: Policy, scores: Scores, action: number, mask?: Uint8Array): number | undefined {
  if (policy.action.kind !== 'choice') return undefined;
  const values = actingOn(policy, scores);
  const chances = Array.from(
    { length: scores.choices },
    (_, c) => policy.logProb(scores, 0, Int32Array.of(c), mask)[0]!,
  );
  return chances
    .map((_, c) => c)
    .filter((c) => c !== action && (!mask || mask[c]))
    .sort((a, b) => (chances[a] === chances[b] ? values[b]! - values[a]! : chances[b]! - chances[a]!))[0];
}

/** How many of the others would get the same. */
async function choosing(
  policy: Policy,
  others: Float32Array,
  n: number,
  action: number,
  mask?: Uint8Array,
): Promise<number> {
  const scores = await policy.evaluate(others, n);
  let count = 0;
  for (let i = 0; i < n; i++) if (likeliestChoice(policy, scores, i, mask) === action) count++;
  return count;
}
