import { ok, type Result } from '../core/index.ts';
import { parseTerms, type Term } from './formula.ts';

/** What can come of a campaign's contact, as columns of its log. */
export const outcomes = {
  visit: 'came to the shop, or clicked: 0 or 1',
  conversion: 'bought, or redeemed the offer: 0 or 1',
  spend: 'money spent',
  margin: 'money earned, before the cost of the offer',
  cost: 'what the contact and its offer cost',
  unsubscribed: 'wants no more messages: 0 or 1',
} as const satisfies Record<string, string>;

export type OutcomeName = keyof typeof outcomes;

/** The reward of a contact: `margin - cost - 5*unsubscribed`. */
export interface OutcomeFormula {
  readonly text: string;
  readonly terms: readonly Term<OutcomeName>[];
}

/** Reads a formula over the outcomes; what is wrong is named with what would be accepted. */
export function parseOutcomeReward(text: string): Result<OutcomeFormula> {
  const terms = parseTerms(text, outcomes, 'spend');
  return terms.ok ? ok({ text: text.trim(), terms: terms.value }) : terms;
}
