import type { Catalogue, RecommendRequest } from '../core/index.ts';
import { fitsFilter } from './rules.ts';

/** Why no product is left to show: the first wish that no product of the catalogue fits, else that all are ruled out. */
export function whyEmpty({ items }: Pick<Catalogue, 'items'>, { filter = {} }: RecommendRequest): string {
  if (items.length === 0) return 'there are no products yet';
  const { categories, brands, minPrice, maxPrice } = filter;
  const none = (one: typeof filter): boolean => !items.some(fitsFilter(one));
  if (categories && none({ categories })) return `no product is in category ${listed(categories)}`;
  if (brands && none({ brands })) return `no product is of brand ${listed(brands)}`;
  if (minPrice !== undefined && none({ minPrice })) return `no product costs ${minPrice} or more`;
  if (maxPrice !== undefined && none({ maxPrice })) return `no product costs ${maxPrice} or less`;
  if (none(filter)) return 'no product fits the whole filter';
  return 'no product is left: what there is is out of stock, excluded, filtered away or bought before';
}

const listed = (names: readonly string[]): string =>
  names.length > 3 ? `${names.slice(0, 3).join(', ')} or ${names.length - 3} others` : names.join(' or ');
