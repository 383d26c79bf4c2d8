import { type Item, mostNumbers, TendrilError } from '../core/index.ts';
import { bare, type ItemField, itemFields, readHeader } from './columns.ts';
import { csvRows, delimiterOf, splitRow, strayQuote } from './csv-row.ts';
import type { FileContext, Format, RowReader, RowSink } from './ingest.ts';
import { idProblem, readId, readNumber, readTime } from './values.ts';

/** A shop's own catalogue: a table with a header, or JSON lines; told apart by the first character. */
export const catalogueFormat: Format = {
  name: 'catalogue',
  summary: "your shop's products as CSV or JSON lines: id, title, price, category, stock, picture",
  example: 'tendril import catalogue catalogue.csv --map itemId=sku',
  open(file) {
    let reader: RowReader | undefined;
    return {
      line(text, number) {
        if (reader === undefined) {
          if (text.trim() === '') return;
          reader = text.trimStart().startsWith('{') ? jsonRows(file) : csvCatalogue(file);
        }
        reader.line(text, number);
      },
      lost: (number) => reader?.lost?.(number),
      end: () => reader?.end(),
    };
  },
};

/** Titles and descriptions may hold line breaks, and so may a column that is kept as it is. */
const mayBreak = (field: ItemField | undefined): boolean =>
  field === undefined || field === 'title' || field === 'description';

type ItemValues = { [F in ItemField]?: unknown };

function csvCatalogue({ file, map, out }: FileContext): RowReader {
  let header: readonly string[] | undefined;
  let fields: readonly (ItemField | undefined)[] = [];
  let delimiter = ',';
  const rows = csvRows(
    () => delimiter,
    (cells, text, line, lines) => {
      const stray = strayQuote(cells, lines, header!.length, (column) => mayBreak(fields[column]));
      if (stray !== undefined) return stray;
      if (cells.length !== header!.length) {
        out.reject({
          line,
          field: 'row',
          reason: `it has ${cells.length} fields where the header has ${header!.length}`,
          text,
        });
        return undefined;
      }
      const values: ItemValues = {};
      const properties: Record<string, string> = {};
      cells.forEach((cell, column) => {
        const field = fields[column];
        if (field) values[field] = cell;
        else if (cell !== '') properties[header![column]!] = cell;
      });
      hand(values, properties, text, line, out);
      return undefined;
    },
    (reason, text, line) => out.reject({ line, field: 'row', reason, text }),
  );
  return {
    line(text, number) {
      if (header) return rows.line(text, number);
      delimiter = delimiterOf(text);
      const names = splitRow(text, delimiter);
      if (typeof names === 'string')
        throw new TendrilError(
          'missing-column',
          `${file}, line ${number}: the header's quotes are not closed`,
        );
      const columns = readHeader(
        names.map((name) => name.trim()),
        itemFields,
        map,
      );
      if (columns.problems[0] !== undefined)
        throw new TendrilError('missing-column', `${file}: ${columns.problems[0]}`);
      if (!columns.fields.includes('itemId'))
        throw new TendrilError(
          'missing-column',
          `${file}, line ${number}: there is no column for itemId (looked for ${itemFields.itemId.slice(0, 6).join(', ')}); the columns are: ${names.slice(0, 20).join(', ')}`,
        );
      header = names.map((name) => name.trim());
      fields = columns.fields;
      const read = fields.flatMap((field, i) => (field ? [`${field} = ${names[i]}`] : []));
      out.note(
        `columns: ${read.join(', ')}${columns.unread.length > 0 ? `; kept as properties: ${columns.unread.join(', ')}` : ''}`,
      );
    },
    lost: (number) => rows.lost?.(number),
    end: () => rows.end(),
  };
}

function jsonRows({ map, out }: FileContext): RowReader {
  const stated = new Map(Object.entries(map).map(([field, column]) => [column, field as ItemField]));
  const fieldOf = (key: string): ItemField | undefined =>
    stated.get(key) ??
    (Object.keys(itemFields) as ItemField[]).find((field) =>
      (itemFields[field] as readonly string[]).includes(bare(key)),
    );
  return {
    line(text, line) {
      if (text.trim() === '') return;
      let row: unknown;
      try {
        row = JSON.parse(text);
      } catch {}
      if (typeof row !== 'object' || row === null || Array.isArray(row))
        return out.reject({ line, field: 'row', reason: 'it is not a JSON object', text });
      const values: ItemValues = {};
      const properties: Record<string, string | number | boolean> = {};
      for (const [key, value] of Object.entries(row)) {
        const field = fieldOf(key);
        if (field !== undefined && values[field] === undefined) values[field] = value;
        else if (['string', 'number', 'boolean'].includes(typeof value)) properties[key] = value;
        else if (key === 'properties' && typeof value === 'object') Object.assign(properties, value);
      }
      hand(values, properties, text, line, out);
    },
    end() {},
  };
}

