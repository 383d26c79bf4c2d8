/**
 * Which column is which field. Names are compared without case and without anything but letters and digits, so
 * `user_id`, `User ID` and `userId` are one; the first alias that a header has wins. `--map field=column` states it.
 */
export const eventFields = {
  eventId: ['eventid', 'messageid', 'eventuuid'],
  eventType: [
    'eventtype',
    'event',
    'type',
    'action',
    'behavior',
    'behaviour',
    'behaviortype',
    'eventname',
    'interaction',
  ],
  timestamp: [
    'timestamp',
    'time',
    'ts',
    'eventtime',
    'datetime',
    'date',
    'createdat',
    'occurredat',
    'unixtime',
    'unixreviewtime',
    'timestampms',
  ],
  userId: [
    'userid',
    'user',
    'customerid',
    'customer',
    'shopperid',
    'visitorid',
    'memberid',
    'householdid',
    'reviewerid',
    'uid',
  ],
  anonymousId: ['anonymousid', 'cookieid', 'deviceid', 'clientid', 'userpseudoid'],
  sessionId: ['sessionid', 'session', 'usersession', 'visitid', 'gasessionid'],
  itemId: [
    'itemid',
    'item',
    'productid',
    'product',
    'asin',
    'parentasin',
    'sku',
    'articleid',
    'aid',
    'goodsid',
    'variantid',
    'movieid',
    'contentid',
  ],
  eventValue: ['eventvalue', 'rating', 'stars', 'overall', 'score'],
  value: ['value', 'revenue', 'amount', 'total', 'salesvalue'],
  currency: ['currency', 'currencycode'],
  price: ['price', 'unitprice', 'itemprice'],
  quantity: ['quantity', 'qty', 'count'],
  orderId: ['orderid', 'transactionid', 'basketid', 'invoiceno', 'order'],
  cartId: ['cartid'],
  query: ['query', 'searchterm', 'searchquery', 'keyword'],
  placement: ['placement'],
  recommendationId: ['recommendationid'],
  text: ['reviewtext', 'text', 'review', 'comment', 'feedback', 'body'],
  summary: ['summary', 'reviewtitle', 'headline'],
} as const;
export type EventField = keyof typeof eventFields;

export const itemFields = {
  itemId: [
    'itemid',
    'productid',
    'id',
    'sku',
    'asin',
    'articleid',
    'item',
    'product',
    'handle',
    'variantsku',
  ],
  title: ['title', 'name', 'productname', 'itemname', 'producttitle', 'itemtitle', 'productdisplayname'],
  price: ['price', 'saleprice', 'unitprice', 'variantprice', 'listprice'],
  currency: ['currency', 'currencycode'],
  categories: [
    'categories',
    'category',
    'categorypath',
    'producttype',
    'type',
    'class',
    'genres',
    'department',
  ],
  brand: ['brand', 'vendor', 'manufacturer'],
  description: ['description', 'body', 'bodyhtml', 'longdescription'],
  stock: ['stock', 'inventory', 'quantity', 'availability', 'instock', 'variantinventoryqty', 'qty'],
  vector: ['vector', 'embedding', 'imagevector', 'imageembedding'],
  imageUrl: ['imageurl', 'image', 'imagelink', 'picture', 'imagesrc', 'img'],
  addedAt: ['addedat', 'createdat', 'releasedate', 'firstseen'],
} as const;
export type ItemField = keyof typeof itemFields;

export interface Columns<F extends string> {
  /** Field of each column, in the order of the header; undefined for one that is not read. */
  readonly fields: readonly (F | undefined)[];
  readonly unread: readonly string[];
  /** Stated mappings that name no field or no column. */
  readonly problems: readonly string[];
}

export const bare = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');

/** Gives each column its field: what is stated first, then by name. */
export function readHeader<F extends string>(
  header: readonly string[],
  aliases: Readonly<Record<F, readonly string[]>>,
  stated: Readonly<Record<string, string>> = {},
): Columns<F> {
  const fields: (F | undefined)[] = header.map(() => undefined);
  const names = header.map(bare);
  const problems: string[] = [];
  const done = new Set<F>();
  for (const [field, column] of Object.entries(stated)) {
    if (!Object.hasOwn(aliases, field)) {
      problems.push(
        `--map ${field}=${column}: there is no field "${field}"; there are: ${Object.keys(aliases).join(', ')}`,
      );
      continue;
    }
    const at = header.indexOf(column) >= 0 ? header.indexOf(column) : names.indexOf(bare(column));
    if (at < 0)
      problems.push(
        `there is no column "${column}" for ${field}; there are: ${header
          .map((name) => name.slice(0, 40))
          .slice(0, 20)
          .join(', ')}`,
      );
    else {
      fields[at] = field as F;
      done.add(field as F);
    }
  }
  for (const field of Object.keys(aliases) as F[]) {
    if (done.has(field)) continue;
    const at = aliases[field]
      .map((alias) => names.findIndex((name, column) => name === alias && fields[column] === undefined))
      .find((column) => column >= 0);
    if (at !== undefined) fields[at] = field;
  }
  return { fields, unread: header.filter((_, column) => fields[column] === undefined), problems };
}
