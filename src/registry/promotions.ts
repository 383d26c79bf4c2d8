import { TendrilError } from '../core/index.ts';

/**
 * Which version serves is a fold over what was decided, in order: a promotion puts a version on top of a pile, going
 * back takes the top off. The lowest cannot be taken off: something has to serve. A version that is removed is taken out wherever it is.
 */
export type Promotion =
  | {
      readonly act: 'promote' | 'remove';
      readonly agent: string;
      readonly version: number;
      readonly at: number;
    }
  | { readonly act: 'roll back'; readonly at: number };

export interface Promoted {
  readonly agent: string;
  readonly version: number;
}

export function promote(pile: readonly Promoted[], promotion: Promotion): readonly Promoted[] {
  if (promotion.act === 'roll back') return pile.length > 1 ? pile.slice(0, -1) : pile;
  const { agent, version } = promotion;
  if (promotion.act === 'remove')
    return pile
      .filter((one) => one.agent !== agent || one.version !== version)
      .filter((one, i, all) => one.agent !== all[i - 1]?.agent || one.version !== all[i - 1]?.version);
  const top = pile.at(-1);
  return top?.agent === agent && top.version === version ? pile : [...pile, { agent, version }];
}

/** Throws `bad-setting` where this version serves: it cannot be removed. */
export function refuseServing(serving: Promoted | undefined, agent: string, version: number): void {
  if (serving?.agent === agent && serving.version === version)
    throw new TendrilError(
      'bad-setting',
      `version ${version} of agent "${agent}" serves; accepted: one that does not`,
    );
}