/** Hands the item on, or refuses it; what cannot be read beside the id is left out and counted. */
function hand(
  values: ItemValues,
  properties: Readonly<Record<string, string | number | boolean>>,
  text: string,
  line: number,
  out: RowSink,
): void {
  const itemId = readId(values.itemId);
  const problem = itemId === undefined ? 'it is missing; accepted: 1 to 256 characters' : idProblem(itemId);
  if (itemId === undefined || problem !== undefined) {
    out.reject({ line, field: 'itemId', reason: problem ?? '', text });
    return;
  }
  const price = priceOf(values.price, out);
  const stock = stockOf(values.stock, out);
  const added = values.addedAt === undefined ? Number.NaN : readTime(values.addedAt);
  const currency = readId(values.currency)?.toUpperCase();
  const title = readId(values.title);
  if (title === undefined) out.imputed('title left out: missing');
  const brand = readId(values.brand);
  const description = readId(values.description);
  const imageUrl = readId(values.imageUrl);
  const categories = categoriesOf(values.categories);
  const vector = vectorOf(values.vector, out);
  const item: Item = {
    itemId,
    ...(title !== undefined && { title }),
    ...(categories.length > 0 && { categories }),
    ...(brand !== undefined && { brand }),
    ...(price !== undefined && { price }),
    ...(currency !== undefined && /^[A-Z]{3}$/.test(currency) && { currency }),
    ...(description !== undefined && { description }),
    ...(imageUrl !== undefined && { imageUrl }),
    ...(vector !== undefined && { vector }),
    ...(stock !== undefined && { stock }),
    ...(!Number.isNaN(added) && { addedAt: added }),
    ...(Object.keys(properties).length > 0 && { properties }),
  };
  out.item(item);
}

function priceOf(value: unknown, out: RowSink): number | undefined {
  const price = amount(value, 'price', out);
  if (price === undefined || (price >= 0 && price <= 1e9)) return price;
  out.imputed('price left out: not from 0 to 1000000000');
  return undefined;
}

function amount(value: unknown, field: string, out: RowSink): number | undefined {
  if (value === undefined || value === null) return undefined;
  const number = readNumber(value);
  if (!Number.isNaN(number)) return number;
  out.imputed(`${field} left out: ${readId(value) === undefined ? 'missing' : 'not a number'}`);
  return undefined;
}

/** Numbers as a list, or as text with semicolons, bars or spaces between (else commas), in brackets or not. */
function vectorOf(value: unknown, out: RowSink): number[] | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  const text = String(value)
    .replaceAll(/[[\]()]/g, ' ')
    .replaceAll(/,\s+/g, ' ')
    .trim();
  const words = Array.isArray(value) ? value : text.split(/[\s;|]/.test(text) ? /[\s;|]+/ : ',');
  const vector = words.map(readNumber);
  if (vector.length > 0 && vector.length <= mostNumbers && vector.every(Number.isFinite)) return vector;
  out.imputed(`vector left out: not 1 to ${mostNumbers} numbers`);
  return undefined;
}

const soldOut = new Set(['outofstock', 'soldout', 'no', 'false', 'unavailable', 'discontinued']);
const available = new Set(['instock', 'yes', 'true', 'available', 'preorder', 'backorder']);

/** Pieces; words for "none" are 0 and words for "some" mean that stock is not counted. */
function stockOf(value: unknown, out: RowSink): number | undefined {
  if (value === false) return 0;
  if (value === true || value === undefined || value === null) return undefined;
  const word = typeof value === 'string' ? bare(value) : '';
  if (soldOut.has(word)) return 0;
  if (available.has(word)) return undefined;
  const number = amount(value, 'stock', out);
  return number === undefined ? undefined : Math.max(0, Math.floor(number));
}

/** "A > B > C", "A/B/C", "A|B" or a list, from the widest to the narrowest. */
export function categoriesOf(value: unknown): string[] {
  const list = Array.isArray(value)
    ? value.flat(2).map(String)
    : String(value ?? '').split(/\s*[>|]\s*|\s*\/\s*/);
  return list.map((name) => name.trim()).filter((name) => name !== '');
}
