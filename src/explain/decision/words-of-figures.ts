import type { Explanation } from './explain-decision.ts';
import { chance } from './sentence.ts';

/** How likely the offer was, and what would come in its place. */
export function howLikely({
  probability,
  otherwise,
}: Pick<Explanation, 'probability' | 'otherwise'>): string {
  const next = otherwise ? `; next comes ${otherwise.words} (${chance(otherwise.probability)})` : '';
  return `The policy makes this offer with a probability of ${chance(probability)}${next}.`;
}

/** What the figures at the facts are in. The technical words stand once, in brackets. */
export function inFigures({ measure, shapley }: Pick<Explanation, 'measure' | 'shapley'>): string {
  // Where all offers are alike what is left is rounding.
  const [others, own] = [shapley.base, shapley.value].map((x) =>
    Math.abs(x) < 0.0005 ? 0 : Number(x.toPrecision(3)),
  );
  const sums = `Together: ${others} for the others on average, ${own} for this shopper`;
  const how = shapley.exact ? 'exact' : 'sampled';
  return measure === 'log-odds'
    ? `${sums}. 0 is as likely as not, and each 0.7 more doubles the odds (Shapley values of the log-odds, ${how}).`
    : `${sums}: by so much of the score it acts by, the policy puts this offer ahead of the best other one (Shapley values of the lead, ${how}).`;
}
