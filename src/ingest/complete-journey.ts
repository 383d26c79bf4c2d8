import { contentHash, type Item, type Json, TendrilError } from '../core/index.ts';
import { csvRows, splitRow, strayQuote } from './csv-row.ts';
import { eventOf } from './event-row.ts';
import { type FileContext, type Format, isWrong, type RowReader } from './ingest.ts';
import { readId, readNumber, readTime, show } from './values.ts';

/**
 * Complete Journey 2.0 (84.51): a year of a supermarket's households, as CSV with a header, told apart by its columns.
 *
 *   transactions           purchase of a household: product, basket (orderId), quantity, money, discounts
 *   products               items, with titles made of type, size and brand
 *   campaign_descriptions  kept for the others: campaigns begin and end there
 *   campaigns              campaign_received, at the campaign's begin
 *   coupons                coupon_changed: the products of a coupon, at the campaign's begin
 *   coupon_redemptions     coupon_redeemed
 *   demographics           shopper_changed, at the first day of the data (they bear no date)
 *   promotions             left out
 */
export const completeJourney: Format = {
  name: 'complete-journey',
  summary: 'Complete Journey 2.0: transactions, products, campaigns, coupons, redemptions, demographics',
  example: 'tendril import complete-journey products.csv.gz transactions.csv.gz',
  order: (file) => (/campaign_descriptions/.test(file) ? 0 : /products/.test(file) ? 1 : 2),
  open(file) {
    let rows: RowReader | undefined;
    return {
      line(text, number) {
        if (rows === undefined) {
          if (text.trim() !== '') rows = reader(text, file);
          return;
        }
        rows.line(text, number);
      },
      lost: (number) => rows?.lost?.(number),
      end: () => rows?.end(),
    };
  },
};

type Cell = (column: string) => string;
/** What is wrong with a row, by column, or undefined. */
type Fault = { readonly field: string; readonly reason: string } | undefined;
interface Table {
  readonly columns: readonly string[];
  row(cell: Cell, text: string): Fault;
  end?(): void;
}

const firstDay = Date.UTC(2017, 0, 1);

function reader(header: string, file: FileContext): RowReader {
  const names = splitRow(header, ',');
  const columns = typeof names === 'string' ? [] : names;
  const table = tables(file).find((each) => each.columns.every((column) => columns.includes(column)));
  if (!table) {
    throw new TendrilError(
      'missing-column',
      `${file.file}, line 1: the columns ${show(columns.join(','))} are of no table of Complete Journey; accepted: transactions, products, campaigns, campaign_descriptions, coupons, coupon_redemptions, demographics`,
    );
  }
  const reject = (field: string, reason: string, text: string, line: number): void =>
    file.out.reject({ line, field, reason, text });
  const places = new Map(columns.map((column, i) => [column, i]));
  const rows = csvRows(
    () => ',',
    (cells, text, line, lines) => {
      const stray = strayQuote(cells, lines, columns.length, () => false);
      if (stray !== undefined) return stray;
      const fault =
        cells.length === columns.length
          ? table.row((column) => cells[places.get(column) ?? -1] ?? '', text)
          : { field: 'row', reason: `it has ${cells.length} fields where the header has ${columns.length}` };
      if (fault) reject(fault.field, fault.reason, text, line);
      return undefined;
    },
    (reason, text, line) => reject('row', reason, text, line),
  );
  return {
    line: rows.line,
    lost: (number) => rows.lost?.(number),
    end() {
      rows.end();
      table.end?.();
    },
  };
}

