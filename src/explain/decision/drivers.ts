import { likeliestChoice, type Policy } from '../../agent/index.ts';
import type { Progress, Rng } from '../../core/index.ts';
import type { OfferWords } from '../../world/index.ts';
import { isForced, judgeOf, type Measure, measureOf } from './decision-score.ts';
import type { ObservedStates } from './observed-states.ts';
import { shapley } from './shapley.ts';

/** Which features drive which offer. */
export interface Drivers {
  readonly measure: Measure;
  readonly shoppers: number;
  readonly background: number;
  readonly features: readonly { readonly feature: string; readonly label: string }[];
  /** What the policy chooses, the most frequent first. */
  readonly actions: readonly {
    readonly action: number;
    readonly words: string;
    readonly shoppers: number;
    /** Of these, shoppers to whom the rules left nothing else: nothing about them moved anything. */
    readonly forced: number;
    /** Mean |Shapley value| of each feature, over the shoppers for whom the action was chosen. */
    readonly strength: readonly number[];
  }[];
  /** The same over all shoppers. */
  readonly overall: readonly number[];
}

export interface DriversOptions {
  readonly policy: Policy;
  readonly states: ObservedStates;
  readonly background: Float32Array;
  readonly words: OfferWords;
  readonly rng: Rng;
  readonly progress?: Progress;
}

/** The global view (Lundberg & Lee 2017): mean |Shapley value| of the chosen action's log-odds, by feature and action. */
export async function driversOf(options: DriversOptions): Promise<Drivers> {
  const { policy, states, background, words, rng, progress } = options;
  const { parts, size } = policy.observation;
  const choices = (states.masks?.length ?? 0) / states.n;
  const sums = new Map<number, { shoppers: number; forced: number; strength: Float64Array }>();
  const rowOf = (i: number) => states.observations.slice(i * size, (i + 1) * size);
  const maskOf = (i: number) => states.masks?.subarray(i * choices, (i + 1) * choices);
  // One for all, as they are averaged: a lead where it is one for any, since scores that happen to be equal tell nothing.
  let measure: Measure = 'log-odds';
  for (let i = 0; i < states.n && measure === 'log-odds'; i++)
    measure = await measureOf(policy, rowOf(i), background, maskOf(i));
  for (let i = 0; i < states.n; i++) {
    progress?.(i, states.n);
    const [row, mask] = [rowOf(i), maskOf(i)];
    const action = likeliestChoice(policy, await policy.evaluate(row, 1), 0, mask);
    const judge = judgeOf(policy, Int32Array.of(action), measure, mask);
    const { contributions } = await shapley(judge, { row, background, parts }, rng.fork(i));
    const entry = sums.get(action) ?? { shoppers: 0, forced: 0, strength: new Float64Array(parts.length) };
    sums.set(action, entry);
    entry.shoppers++;
    if (mask && isForced(mask)) entry.forced++;
    for (let f = 0; f < parts.length; f++) entry.strength[f]! += Math.abs(contributions[f]!);
  }
  progress?.(states.n, states.n);
  const overall = parts.map(
    (_, f) => [...sums.values()].reduce((sum, { strength }) => sum + strength[f]!, 0) / states.n,
  );
  return {
    measure,
    shoppers: states.n,
    background: background.length / size,
    features: parts.map(({ name }) => ({ feature: name, label: words.features[name]?.label ?? name })),
    actions: [...sums]
      .sort(([a, x], [b, y]) => y.shoppers - x.shoppers || a - b)
      .map(([action, { shoppers, forced, strength }]) => ({
        action,
        words: words.action(action),
        shoppers,
        forced,
        strength: [...strength].map((sum) => sum / shoppers),
      })),
    overall,
  };
}
