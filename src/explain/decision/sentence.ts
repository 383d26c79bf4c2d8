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
}

const mostClauses = 3;
/** A feature is named where it does at least this share of what the strongest one does. */
const leastShare = 0.2;

/**
 * A decision in one sentence: the action, and what the data of the shopper say where it moved the policy most. Clauses are
 * declared beside the features; what is chosen here is only which of them, by their contributions.
 */
export function sentenceOf({ action, preferred, probability, features, shopper, words }: Decided): string {
  const said = words.action(action);
  const opening = `${said[0]!.toUpperCase()}${said.slice(1)}`;
  const [reasons, doubts] = [1, -1].map((sign) => clausesOf(features, sign, shopper, words));
  if (action !== preferred) {
    const instead = `the policy prefers ${words.action(preferred)} and would choose this with a probability of ${chance(probability)}`;
    return doubts!.length === 0
      ? `${opening}: ${instead}.`
      : `${opening}: ${instead}; against it speaks that this shopper ${listed(doubts!)}.`;
  }
  if (reasons!.length === 0)
    return `${opening}: nothing about this shopper speaks for it more than for others; the policy makes this offer to most.`;
  return `${opening}: this shopper ${listed(reasons!)}.`;
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

const listed = (clauses: readonly string[]): string =>
  clauses.length < 2 ? clauses.join('') : `${clauses.slice(0, -1).join(', ')} and ${clauses.at(-1)}`;

const chance = (p: number): string =>
  p < 0.001 ? 'less than .1 %' : `${Number((100 * p).toPrecision(2))} %`;
