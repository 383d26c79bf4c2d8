import type { Catalogue, Combination, RecommendRequest } from '../core/index.ts';
import type { GroupDecision } from './decide-for-group.ts';
import { type Recommendation, recommendationOf, type TitledItem } from './recommendation.ts';

/** A slate for several, as it is answered: with what each item is to each member. */
export interface GroupRecommendation extends Omit<Recommendation, 'items' | 'group'> {
  readonly items: readonly (TitledItem & {
    readonly members: readonly {
      readonly userId: string;
      /** Among what this member could be shown: 1 is the favourite. */
      readonly place: number;
      readonly reasons: readonly string[];
    }[];
  })[];
  readonly group: {
    readonly combine: Combination;
    /** What the slate gives each member, of the best it could: 0 to 1. */
    readonly members: readonly { readonly userId: string; readonly satisfaction: number }[];
  };
}

export function groupRecommendationOf(
  { decisions, places, failure }: GroupDecision,
  catalogue: Catalogue,
  request: RecommendRequest,
): GroupRecommendation {
  const { items, group, ...rest } = recommendationOf(decisions[0]!, catalogue, request, failure?.degraded);
  return {
    ...rest,
    items: items.map((item, slot) => ({
      ...item,
      reasons: [inWords(decisions.map(({ shopper }, m) => ({ shopper, place: places[slot]![m]! })))],
      members: decisions.map(({ shopper, items: own }, m) => ({
        userId: shopper,
        place: places[slot]![m]!,
        reasons: own[slot]!.reasons,
      })),
    })),
    group: {
      combine: group!.combine,
      members: decisions.map(({ shopper, group: own }) => ({
        userId: shopper,
        satisfaction: own!.satisfaction,
      })),
    },
  };
}

/** For whom it is best, and for whom least. */
function inWords(liked: readonly { readonly shopper: string; readonly place: number }[]): string {
  const sorted = [...liked].sort((a, b) => a.place - b.place);
  const [best, worst] = [sorted[0]!, sorted.at(-1)!];
  const said = (place: number): string => (place === 1 ? 'the favourite' : `number ${place}`);
  return best.place === worst.place
    ? `${said(best.place)} of all members`
    : `${said(best.place)} of ${best.shopper}, ${said(worst.place)} of ${worst.shopper}, who likes it least`;
}
