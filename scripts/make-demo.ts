/**
 * Makes the bundled demo shop (`data/demo`) and the bundled reviews (`data/reviews.csv.gz`) from the data sets that
 * TENDRIL_DATASETS names. Original columns and rows are kept; what is left out or added is said here:
 *
 * - Complete Journey 2.0: 75,000 of its purchases, the products that occur in them (with a readable `title` added as
 *   the last column; those its table does not hold get a row with nothing but a title), the coupons for those products, campaigns, redemptions, households. No promotions.
 * - Women's clothing reviews: every second review that has a text; title, text, stars, age and department.
 *
 * The same input gives the same bytes. Run: TENDRIL_DATASETS=... node scripts/make-demo.ts
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import Papa from 'papaparse';
import { demoTitle, type ProductRow } from './demo-title.ts';

type Row = Readonly<Record<string, string>>;

const datasets = process.env.TENDRIL_DATASETS;
if (!datasets) {
  console.error('make-demo: set TENDRIL_DATASETS to the folder that holds complete-journey-coupons/');
  process.exit(2);
}
const data = join(import.meta.dirname, '../data');
mkdirSync(join(data, 'demo'), { recursive: true });

const text = (path: string): string => gunzipSync(readFileSync(join(datasets, path))).toString('utf8');
const rows = (path: string): Row[] =>
  Papa.parse<Row>(text(path), { header: true, skipEmptyLines: true }).data;
const write = (path: string, content: string): void => {
  const bytes = gzipSync(content, { level: 9 });
  writeFileSync(join(data, path), bytes);
  console.log(`data/${path}: ${content.split('\n').length - 2} rows, ${bytes.length} bytes`);
};
const writeRows = (path: string, table: readonly Row[]): void =>
  write(path, `${Papa.unparse(table as Row[], { newline: '\n' })}\n`);

const journey = 'complete-journey-coupons';
const purchases = rows(`${journey}/transactions_sample.csv.gz`);
const bought = new Set(purchases.map((row) => row.product_id));
write('demo/transactions.csv.gz', text(`${journey}/transactions_sample.csv.gz`));

const seen = new Map<string, number>();
const products = rows(`${journey}/products.csv.gz`)
  .filter((row) => bought.has(row.product_id))
  .map((row) => {
    const title = demoTitle(row as unknown as ProductRow);
    const count = (seen.get(title) ?? 0) + 1;
    seen.set(title, count);
    return { ...row, title: count === 1 ? title : `${title}, variety ${count}` };
  });
// Five products were bought that the table of products does not hold.
const named = new Set(products.map((row: Row) => row.product_id));
const unnamed = [...bought]
  .filter((id) => !named.has(id))
  .sort()
  .map((id) => ({ product_id: id!, title: `Unnamed product ${id}` }));
writeRows('demo/products.csv.gz', [...products, ...unnamed]);
writeRows(
  'demo/coupons.csv.gz',
  rows(`${journey}/coupons.csv.gz`).filter((row) => bought.has(row.product_id)),
);
for (const name of ['campaigns', 'campaign_descriptions', 'coupon_redemptions', 'demographics']) {
  write(`demo/${name}.csv.gz`, text(`${journey}/${name}.csv.gz`));
}

writeRows(
  'reviews.csv.gz',
  rows('womens-clothing-reviews/womens_clothing_reviews.csv.gz')
    .filter((row) => row['Review Text']?.trim())
    .filter((_, i) => i % 2 === 0)
    .map((row) => ({
      'Clothing ID': row['Clothing ID'] ?? '',
      Age: row.Age ?? '',
      Title: row.Title ?? '',
      'Review Text': row['Review Text'] ?? '',
      Rating: row.Rating ?? '',
      'Department Name': row['Department Name'] ?? '',
    })),
);
