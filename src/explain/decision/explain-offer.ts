import type { Policy } from '../../agent/index.ts';
import { rng } from '../../core/index.ts';
import type { OfferWords } from '../../world/index.ts';
import { isForced } from './decision-score.ts';
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
  readonly seed: string;
}

/** Other shoppers a sentence looks at: all of them would cost more than the decision. */
const fewest = 3;
/** And a whole explanation. */
const most = 30;

/**
 * Two ways to say why. The whole one is `explainDecision`. The sentence in every answer must cost a millisecond or two: the
 * weight of a feature is what the lead of the choice over the best other open one loses, on average over a few other
 * shoppers, where the feature is theirs. For scores that are linear in the features (a bandit's) that is the Shapley
 * value of the lead over one fixed rival; else only a hint which clauses to say.
 */
export const explainOffer = {
  async sentence(about: AboutOffer): Promise<string> {
    const { policy, observation: row, words, choice, mask } = about;
    const { parts } = policy.observation;
    const spans = spansOf({ parts });
    const others = rowsOf(about, fewest);
    const m = others.length / row.length;
    const rows = new Float32Array((1 + parts.length * m) * row.length);
    rows.set(row);
    for (let z = 0; z < m; z++)
      spans.forEach(([from, to], f) => {
        const at = (1 + f * m + z) * row.length;
        rows.set(row, at);
        rows.set(others.subarray(z * row.length + from, z * row.length + to), at + from);
      });
    const scores = await policy.evaluate(rows, 1 + parts.length * m);
    const score = (i: number, c: number): number => scores.values[i * scores.choices + c]!;
    const preferred = policy.greedy(scores, 0, mask)[0]!;
    let rival = -1;
    for (let c = 0; c < scores.choices; c++)
      if (c !== choice && mask[c] && (rival < 0 || score(0, c) > score(0, rival))) rival = c;
    const lead = (i: number): number => score(i, choice) - (rival < 0 ? 0 : score(i, rival));
    const features = parts.map(({ name }, f): FeatureShare => {
      let contribution = 0;
      for (let z = 0; z < m; z++) contribution += (lead(0) - lead(1 + f * m + z)) / m;
      return { feature: name, label: name, value: '', contribution, standardError: 0 };
    });
    const shopper = Object.fromEntries(parts.map(({ name }, i) => [name, row.subarray(...spans[i]!)]));
    const probability = Math.exp(policy.logProb(scores, 0, Int32Array.of(choice), mask)[0]!);
    const forced = isForced(mask);
    return sentenceOf({ action: choice, preferred, probability, features, shopper, words, forced });
  },

  async whole(about: AboutOffer): Promise<Explanation> {
    const { policy, observation, words, choice, mask, seed } = about;
    const background = rowsOf(about, most);
    return explainDecision({
      policy,
      observation,
      background,
      words,
      rng: rng(seed),
      action: choice,
      mask,
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
