import type { Catalogue, DecidedItem, Decision, RecommendRequest } from '../core/index.ts';
import { whyEmpty } from './why-empty.ts';

export type TitledItem = DecidedItem & { readonly title?: string };

/** A decision as it is answered: with titles, without what only the log needs. */
export interface Recommendation
  extends Omit<Decision, 'items' | 'shopper' | 'stateVersion' | 'support' | 'timestamp'> {
  readonly items: readonly TitledItem[];
  /** Says that a simpler policy answered, where one did. */
  readonly degraded?: string;
  /** A sentence for each pin that is not shown, and why; and why there is nothing to show. */
  readonly notes?: readonly string[];
}

export function recommendationOf(
  { recommendationId, placement, policy, items, group }: Decision,
  catalogue: Catalogue,
  request: RecommendRequest,
  degraded?: string,
): Recommendation {
  const { pin = [], limit = 10 } = request;
  const shown = items.map(({ itemId }) => itemId);
  const lastPlace = shown.length < limit ? Infinity : pin.indexOf(shown.at(-1)!);
  const notes = [...new Set(pin)]
    .filter((itemId) => !shown.includes(itemId))
    .map((itemId) => {
      const why =
        catalogue.indexOf(itemId) === undefined
          ? 'there is no such product'
          : lastPlace >= 0 && pin.indexOf(itemId) > lastPlace
            ? 'the pins before it take all places'
            : 'it is out of stock, excluded, filtered away or bought before';
      return `pin ${itemId} is not shown: ${why}`;
    });
  if (items.length === 0) notes.push(whyEmpty(catalogue, request));
  return {
    recommendationId,
    placement,
    policy,
    items: withTitles(items, catalogue),
    ...(group && { group }),
    ...(degraded === undefined ? {} : { degraded }),
    ...(notes.length > 0 && { notes }),
  };
}

/** With the titles that the products have now. */
export const withTitles = (items: readonly DecidedItem[], catalogue: Catalogue): TitledItem[] =>
  items.map((item) => {
    const title = catalogue.items[catalogue.indexOf(item.itemId) ?? -1]?.title;
    return title === undefined ? item : { ...item, title };
  });
