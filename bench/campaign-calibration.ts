/**
 * `TENDRIL_DATASETS=... node bench/campaign-calibration.ts`: the rates of campaign-v2, from Hillstrom's randomised e-mails
 * and Complete Journey's coupons. Writes src/world/campaign-v2/calibration.data.ts, then plays the world as Hillstrom's
 * experiment was done (no message, or one e-mail to everybody, and two weeks of waiting) and holds what came of it against
 * the real counts: bench/results/campaign-calibration.json and docs/pictures/campaign-v2-fit.svg.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CouponFigures, readCompleteJourney } from './campaign/complete-journey.ts';
import { type Cell, type FittedCell, fitHillstrom, readHillstrom } from './campaign/hillstrom.ts';
import { datasets } from './record.ts';

const root = join(import.meta.dirname, '..');
const hillstrom = readHillstrom(datasets());
const fit = fitHillstrom(hillstrom.cells);
const coupons = readCompleteJourney(datasets());
writeFileSync(
  join(root, 'src/world/campaign-v2/calibration.data.ts'),
  dataModule(hillstrom, fit.fitted, coupons),
);

// Only now: the world reads the module just written.
const { showFit } = await import('./campaign/show-fit.ts');
await showFit({ hillstrom, fit, coupons, root });

function dataModule(
  { baskets }: { readonly cells: readonly Cell[]; readonly baskets: readonly number[] },
  fitted: readonly FittedCell[],
  { kinds, dailyHazard, medianDepth, weekdays }: CouponFigures,
): string {
  const short = (numbers: readonly number[]): string =>
    `[${numbers.map((x) => Number(x.toPrecision(5))).join(', ')}]`;
  const quantiles = Array.from(
    { length: 41 },
    (_, i) => baskets[Math.round((i / 40) * (baskets.length - 1))]!,
  );
  return `/** Written by bench/campaign-calibration.ts. Rates and shares only: no row of the data sets is in here. */

/**
 * Randomised: MineThatData e-mail challenge (K. Hillstrom, 2008), 64,000 customers in three arms (no e-mail, men's,
 * women's), two weeks. Cells: department (men, women, both) x recency (1-3, 4-6, 7-9, 10-12 months since the last
 * purchase) x spent in the past year (under 100, 200, 350, 500 dollars, more). A row: share of customers; chance of a
 * visit in two weeks in the three arms; chance that who visits buys, in the three arms (logistic models of the counts).
 */
export const cells: readonly (readonly number[])[] = [
${fitted.map(({ share, visit, convert }) => `  ${short([share, ...visit, ...convert])},`).join('\n')}
];

/** Hillstrom: dollars of a purchase, quantiles 0, .025 .. 1 of ${baskets.length}. */
export const basketQuantiles: readonly number[] = ${short(quantiles)};

/**
 * Observational: Complete Journey 2.0 (84.51, 2017). Its campaigns were sent to whom the shop chose, so these are no effects.
 * Two kinds of households by redemptions of type A coupons: share of the first and what each redeems; median share of the
 * price that a coupon takes off; hazard a day of redeeming; share of baskets by weekday, Monday first.
 */
export const coupons = {
  sensitiveShare: ${kinds.share.toPrecision(5)},
  redeemedBySensitive: ${kinds.high.toPrecision(5)},
  redeemedByOthers: ${kinds.low.toPrecision(5)},
  medianDepth: ${medianDepth.toPrecision(5)},
  dailyHazard: ${dailyHazard.toPrecision(5)},
  weekdays: ${short(weekdays)},
} as const;
`;
}
