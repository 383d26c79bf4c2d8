/**
 * Which version serves is a fold over what was decided, in order: a promotion puts a version on top of a pile, going
 * back takes the top off. The lowest cannot be taken off: something has to serve.
 */
export type Promotion =
  | { readonly act: 'promote'; readonly agent: string; readonly version: number; readonly at: number }
  | { readonly act: 'roll back'; readonly at: number };

export interface Promoted {
  readonly agent: string;
  readonly version: number;
}

export function promote(pile: readonly Promoted[], promotion: Promotion): readonly Promoted[] {
  if (promotion.act === 'roll back') return pile.length > 1 ? pile.slice(0, -1) : pile;
  const { agent, version } = promotion;
  const top = pile.at(-1);
  return top?.agent === agent && top.version === version ? pile : [...pile, { agent, version }];
}
