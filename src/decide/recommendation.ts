import type { Catalogue, DecidedItem, Decision } from '../core/index.ts';

/** A decision as it is answered: with titles, without what only the log needs. */
export interface Recommendation extends Omit<Decision, 'items' | 'shopper' | 'stateVersion' | 'timestamp'> {
  readonly items: readonly (DecidedItem & { readonly title?: string })[];
  /** Says that a simpler policy answered, where one did. */
  readonly degraded?: string;
}

export function recommendationOf(
  { recommendationId, placement, policy, items, group }: Decision,
  catalogue: Catalogue,
  degraded?: string,
): Recommendation {
  const titleOf = (itemId: string) => catalogue.items[catalogue.indexOf(itemId) ?? -1]?.title;
  return {
    recommendationId,
    placement,
    policy,
    items: items.map((item) => {
      const title = titleOf(item.itemId);
      return title === undefined ? item : { ...item, title };
    }),
    ...(group && { group }),
    ...(degraded === undefined ? {} : { degraded }),
  };
}
