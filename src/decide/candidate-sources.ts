import { type Catalogue, eventTypes } from '../core/index.ts';
import { type Evidence, linkedItems, type ShopperState } from '../state/index.ts';
import { bestItems } from './best-items.ts';
import { newItemInteractions } from './exploration.ts';

/**
 * Where a product that can be drawn comes from. The policy's `best` are what it knew when it was taught; the other sources are
 * counted along with the events and know what happened since:
 *
 *   pin        the request's
 *   best       the policy's best 500
 *   related    chosen with or soon after the three things the shopper chose last, else linked to them by the catalogue
 *   trending   chosen most within seven days, as GET /v1/trending counts
 *   content    new products of the kind of these three things
 *   new        the newest products that the policy does not know, and of those it knows the least seen
 *
 * None lifts a product over another: the order is the policy's. A source puts its products among those that chance can show, and
 * `related`, `trending` and `content` make them likelier there.
 */
export const candidateSources = ['pin', 'best', 'related', 'trending', 'content', 'new'] as const;
export type CandidateSource = (typeof candidateSources)[number];

/** Products that `related` takes for each of the last things at most, and what each source takes in all. */
const [relatedEach, relatedItems, trendingItems, contentItems] = [12, 36, 24, 12];
/** The newest products that `content` looks through. */
const lookedThrough = 500;
/** Times two things were chosen together before it counts: once is anybody's chance. */
const leastTogether = 2;

export interface SourceInput extends Pick<Catalogue, 'items' | 'indexOf'> {
  readonly counts: Pick<Evidence, 'interactions' | 'followers' | 'trending'>;
  /** Numbers of what the shopper chose last, newest first; of a group's members in turn. */
  readonly recent: readonly number[];
  readonly now: number;
}

/** What each source but the policy names among the allowed products, each at most once in a source, best first. */
export function namedBySources(
  { items, indexOf, counts, recent, now }: SourceInput,
  allowed: Uint8Array,
): readonly (readonly [source: CandidateSource, items: readonly number[]])[] {
  const fits = (item: number): boolean => allowed[item] === 1 && !recent.includes(item);
  const kinds = new Set(recent.map((item) => items[item]?.categories?.at(-1)));
  const content: number[] = [];
  for (let i = items.length - 1; i >= Math.max(0, items.length - lookedThrough); i--) {
    if (content.length === contentItems) break;
    const kind = items[i]!.categories?.at(-1);
    if (kind !== undefined && kinds.has(kind) && fits(i) && counts.interactions(i) < newItemInteractions)
      content.push(i);
  }
  return [
    ['related', inTurn(recent.map(relatedTo), relatedItems)],
    ['trending', counts.trending(now).filter(fits).slice(0, trendingItems)],
    ['content', content],
  ];

  /** What was chosen with or soon after it, by how often over the root of how often it was chosen at all; what came soon before says nothing here. */
  function relatedTo(item: number): readonly number[] {
    const row = counts.followers(item);
    const followers = new Int32Array(row.size);
    const scores = new Float32Array(row.size);
    let n = 0;
    row.forEach((count, other) => {
      if (count < leastTogether || !allowed[other]) return;
      followers[n] = other;
      scores[n++] = count / Math.sqrt(counts.interactions(other));
    });
    const every = new Uint8Array(n).fill(1);
    const found = bestItems(scores, every, relatedEach + recent.length)
      .map((i) => followers[i]!)
      .filter(fits)
      .slice(0, relatedEach);
    if (found.length === relatedEach) return found;
    const linked = linkedItems(items[item]!, indexOf).map((link) => link.item);
    return [...found, ...linked.filter(fits)].slice(0, relatedEach);
  }
}

/** The first of each list, then the second of each and so on, each at most once, `most` in all: no list takes another's room. */
export function inTurn(lists: readonly (readonly number[])[], most = Number.POSITIVE_INFINITY): number[] {
  const taken = new Set<number>();
  const longest = Math.max(0, ...lists.map((list) => list.length));
  for (let at = 0; at < longest; at++)
    for (const { [at]: item } of lists) if (item !== undefined && taken.size < most) taken.add(item);
  return [...taken];
}

/** The three different things that a shopper chose last, newest first, as numbers of the catalogue. */
export function chosenLast({ tokens }: ShopperState, indexOf: Catalogue['indexOf']): readonly number[] {
  const found: number[] = [];
  for (let t = tokens.length - 1; t >= 0 && found.length < 3; t--) {
    const { item, type } = tokens[t]!;
    const index = eventTypes[type]!.interest > 0 ? indexOf(item) : undefined;
    if (index !== undefined && !found.includes(index)) found.push(index);
  }
  return found;
}
