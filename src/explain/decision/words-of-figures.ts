import type { Explanation } from './explain-decision.ts';
import { chance, strongestOf } from './sentence.ts';

/** How likely the offer was, and what would come in its place. */
export function howLikely({
  probability,
  otherwise,
}: Pick<Explanation, 'probability' | 'otherwise'>): string {
  const next = otherwise ? `; next comes ${otherwise.words} (${chance(otherwise.probability)})` : '';
  return `The policy makes this offer with a probability of ${chance(probability)}${next}.`;
}

/** Log-odds below it are none: as likely as not. */
const leastLogOdds = 0.0005;
/** A lead is none below this share of the strongest contribution, and below what single precision tells of scores about 1. */
const leastShare = 0.001;
const leastLead = 1e-6;

/** A contribution in two decimals, or in as many as show two digits of the strongest where rewards are small. */
export function signed(x: number, { features }: Explanation['shapley'], minus = '-'): string {
  const strongest = strongestOf(features);
  const decimals = strongest < leastLead ? 2 : Math.max(2, 1 - Math.floor(Math.log10(strongest)));
  const size = Math.abs(x).toFixed(decimals);
  return Number(size) === 0 ? size : `${x < 0 ? minus : '+'}${size}`;
}

/** What the figures at the facts are in. The technical words stand once, in brackets. */
export function inFigures({ measure, shapley }: Pick<Explanation, 'measure' | 'shapley'>): string {
  // Where all offers are alike what is left is rounding.
  const least =
    measure === 'log-odds' ? leastLogOdds : Math.max(leastLead, leastShare * strongestOf(shapley.features));
  const [others, own] = [shapley.base, shapley.value].map((x) =>
    Math.abs(x) < least ? 0 : Number(x.toPrecision(3)),
  );
  const sums = `Together: ${others} for the others on average, ${own} for this shopper`;
  const how = shapley.exact ? 'exact' : 'sampled';
  return measure === 'log-odds'
    ? `${sums}. 0 is as likely as not, and each 0.7 more doubles the odds (Shapley values of the log-odds, ${how}).`
    : `${sums}: by so much of the score it acts by, the policy puts this offer ahead of the best other one (Shapley values of the lead, ${how}).`;
}
