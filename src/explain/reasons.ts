import { eventTypes, type Item } from '../core/index.ts';
import type { Evidence } from '../state/index.ts';

/** What is known of a shopper when reasons are looked for: the things done, newest last. */
export interface ReasonContext {
  readonly tokens: readonly { readonly item: string; readonly type: number; readonly category: string }[];
  readonly evidence: Evidence;
  readonly now: number;
  /** The agent whose scores ranked the slate: the reason where nothing can be counted. */
  readonly agent: string;
  indexOf(itemId: string): number | undefined;
  item(index: number): Item | undefined;
}

const lookedAt = 10;
const fewInteractions = 10;

/**
 * Why this item, in plain sentences, the strongest first, at most two. Only what was counted is said; a score without
 * a count behind it is called a score.
 */
export function reasonsFor(index: number, explored: boolean, context: ReasonContext): readonly string[] {
  const { tokens, evidence, now, agent } = context;
  const reasons: string[] = [];
  const item = context.item(index);
  if (explored) {
    reasons.push(
      evidence.interactions(index) < fewInteractions
        ? 'new here: shown to learn whether shoppers like it'
        : 'a try: shown now and then to learn more about it',
    );
  }
  const before = boughtBefore(item?.itemId, tokens);
  if (before > 0)
    reasons.push(before === 1 ? 'you bought it before' : `you bought it ${before} times before`);
  const lead = leadingItem(index, context);
  if (lead) {
    reasons.push(
      `because you ${lead.did} "${lead.title}": chosen with or soon after it ${times(lead.count)}`,
    );
  }
  const category = item?.categories?.at(-1);
  const same = category === undefined ? 0 : tokens.filter((token) => token.category === category).length;
  if (same >= 3)
    reasons.push(`you often choose ${readable(category!)}: ${same} of your last ${tokens.length} actions`);
  const week = evidence.week(index, now);
  const ever = evidence.interactions(index);
  if (week >= 5) reasons.push(`popular this week: chosen ${times(week)}`);
  else if (ever >= 5) reasons.push(`popular here: chosen ${times(ever)}`);
  else if (same > 0 && same < 3) reasons.push(`of a kind you chose before: ${readable(category!)}`);
  if (reasons.length === 0) reasons.push(`highest score of ${agent} among what is left`);
  return reasons.slice(0, 2);
}

const purchase = eventTypes.findIndex((type) => type.name === 'purchase');
const past: Readonly<Record<string, string>> = {
  purchase: 'bought',
  add_to_cart: 'put into the cart',
  view: 'looked at',
  click: 'clicked',
  like: 'liked',
  add_to_wishlist: 'saved',
};

function boughtBefore(itemId: string | undefined, tokens: ReasonContext['tokens']): number {
  return tokens.reduce((sum, token) => sum + (token.type === purchase && token.item === itemId ? 1 : 0), 0);
}

/** The thing done lately that this item most often followed. */
function leadingItem(
  index: number,
  { tokens, evidence, indexOf, item }: ReasonContext,
): { readonly did: string; readonly title: string; readonly count: number } | undefined {
  let best: { did: string; title: string; count: number } | undefined;
  for (const token of tokens.slice(-lookedAt)) {
    const previous = indexOf(token.item);
    if (previous === undefined || previous === index || eventTypes[token.type]!.interest <= 0) continue;
    const count = evidence.after(previous, index);
    if (count < 2 || (best && count < best.count)) continue;
    best = {
      did: past[eventTypes[token.type]!.name] ?? 'chose',
      title: item(previous)?.title ?? token.item,
      count,
    };
  }
  return best;
}

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);
const readable = (category: string): string =>
  category === category.toUpperCase() ? category.toLowerCase() : category;
