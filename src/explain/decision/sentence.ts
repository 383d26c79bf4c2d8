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

interface Decided {
  readonly action: number;
  readonly preferred: number;
  readonly probability: number;
  readonly features: readonly FeatureShare[];
  readonly shopper: Readonly<Record<string, Float32Array>>;
  readonly words: OfferWords;
  /** Whether the rules leave anything else. */
  readonly forced: boolean;
  /** Others whom the policy would make the same offer under the same rules. */
  readonly same?: { readonly others: number; readonly of: number };
}

const mostClauses = 3;
/** A feature is named where it does at least this share of what the strongest one does. */
const leastShare = 0.15;

/**
 * A decision in one sentence: the action, and what the data of the shopper say where it moved the policy most. Clauses are
 * declared beside the features; what is chosen here is only which of them, by their contributions.
 */
export function sentenceOf(decided: Decided): string {
  const { action, preferred, probability, features, shopper, words, forced, same } = decided;
  const opening = capital(words.action(action));
  const because = (sign: number): string => listed(clausesOf(features, sign, shopper, words));
  if (forced) {
    const which = words.rules === undefined ? '' : ` (${words.rules.words})`;
    return `${opening}: for this shopper the rules allow nothing else now${which}.`;
  }
  if (action !== preferred) {
    const doubts = because(-1);
    const instead = `the policy prefers ${words.action(preferred)}, and would choose this with a probability of ${chance(probability)}`;
    return `${opening}: ${instead}${doubts && `; what speaks against it is that this shopper ${doubts}`}.`;
  }
  const reasons = because(1);
  if (reasons === '') {
    const others = same === undefined ? '' : `; ${same.others} of ${same.of} others would get the same`;
    return `${opening}: nothing about this shopper speaks for it more than about others${others}.`;
  }
  return `${opening}: this shopper ${reasons}.`;
}

/** The clauses of the features that moved it most in one direction, each once. */
function clausesOf(
  features: readonly FeatureShare[],
  sign: number,
  shopper: Decided['shopper'],
  { features: known }: OfferWords,
): string[] {
  const clauses = new Map<string, number>();
  for (const { feature, contribution } of features) {
    const clause = known[feature]?.clause(shopper);
    if (clause !== undefined) clauses.set(clause, (clauses.get(clause) ?? 0) + sign * contribution);
  }
  const sorted = [...clauses].sort((a, b) => b[1] - a[1]);
  const strongest = sorted[0]?.[1] ?? 0;
  return sorted
    .filter(([, weight]) => weight > 1e-9 && weight >= leastShare * strongest)
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
