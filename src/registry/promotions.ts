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

/** Whether both are the same version of the same agent. */
export const isVersion = (one: Promoted | undefined, other: Promoted | undefined): boolean =>
  one?.agent === other?.agent && one?.version === other?.version;

export function promote(pile: readonly Promoted[], promotion: Promotion): readonly Promoted[] {
  if (promotion.act === 'roll back') return pile.length > 1 ? pile.slice(0, -1) : pile;
  const { agent, version } = promotion;
  if (promotion.act === 'remove')
    return pile
      .filter((one) => !isVersion(one, promotion))
      .filter((one, i, all) => i === 0 || !isVersion(one, all[i - 1]));
  return isVersion(pile.at(-1), promotion) ? pile : [...pile, { agent, version }];
}

/** Throws where a version cannot be removed: one that is not there, that serves, or the newest of its agent, whose number would be given again. */
export function refuseRemoval(
  { agent, version }: Promoted,
  stored: readonly number[],
  serving: Promoted | undefined,
): void {
  if (!stored.includes(version))
    throw new TendrilError('not-found', `there is no version ${version} of agent "${agent}"`);
  const why = isVersion(serving, { agent, version })
    ? 'serves'
    : version === Math.max(...stored) && `is the newest of "${agent}"`;
  if (why)
    throw new TendrilError(
      'bad-setting',
      `version ${version} of agent "${agent}" ${why}; accepted: an older one that does not serve`,
    );
}
