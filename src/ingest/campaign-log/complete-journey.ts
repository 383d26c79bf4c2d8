import { TendrilError } from '../../core/index.ts';
import { logisticRegression } from '../../math/index.ts';
import { wholeTable } from '../table-rows.ts';
import { readNumber, readTime, show } from '../values.ts';
import type { CampaignFormat } from './campaign-format.ts';

const day = 86_400_000;

interface Campaign {
  readonly id: string;
  readonly type: string;
  readonly begin: number;
  readonly end: number;
}
interface Purchase {
  readonly basket: string;
  readonly time: number;
  readonly paid: number;
  readonly coupons: number;
}

type Cell = (column: string) => string;
/** Told apart by its columns. */
interface Table {
  readonly name: string;
  readonly columns: readonly string[];
  row(cell: Cell, where: string): void;
}

/**
 * Complete Journey 2.0 (84.51) as a log of choices: a row a campaign and household, action `mail` or `none`. Redeemed a
 * coupon of the campaign is `conversion`; bought something while it ran `visit`, for how much `spend`, coupon discounts
 * `cost`, these three by the purchases at hand. Campaigns that are not whole within the purchases are left out.
 *
 * Whom to mail was not drawn by lot. The propensity is estimated by logistic regression on the features written and the
 * campaign, and the log is marked observational: what the mailer knew beyond them stays in every figure.
 */
export const completeJourneyCampaigns: CampaignFormat = {
  name: 'complete-journey',
  summary: 'with --out: campaigns of Complete Journey 2.0 as a log of choices (mailed or not), observational',
  example:
    'tendril import complete-journey campaign_descriptions.csv.gz campaigns.csv.gz coupon_redemptions.csv.gz demographics.csv.gz transactions.csv.gz --out coupons.csv',
  open(out) {
    const campaigns = new Map<string, Campaign>();
    const mailed = new Set<string>();
    const redeemed = new Map<string, number[]>();
    const people = new Map<string, Readonly<Record<string, string>>>();
    const purchases = new Map<string, Purchase[]>();
    const households = new Set<string>();
    const seen = new Set<string>();
    const timeOf = (text: string, column: string, where: string): number => {
      const time = readTime(text);
      if (Number.isNaN(time))
        throw new TendrilError('bad-line', `${where}: ${column} is ${show(text)}; accepted: a date`);
      return time;
    };
    const tables: readonly Table[] = [
      {
        name: 'campaign_descriptions',
        columns: ['campaign_id', 'campaign_type', 'start_date', 'end_date'],
        row(cell, where) {
          const id = cell('campaign_id');
          const begin = timeOf(cell('start_date'), 'start_date', where);
          const end = timeOf(cell('end_date'), 'end_date', where) + day;
          campaigns.set(id, { id, type: cell('campaign_type'), begin, end });
        },
      },
      {
        name: 'coupon_redemptions',
        columns: ['household_id', 'coupon_upc', 'campaign_id', 'redemption_date'],
        row(cell, where) {
          const time = timeOf(cell('redemption_date'), 'redemption_date', where);
          for (const key of [cell('household_id'), `${cell('campaign_id')} ${cell('household_id')}`])
            redeemed.set(key, [...(redeemed.get(key) ?? []), time]);
        },
      },
      {
        name: 'campaigns',
        columns: ['campaign_id', 'household_id'],
        row: (cell) => mailed.add(`${cell('campaign_id')} ${cell('household_id')}`),
      },
      {
        name: 'demographics',
        columns: ['household_id', 'age', 'income', 'household_size', 'kids_count'],
        row: (cell) =>
          people.set(
            cell('household_id'),
            Object.fromEntries(profile.map((name) => [name, cell(name) || 'unknown'])),
          ),
      },
      {
        name: 'transactions',
        columns: ['household_id', 'basket_id', 'sales_value', 'transaction_timestamp'],
        row(cell, where) {
          const paid = readNumber(cell('sales_value'));
          if (Number.isNaN(paid))
            throw new TendrilError(
              'bad-line',
              `${where}: sales_value is ${show(cell('sales_value'))}; accepted: money`,
            );
          const bought = purchases.get(cell('household_id')) ?? [];
          purchases.set(cell('household_id'), bought);
          bought.push({
            basket: cell('basket_id'),
            time: timeOf(cell('transaction_timestamp'), 'transaction_timestamp', where),
            paid,
            coupons: (readNumber(cell('coupon_disc')) || 0) + (readNumber(cell('coupon_match_disc')) || 0),
          });
        },
      },
    ];

    return {
      file(name) {
        let table: Table;
        let places = new Map<string, number>();
        return wholeTable(
          name,
          (found, where) => {
            const has = ({ columns }: { readonly columns: readonly string[] }): boolean =>
              columns.every((column) => found.includes(column));
            const fits = tables.find(has) ?? notNeeded.find(has);
            if (!fits)
              throw new TendrilError(
                'missing-column',
                `${where}: the columns ${show(found.join(','))} are of no table that is needed; accepted: ${tables.map((each) => each.name).join(', ')}`,
              );
            table = fits;
            seen.add(fits.name);
            if (notNeeded.some((other) => other === fits))
              out.note(`${name} is left out: no column of the log is made of ${fits.name}`);
            places = new Map(found.map((column, i) => [column, i]));
          },
          (cells, where) => {
            const cell: Cell = (column) => cells[places.get(column) ?? -1] ?? '';
            if (places.has('household_id')) households.add(cell('household_id'));
            table.row(cell, where);
          },
        );
      },
      end() {
        const missing = tables.filter(({ name }) => !seen.has(name)).map(({ name }) => name);
        if (missing.length > 0)
          throw new TendrilError(
            'bad-setting',
            `${missing.join(', ')} missing; accepted: all of ${tables.map(({ name }) => name).join(', ')} together`,
          );
        let first = Infinity;
        let last = -Infinity;
        for (const bought of purchases.values())
          for (const { time } of bought) {
            first = Math.min(first, time);
            last = Math.max(last, time);
          }
        const whole = [...campaigns.values()]
          .filter(({ begin, end }) => begin >= first && end <= last)
          .sort((a, b) => a.begin - b.begin);
        out.note(
          `${campaigns.size - whole.length} of ${campaigns.size} campaigns are left out: they are not whole within the purchases`,
        );
        const rows = whole.flatMap((campaign, number) =>
          [...households].map((household) => {
            const bought = purchases.get(household) ?? [];
            const before = bought.filter(({ time }) => time < campaign.begin);
            const during = bought.filter(({ time }) => time >= campaign.begin && time < campaign.end);
            const days = (campaign.begin - first) / day + 1;
            const person = people.get(household);
            return {
              household,
              campaign,
              number,
              mailed: mailed.has(`${campaign.id} ${household}`),
              words: [campaign.type, ...profile.map((name) => person?.[name] ?? 'unknown')],
              numbers: [
                Math.round((campaign.end - campaign.begin) / day),
                rate(new Set(before.map(({ basket }) => basket)).size, days),
                rate(
                  before.reduce((sum, { paid }) => sum + paid, 0),
                  days,
                ),
                (redeemed.get(household) ?? []).filter((time) => time < campaign.begin).length,
                whole.filter(({ id, begin }) => begin < campaign.begin && mailed.has(`${id} ${household}`))
                  .length,
              ],
              outcomes: [
                during.length > 0 ? 1 : 0,
                redeemed.has(`${campaign.id} ${household}`) ? 1 : 0,
                cents(during.reduce((sum, { paid }) => sum + paid, 0)),
                cents(during.reduce((sum, { coupons }) => sum + coupons, 0)),
              ],
            };
          }),
        );
        const { inputs, width } = inputsOf(rows, whole.length);
        const chance = logisticRegression(
          inputs,
          width,
          Uint8Array.from(rows, (row) => (row.mailed ? 1 : 0)),
        );
        out.header(header);
        for (const [i, { household, campaign, mailed: was, words, numbers, outcomes }] of rows.entries())
          out.row(
            [
              household,
              campaign.begin / 1000,
              ...words,
              ...numbers,
              was ? 'mail' : 'none',
              was ? chance[i]! : 1 - chance[i]!,
              ...outcomes,
              'observational',
            ],
            `household ${household}, campaign ${campaign.id}`,
          );
        out.note(
          'the propensity is estimated (logistic regression): whom to mail was not drawn by lot, so the log is marked observational',
        );
      },
    };
  },
};

