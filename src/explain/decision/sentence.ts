import type { OfferWords } from '../../world/index.ts';

/** What a feature does to a decision. */
export interface FeatureShare {
  readonly feature: string;
  readonly label: string;
  /** As it is said. */
  readonly value: string;
  readonly contribution: number;
  /** 0 where it is exact. */
  readonly standardError: number;
}

/** An offer with its probability, and what the features do to it; reasons are what does at least so much. */
interface Weighed {
  readonly action: number;
  readonly probability: number;
  readonly features: readonly FeatureShare[];
  readonly least: number;
}

interface Decided {
  readonly offer: Weighed;
  /** What the policy does most often, where that is another. */
  readonly preferred?: Weighed;
  readonly shopper: Readonly<Record<string, Float32Array>>;
  readonly words: OfferWords;
  /** Where the rules leave nothing else: which of them applied. */
  readonly forcedBy?: readonly string[];
  /** Others whom the policy would make the same offer under the same rules. */
  readonly same?: { readonly others: number; readonly of: number };
}

const mostClauses = 3;
/** A feature is named where it does at least this share of what the strongest one does. */
const leastShare = 0.15;
/** And at least this share of what the strongest of all does, for the offer or against it. */
const leastOfAll = 0.05;
/** What does less is no bar to be seen. */
const unseen = leastOfAll / 2;

/**
 * A decision in one sentence: the action, and what the data of the shopper say where it moved the policy most. Clauses are
 * declared beside the features; what is chosen here is only which of them, by their contributions: what is said to speak for
 * an offer has bars that do.
 */
export function sentenceOf({ offer, preferred, shopper, words, forcedBy, same }: Decided): string {
  const opening = capital(words.action(offer.action));
  const because = (of: Weighed, sign: number): string[] => clausesOf(of, sign, shopper, words);
  if (forcedBy) {
    const which = forcedBy.length === 0 ? '' : ` (${forcedBy.join('; ')})`;
    return `${opening}: for this shopper the rules allow nothing else now${which}.`;
  }
  const reasons = listed(because(offer, 1));
  if (preferred) {
    const said = because(morePreferred(preferred, offer), 1);
    const better = listed(said);
    const doubts = listed(because(offer, -1).filter((clause) => !said.includes(clause)));
    const instead = `${words.action(preferred.action)} (${chance(preferred.probability)}; this one ${chance(offer.probability)})`;
    const drawn =
      offer.probability > 0 ? `chosen by chance (${chance(offer.probability)})` : 'never chosen here';
    if (better + doubts + reasons === '')
      return `${opening}: ${drawn}; nothing about this shopper makes one offer better than another for the policy, which most often chooses ${words.action(preferred.action)} (${chance(preferred.probability)}).`;
    return `${opening}: the policy prefers ${instead}${better && `, for which more speaks: this shopper ${better}`}${doubts && `; what speaks against this one is that this shopper ${doubts}`}.`;
  }
  if (reasons !== '') return `${opening}: this shopper ${reasons}.`;
  const others = same === undefined ? '' : `; ${same.others} of ${same.of} others would get the same`;
  const drawn = offer.probability < 0.5 ? `chosen by chance (${chance(offer.probability)}): ` : '';
  return `${opening}: ${drawn}nothing about this shopper speaks for it more than about others${others}.`;
}

export const strongestOf = (features: readonly FeatureShare[]): number =>
  features.reduce((most, { contribution }) => Math.max(most, Math.abs(contribution)), 0);

/** What speaks for the preferred offer, and more than for this one. */
const morePreferred = (preferred: Weighed, { features }: Weighed): Weighed => ({
  ...preferred,
  features: preferred.features.map((share, i) => ({
    ...share,
    contribution: Math.min(share.contribution, share.contribution - features[i]!.contribution),
  })),
});

/**
 * The clauses of the features that moved it most in one direction, each once. What features say together is said where all
 * their bars point that way; else each of those that do is said alone.
 */
function clausesOf(
  { features, least }: Weighed,
  sign: number,
  shopper: Decided['shopper'],
  { features: known }: OfferWords,
): string[] {
  const strongest = strongestOf(features);
  const topics = new Map<string, FeatureShare[]>();
  for (const share of features) {
    const clause = known[share.feature]?.clause(shopper);
    if (clause !== undefined) topics.set(clause, [...(topics.get(clause) ?? []), share]);
  }
  const clauses = [...topics].flatMap(([clause, shares]): (readonly [string, number])[] => {
    const agreed = shares.every(({ contribution }) => sign * contribution >= -unseen * strongest);
    if (agreed) return [[clause, shares.reduce((sum, share) => sum + sign * share.contribution, 0)]];
    return shares.map(({ feature, label, value, contribution }) => [
      known[feature]!.alone?.(shopper) ?? `has "${label}": ${value}`,
      sign * contribution,
    ]);
  });
  const sorted = clauses.sort((a, b) => b[1] - a[1]);
  const enough = Math.max(least, 1e-9, leastOfAll * strongest, leastShare * (sorted[0]?.[1] ?? 0));
  return sorted
    .filter(([, weight]) => weight >= enough)
    .slice(0, mostClauses)
    .map(([clause]) => clause);
}

/** Clauses may hold an "and" of their own: a comma keeps them apart. */
const listed = (clauses: readonly string[]): string =>
  clauses.length < 2 ? clauses.join('') : `${clauses.slice(0, -1).join(', ')}, and ${clauses.at(-1)}`;

export const capital = (text: string): string => `${text[0]!.toUpperCase()}${text.slice(1)}`;

/** A probability as people say it; never a certainty that is none. */
export const chance = (p: number): string =>
  p === 0 || p === 1
    ? `${100 * p} %`
    : p < 0.001
      ? 'less than 0.1 %'
      : p > 0.999
        ? 'more than 99.9 %'
        : p > 0.1
          ? `${Number((100 * p).toFixed(p > 0.99 ? 1 : 0))} %`
          : `${Number((100 * p).toPrecision(2))} %`;
