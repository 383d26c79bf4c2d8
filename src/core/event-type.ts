/**
 * The kinds of events, GA4's names where it has one. Each has a code (its place here: never reorder, only append; the
 * codes stand in stored sequences) and a default strength as a signal of interest.
 */
export const eventTypes = [
  { name: 'impression', interest: 0, doc: 'the shopper was shown the item' },
  { name: 'click', interest: 1, doc: 'clicked the item in a list' },
  { name: 'view', interest: 1, doc: "looked at the item's page" },
  { name: 'add_to_cart', interest: 3, doc: 'put the item into the cart' },
  { name: 'remove_from_cart', interest: -1, doc: 'took it out again' },
  { name: 'begin_checkout', interest: 3, doc: 'began to pay' },
  { name: 'purchase', interest: 5, doc: 'bought the item' },
  { name: 'refund', interest: -3, doc: 'gave the item back' },
  { name: 'add_to_wishlist', interest: 2, doc: 'saved the item for later' },
  { name: 'search', interest: 0, doc: 'searched; the text is in `query`' },
  { name: 'rating', interest: 2, doc: 'rated the item 1 to 5 in `eventValue`' },
  { name: 'review', interest: 2, doc: 'wrote a review; text in `properties.text`, stars in `eventValue`' },
  { name: 'like', interest: 2, doc: 'liked the item' },
  { name: 'dislike', interest: -2, doc: 'disliked the item' },
  { name: 'dismiss', interest: -1, doc: 'closed or hid the item' },
  { name: 'leave', interest: 0, doc: 'left the shop' },
  { name: 'item_changed', interest: 0, doc: 'the catalogue changed; the item is in `properties.item`' },
  { name: 'shopper_changed', interest: 0, doc: "a shopper's profile changed; it is in `properties.shopper`" },
  {
    name: 'decision',
    interest: 0,
    doc: 'the product chose a slate; propensities are in `properties.decision`',
  },
  { name: 'erased', interest: 0, doc: 'tombstone: everything about this shopper before it was erased' },
  { name: 'custom', interest: 0, doc: 'the code of every type not listed here' },
] as const;

/**
 * What a shopper says about being written to. No interaction with products: these have no place in sequences, and the
 * code of `custom`.
 */
export const consentEventTypes = [
  { name: 'subscribe', doc: 'agreed to messages through `properties.channel` (email, sms, push...)' },
  {
    name: 'unsubscribe',
    doc: 'wants no more messages through `properties.channel`, or through any channel where none is named',
  },
] as const;

/** Events that say nothing without the product they are of. */
export const itemEventTypes: ReadonlySet<string> = new Set<EventTypeName>([
  'click',
  'view',
  'add_to_cart',
  'remove_from_cart',
  'add_to_wishlist',
  'rating',
  'review',
  'like',
  'dislike',
]);

/** True where a product must be named and is not. What answers an offer (a click in a mail) may be of none. */
export const lacksItem = (event: {
  readonly eventType?: unknown;
  readonly itemId?: unknown;
  readonly items?: unknown;
  readonly recommendationId?: unknown;
}): boolean =>
  itemEventTypes.has(event.eventType as string) &&
  (event.itemId ?? event.items ?? event.recommendationId) === undefined;

export type EventTypeName = (typeof eventTypes)[number]['name'];

const codes = new Map<string, number>(eventTypes.map((type, code) => [type.name, code]));

/** The code of a type's name; names not in the table get the code of `custom`. */
export const eventTypeCode = (name: string): number => codes.get(name) ?? codes.get('custom')!;

/** Names that other systems use for the same thing (GA4, Segment, Snowplow, Shopify, Amazon Personalize, Tendril's snake case). */
export const eventTypeAliases: Readonly<Record<string, EventTypeName>> = {
  view_item: 'view',
  product_viewed: 'view',
  detail_page_view: 'view',
  page_view: 'view',
  pv: 'view',
  select_item: 'click',
  product_clicked: 'click',
  clicks: 'click',
  product_added: 'add_to_cart',
  addtocart: 'add_to_cart',
  cart: 'add_to_cart',
  carts: 'add_to_cart',
  product_removed: 'remove_from_cart',
  checkout_started: 'begin_checkout',
  order_completed: 'purchase',
  transaction: 'purchase',
  orders: 'purchase',
  buy: 'purchase',
  order_refunded: 'refund',
  product_added_to_wishlist: 'add_to_wishlist',
  fav: 'add_to_wishlist',
  products_searched: 'search',
  view_search_results: 'search',
  product_reviewed: 'review',
};