/** The rest of the data set, so that all its files may be given at once. */
const notNeeded: readonly Table[] = [
  { name: 'coupons', columns: ['coupon_upc', 'product_id', 'campaign_id'], row() {} },
  { name: 'products', columns: ['product_id', 'department', 'product_category'], row() {} },
  { name: 'promotions', columns: ['product_id', 'display_location', 'mailer_location'], row() {} },
];

const profile = ['age', 'income', 'household_size', 'kids_count'];
const header = [
  ...['shopper', 'time', 'campaignType', ...profile, 'days', 'basketsAWeek', 'spentAWeek', 'couponsBefore'],
  ...['campaignsBefore', 'action', 'propensity', 'visit', 'conversion', 'spend', 'cost', 'assignment'],
];

/** A constant, one column a campaign, one a word of the profile, and the numbers standardised. */
function inputsOf(
  rows: readonly {
    readonly number: number;
    readonly words: readonly string[];
    readonly numbers: readonly number[];
  }[],
  campaigns: number,
): { inputs: Float64Array; width: number } {
  const words = new Map<string, number>();
  for (const row of rows)
    for (const [i, word] of row.words.slice(1).entries())
      if (!words.has(`${i} ${word}`)) words.set(`${i} ${word}`, words.size);
  const numeric = rows[0]?.numbers.length ?? 0;
  const moments = Array.from({ length: numeric }, (_, j) => {
    const mean = rows.reduce((sum, { numbers }) => sum + numbers[j]!, 0) / rows.length;
    const variance = rows.reduce((sum, { numbers }) => sum + (numbers[j]! - mean) ** 2, 0) / rows.length;
    return { mean, scale: variance > 0 ? 1 / Math.sqrt(variance) : 0 };
  });
  const width = 1 + campaigns + words.size + numeric;
  const inputs = new Float64Array(rows.length * width);
  for (const [i, row] of rows.entries()) {
    const at = i * width;
    inputs[at] = 1;
    inputs[at + 1 + row.number] = 1;
    for (const [j, word] of row.words.slice(1).entries())
      inputs[at + 1 + campaigns + words.get(`${j} ${word}`)!] = 1;
    for (const [j, { mean, scale }] of moments.entries())
      inputs[at + 1 + campaigns + words.size + j] = (row.numbers[j]! - mean) * scale;
  }
  return { inputs, width };
}

const rate = (amount: number, days: number): number => Math.round((7e4 * amount) / days) / 1e4;
const cents = (amount: number): number => Math.round(100 * amount) / 100;