function tables({ now, out, shared, file }: FileContext): readonly Table[] {
  const begins = (campaign: string): number | undefined =>
    shared.get(`campaign ${campaign}`) as number | undefined;
  const unknownCampaign = (campaign: string): Fault => ({
    field: 'campaign_id',
    reason: `it is ${show(campaign)}; accepted: a campaign of campaign_descriptions, imported together with this file`,
  });
  const event = (values: Parameters<typeof eventOf>[0], key: string): Fault => {
    const found = eventOf(values, now, out, undefined);
    if (isWrong(found)) return { field: found.wrong, reason: found.reason };
    out.event(found, key);
    return undefined;
  };
  const coupons = new Map<string, { campaign: string; products: string[] }>();

  return [
    {
      columns: ['household_id', 'basket_id', 'product_id', 'sales_value', 'transaction_timestamp'],
      row(cell, text) {
        const quantity = readNumber(cell('quantity'));
        const paid = readNumber(cell('sales_value'));
        if (Number.isNaN(paid) || paid < 0)
          return {
            field: 'sales_value',
            reason: `it is ${show(cell('sales_value'))}; accepted: money, 0 or more`,
          };
        const discounts: Record<string, Json> = { store: cell('store_id') };
        for (const column of ['retail_disc', 'coupon_disc', 'coupon_match_disc']) {
          const discount = readNumber(cell(column));
          if (discount > 0) discounts[column] = discount;
        }
        return event(
          {
            eventType: 'purchase',
            userId: cell('household_id'),
            itemId: cell('product_id'),
            orderId: cell('basket_id'),
            timestamp: cell('transaction_timestamp'),
            value: paid,
            currency: 'USD',
            ...(quantity > 0 && { quantity, price: Math.round((paid / quantity) * 100) / 100 }),
            properties: discounts,
          },
          contentHash(text),
        );
      },
    },
    {
      columns: ['product_id', 'department', 'product_category', 'product_type'],
      row(cell) {
        const itemId = readId(cell('product_id'));
        if (itemId === undefined) return { field: 'product_id', reason: 'it is missing' };
        out.item(productOf(itemId, cell));
        return undefined;
      },
    },
    {
      columns: ['campaign_id', 'campaign_type', 'start_date'],
      row(cell) {
        const start = readTime(cell('start_date'));
        if (Number.isNaN(start)) return { field: 'start_date', reason: `it is ${show(cell('start_date'))}` };
        shared.set(`campaign ${cell('campaign_id')}`, start);
        shared.set(`campaign type ${cell('campaign_id')}`, cell('campaign_type'));
        return undefined;
      },
      end: () => out.aside(`${file} gives the campaigns their dates; it holds no events of its own`),
    },
    {
      columns: ['household_id', 'coupon_upc', 'campaign_id', 'redemption_date'],
      row: (cell, text) =>
        event(
          {
            eventType: 'coupon_redeemed',
            userId: cell('household_id'),
            timestamp: cell('redemption_date'),
            properties: { coupon: cell('coupon_upc'), campaign: cell('campaign_id') },
          },
          contentHash(text),
        ),
    },
    {
      columns: ['coupon_upc', 'product_id', 'campaign_id'],
      row(cell) {
        const campaign = cell('campaign_id');
        if (begins(campaign) === undefined) return unknownCampaign(campaign);
        const key = `${campaign} ${cell('coupon_upc')}`;
        const coupon = coupons.get(key);
        if (coupon) coupon.products.push(cell('product_id'));
        else coupons.set(key, { campaign, products: [cell('product_id')] });
        return undefined;
      },
      end() {
        for (const [key, { campaign, products }] of coupons) {
          const coupon = key.slice(campaign.length + 1);
          out.event(
            {
              eventType: 'coupon_changed',
              timestamp: begins(campaign)!,
              properties: { coupon, campaign, products },
            },
            contentHash(`${key} ${products.join()}`),
          );
        }
      },
    },
    {
      columns: ['campaign_id', 'household_id'],
      row(cell, text) {
        const campaign = cell('campaign_id');
        const start = begins(campaign);
        if (start === undefined) return unknownCampaign(campaign);
        return event(
          {
            eventType: 'campaign_received',
            userId: cell('household_id'),
            timestamp: start,
            properties: { campaign, kind: String(shared.get(`campaign type ${campaign}`)) },
          },
          contentHash(text),
        );
      },
    },
    {
      columns: ['household_id', 'age', 'income', 'household_size'],
      row(cell, text) {
        const shopper: Record<string, Json> = {};
        for (const column of profile) {
          const value = readId(cell(column));
          if (value === undefined || value === 'Unknown') out.imputed(`${column} left out: missing`);
          else shopper[column] = value;
        }
        const userId = readId(cell('household_id'));
        if (userId === undefined) return { field: 'household_id', reason: 'it is missing' };
        out.event(
          { eventType: 'shopper_changed', userId, timestamp: firstDay, properties: { shopper } },
          contentHash(text),
        );
        return undefined;
      },
    },
    {
      columns: ['product_id', 'display_location', 'mailer_location'],
      row: () => undefined,
      end: () => out.aside(`${file} holds promotions; they are left out`),
    },
  ];
}

const profile = [
  'age',
  'income',
  'home_ownership',
  'marital_status',
  'household_size',
  'household_comp',
  'kids_count',
];

/** Its own title where the table has that column; else "ICE - CRUSHED/CUBED", "22 LB", "National" -> "Ice - Crushed/Cubed, 22 lb (National)". */
function productOf(itemId: string, cell: Cell): Item {
  const type = readId(cell('product_type'));
  const category = readId(cell('product_category'));
  const department = readId(cell('department'));
  const size = readId(cell('package_size'));
  const brand = readId(cell('brand'));
  const categories = [department, category, type].filter((name) => name !== undefined).map(titled);
  const what = type ?? category ?? department;
  const title = cell('title');
  return {
    itemId,
    ...(title && { title }),
    ...(!title &&
      what !== undefined && {
        title: `${titled(what)}${size === undefined ? '' : `, ${size.toLowerCase()}`}${brand === undefined ? '' : ` (${brand})`}`,
      }),
    ...(categories.length > 0 && { categories }),
    ...(brand !== undefined && { brand }),
    properties: { manufacturer: cell('manufacturer_id') },
  };
}

/** Capitals to words with a capital each. */
const titled = (text: string): string =>
  text
    .toLowerCase()
    .replace(/(^|[^\p{L}'])(\p{L})/gu, (_, before: string, letter: string) => before + letter.toUpperCase());
