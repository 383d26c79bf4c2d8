import { likeliestChoice, type Policy } from '../../agent/index.ts';
import { rng } from '../../core/index.ts';
import type { OfferWords } from '../../world/index.ts';
import { isForced, judgesOf, leastReason, measureOf } from './decision-score.ts';
import { type Explanation, explainDecision } from './explain-decision.ts';
import { type FeatureShare, sentenceOf } from './sentence.ts';
import { spansOf } from './shapley.ts';

/** An offer that is being answered, and whom its shopper is compared with. */
interface AboutOffer {
  readonly policy: Policy;
  readonly observation: Float32Array;
  /** Of other shoppers, at least one. */
  readonly background: readonly (readonly number[])[];
  readonly words: OfferWords;
  readonly choice: number;
  readonly mask: Uint8Array;
  /** Which rules forbid what the mask does, as they are said. */
  readonly rules: readonly string[];
  readonly seed: string;
}

/** Other shoppers a sentence looks at: all of them would cost more than the decision. */
const fewest = 3;
/** And a whole explanation. */
const most = 30;

/**
 * Two ways to say why. The whole one is `explainDecision`. The sentence in every answer must cost a few milliseconds at most: the
 * weight of a feature is what the measure of the offer loses, on average over a few other shoppers, where the feature is
 * theirs. For what is linear in the features (the scores of a bandit) that is its Shapley value; else only a hint which clauses to say.
 */
export const explainOffer = {
  async sentence(about: AboutOffer): Promise<string> {
    const { policy, observation: row, words, choice, mask, rules } = about;
    const { parts } = policy.observation;
    const spans = spansOf({ parts });
    const others = rowsOf(about, fewest);
    const m = others.length / row.length;
    const n = 1 + parts.length * m;
    const rows = new Float32Array(n * row.length);
    rows.set(row);
    for (let z = 0; z < m; z++)
      spans.forEach(([from, to], f) => {
        const at = (1 + f * m + z) * row.length;
        rows.set(row, at);
        rows.set(others.subarray(z * row.length + from, z * row.length + to), at + from);
      });
    const scores = await policy.evaluate(row, 1);
    const measure = await measureOf(policy, row, others, mask);
    const preferred = likeliestChoice(policy, scores, 0, mask);
    const told = choice === preferred ? [choice] : [choice, preferred];
    const actions = told.map((action) => Int32Array.of(action));
    const judged = await judgesOf(policy, actions, measure, mask)(rows, n);
    const [offer, other] = judged.map((values, a) => {
      const features = parts.map(({ name }, f): FeatureShare => {
        let contribution = 0;
        for (let z = 0; z < m; z++) contribution += (values[0]! - values[1 + f * m + z]!) / m;
        const { label = name, value } = words.features[name] ?? {};
        const own = row.subarray(...spans[f]!);
        return {
          feature: name,
          label,
          value: value?.(own) ?? own.join(', '),
          contribution,
          standardError: 0,
        };
      });
      const probability = Math.exp(policy.logProb(scores, 0, actions[a]!, mask)[0]!);
      return { action: told[a]!, probability, features, least: leastReason(measure, values[0]!) };
    });
    return sentenceOf({
      offer: offer!,
      ...(other && { preferred: other }),
      shopper: Object.fromEntries(parts.map(({ name }, i) => [name, row.subarray(...spans[i]!)])),
      words,
      ...(isForced(mask) && { forcedBy: rules }),
    });
  },

  async whole(about: AboutOffer): Promise<Explanation> {
    const { policy, observation, words, choice, mask, rules, seed } = about;
    const background = rowsOf(about, most);
    return explainDecision({
      policy,
      observation,
      background,
      words,
      rng: rng(seed),
      action: choice,
      mask,
      rules,
      neighbours: 200,
      pairs: 4,
    });
  },
};

/** So many rows of the background, evenly from the oldest to the newest. */
function rowsOf({ background }: AboutOffer, n: number): Float32Array {
  const every = Math.max(1, background.length / n);
  const rows = Array.from(
    { length: Math.min(n, background.length) },
    (_, i) => background[Math.floor(i * every)]!,
  );
  return Float32Array.from(rows.flat());
}
