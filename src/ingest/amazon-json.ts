import { contentHash, type Item } from '../core/index.ts';
import { handReview, nameless, votesOf } from './amazon-review.ts';
import { categoriesOf } from './catalogue.ts';
import type { FileContext, RowReader } from './ingest.ts';
import { readPythonLiteral } from './python-literal.ts';
import { readId, readNumber } from './values.ts';

type Row = Readonly<Record<string, unknown>>;

/** McAuley's JSON lines: reviews and metadata of 2014, 2018 and 2023; each line is told by the fields it has. */
export function amazonJson(file: FileContext): RowReader {
  const { out } = file;
  return {
    line(text, line) {
      if (text.trim() === '') return;
      const row = parse(text);
      if (row === undefined)
        return out.reject({
          line,
          field: 'row',
          reason: 'it is neither a JSON object nor a Python literal',
          text: nameless(text),
        });
      if ('overall' in row || 'reviewText' in row) return review2014(row, text, line, file);
      if (Array.isArray(row.history)) return histories(row, text, line, file);
      if ('rating' in row && 'user_id' in row) return review2023(row, text, line, file);
      if ('asin' in row || 'parent_asin' in row) return metadata(row, text, line, file);
      out.reject({
        line,
        field: 'row',
        reason: 'it is neither a review (overall, or rating and user_id) nor metadata (asin)',
        text: nameless(text),
      });
    },
    end() {},
  };
}

function parse(text: string): Row | undefined {
  let row: unknown;
  try {
    row = JSON.parse(text);
  } catch {
    row = readPythonLiteral(text);
  }
  return typeof row === 'object' && row !== null && !Array.isArray(row) ? (row as Row) : undefined;
}

/** "09 13, 2009" as an ISO date. */
function dayOf(text: unknown): unknown {
  const parts = typeof text === 'string' ? /^(\d\d?) (\d\d?), (\d{4})$/.exec(text) : null;
  return parts ? `${parts[3]}-${parts[1]!.padStart(2, '0')}-${parts[2]!.padStart(2, '0')}` : text;
}

/** 2014 and 2018; the latter has `vote` ("1,204", found helpful only) and `verified`. */
function review2014(row: Row, text: string, line: number, file: FileContext): void {
  const vote = readNumber(row.vote);
  handReview(
    {
      userId: row.reviewerID,
      itemId: row.asin,
      stars: row.overall,
      time: row.unixReviewTime ?? dayOf(row.reviewTime),
      text: row.reviewText,
      summary: row.summary,
      helpful: votesOf(row.helpful) ?? (Number.isNaN(vote) ? undefined : [vote]),
      verified: row.verified,
    },
    nameless(text),
    line,
    file,
  );
}

function review2023(row: Row, text: string, line: number, file: FileContext): void {
  const vote = readNumber(row.helpful_vote);
  handReview(
    {
      userId: row.user_id,
      itemId: row.parent_asin ?? row.asin,
      stars: row.rating,
      time: row.timestamp ?? row.timestamp_ms ?? row.sort_timestamp,
      text: row.text,
      summary: row.title,
      helpful: Number.isNaN(vote) ? undefined : [vote],
      verified: row.verified_purchase,
    },
    text,
    line,
    file,
  );
}

/** Samples of 2023 that keep one shopper's reviews together: {user_id, category, history: [review + product], heldout}. */
function histories(row: Row, text: string, line: number, file: FileContext): void {
  const entries = [...(row.history as Row[]), ...(row.heldout ? [row.heldout as Row] : [])];
  for (const [i, entry] of entries.entries()) {
    if (typeof entry !== 'object' || entry === null) {
      file.out.reject({
        line,
        field: `history[${i}]`,
        reason: 'it is not an object',
        text: JSON.stringify(entry),
      });
      continue;
    }
    const product = (entry.product ?? {}) as Row;
    const itemId = readId(entry.parent_asin);
    if (itemId !== undefined) {
      const price = readNumber(product.price);
      file.out.item({
        itemId,
        ...named(product.title, product.brand),
        ...(!Number.isNaN(price) && { price, currency: 'USD' }),
        ...listed([readId(product.main_category) ?? '']),
      });
    }
    handReview(
      {
        userId: row.user_id,
        itemId: entry.parent_asin,
        stars: entry.rating,
        time: entry.timestamp_ms,
        text: entry.review_full,
        summary: entry.review_title,
        helpful: undefined,
        price: product.price,
      },
      text,
      line,
      file,
      // The same review stands under several categories: its own content names it, not the line.
      contentHash(JSON.stringify([row.user_id, entry.parent_asin, entry.timestamp_ms, entry.review_full])),
    );
  }
}

/** Metadata of all three years as one Item. */
function metadata(row: Row, text: string, line: number, { out }: FileContext): void {
  const itemId = readId(row.parent_asin ?? row.asin);
  if (itemId === undefined || itemId.length > 256) {
    out.reject({ line, field: 'asin', reason: 'it is missing or longer than 256 characters', text });
    return;
  }
  const price = readNumber(row.price);
  if (Number.isNaN(price)) out.imputed('price left out: missing');
  if (readId(row.title) === undefined) out.imputed('title left out: missing');
  const paths = row.category ?? row.categories;
  // 2014 has several paths, the first is the main one; 2018 and 2023 have one.
  const path = Array.isArray(paths) && Array.isArray(paths[0]) ? paths[0] : paths;
  const categories = Array.isArray(path)
    ? path.map((name) => String(name).trim()).filter(Boolean)
    : categoriesOf(path);
  if (categories.length === 0) out.imputed('categories left out: missing');
  const description = Array.isArray(row.description) ? row.description.join('\n') : row.description;
  const image = row.imUrl ?? first(row.imageURLHighRes) ?? first(row.imageURL) ?? pictureOf(row.images);
  const related = (row.related ?? {}) as Row;
  const graph = {
    ...ids('alsoBought', related.also_bought ?? row.also_buy),
    ...ids('alsoViewed', related.also_viewed ?? row.also_view),
    ...ids('boughtTogether', related.bought_together ?? row.bought_together),
  };
  out.item({
    itemId,
    ...named(row.title, row.brand ?? row.store),
    ...(!Number.isNaN(price) && { price, currency: 'USD' }),
    ...listed(categories.length > 0 ? categories : [readId(row.main_category ?? row.main_cat) ?? '']),
    ...(typeof description === 'string' && description.trim() !== '' && { description }),
    ...(typeof image === 'string' && { imageUrl: image }),
    ...(Object.keys(graph).length > 0 && { related: graph }),
  });
}

const first = (value: unknown): unknown => (Array.isArray(value) ? value[0] : undefined);
const pictureOf = (images: unknown): unknown => {
  const image = first(images) as Row | undefined;
  return image?.hi_res ?? image?.large;
};
const listed = (categories: readonly string[]): Pick<Item, 'categories'> => {
  const named = categories.filter((name) => name !== '');
  return named.length > 0 ? { categories: named } : {};
};
const named = (title: unknown, brand: unknown): Pick<Item, 'title' | 'brand'> => {
  const name = readId(title);
  const maker = readId(brand);
  return { ...(name !== undefined && { title: name }), ...(maker !== undefined && { brand: maker }) };
};
const ids = (name: string, list: unknown): Record<string, string[]> =>
  Array.isArray(list) && list.length > 0 ? { [name]: list.map(String) } : {};
