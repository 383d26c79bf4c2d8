import { chance, fitLogit, type Group } from './logit.ts';
import { readTable } from './read-table.ts';

/**
 * Hillstrom's randomised e-mails (64,000 customers, three arms): by cell of recency, history and departments bought from,
 * how many visited and bought within two weeks; and a logistic model that smooths what is thin.
 */
export const recencies = ['1-3 months', '4-6 months', '7-9 months', '10-12 months'] as const;
export const histories = ['under $100', '$100-200', '$200-350', '$350-500', '$500 and more'] as const;
export const departments = ['men', 'women', 'both'] as const;
export const arms = ['No E-Mail', 'Mens E-Mail', 'Womens E-Mail'] as const;

export interface Cell {
  readonly recency: number;
  readonly history: number;
  readonly department: number;
  /** By arm. */
  readonly customers: number[];
  readonly visits: number[];
  readonly conversions: number[];
}

export function readHillstrom(datasets: string): {
  readonly cells: readonly Cell[];
  readonly baskets: number[];
} {
  const cells: Cell[] = [];
  for (let department = 0; department < departments.length; department++)
    for (let recency = 0; recency < recencies.length; recency++)
      for (let history = 0; history < histories.length; history++)
        cells.push({
          recency,
          history,
          department,
          customers: [0, 0, 0],
          visits: [0, 0, 0],
          conversions: [0, 0, 0],
        });
  const baskets: number[] = [];
  for (const row of readTable(datasets, 'hillstrom-email/hillstrom')) {
    const recency = Math.floor((Number(row.recency) - 1) / 3);
    const history = Math.min(4, Number(row.history_segment![0]) - 1);
    const department = row.mens === '1' ? (row.womens === '1' ? 2 : 0) : 1;
    const cell = cells[(department * recencies.length + recency) * histories.length + history]!;
    const arm = arms.indexOf(row.segment as (typeof arms)[number]);
    cell.customers[arm]!++;
    cell.visits[arm]! += Number(row.visit);
    cell.conversions[arm]! += Number(row.conversion);
    if (Number(row.spend) > 0) baskets.push(Number(row.spend));
  }
  return { cells, baskets: baskets.sort((a, b) => a - b) };
}

const oneHot = (at: number, n: number): number[] =>
  Array.from({ length: n - 1 }, (_, i) => (at === i + 1 ? 1 : 0));

/** Chance of a visit: the arm with each department, recency, history. */
const visitFeatures = ({ department, recency, history }: Cell, arm: number): number[] => [
  1,
  ...oneHot(arm * departments.length + department, arms.length * departments.length),
  ...oneHot(recency, recencies.length),
  ...oneHot(history, histories.length),
];
/** Chance that a visitor buys: the arm, recency, history. */
const conversionFeatures = ({ recency, history }: Cell, arm: number): number[] => [
  1,
  ...oneHot(arm, arms.length),
  ...oneHot(recency, recencies.length),
  ...oneHot(history, histories.length),
];

export interface FittedCell {
  /** Share of all customers. */
  readonly share: number;
  /** Chance of a visit within two weeks, by arm. */
  readonly visit: readonly number[];
  /** Chance that who visits buys, by arm. */
  readonly convert: readonly number[];
}

/** The fitted rates of every cell, and how far they are from the counts: chi-squared and its degrees of freedom. */
export function fitHillstrom(cells: readonly Cell[]): {
  readonly fitted: readonly FittedCell[];
  readonly visitFit: { readonly chiSquared: number; readonly degrees: number };
  readonly convertFit: { readonly chiSquared: number; readonly degrees: number };
} {
  const each = cells.flatMap((cell) => arms.map((_, arm) => ({ cell, arm })));
  const visits: Group[] = each.map(({ cell, arm }) => ({
    x: visitFeatures(cell, arm),
    n: cell.customers[arm]!,
    y: cell.visits[arm]!,
  }));
  const conversions: Group[] = each.map(({ cell, arm }) => ({
    x: conversionFeatures(cell, arm),
    n: cell.visits[arm]!,
    y: cell.conversions[arm]!,
  }));
  const [visitWeights, convertWeights] = [fitLogit(visits), fitLogit(conversions)];
  const all = cells.reduce((sum, { customers }) => sum + customers.reduce((a, b) => a + b), 0);
  return {
    fitted: cells.map((cell) => ({
      share: cell.customers.reduce((a, b) => a + b) / all,
      visit: arms.map((_, arm) => chance(visitFeatures(cell, arm), visitWeights)),
      convert: arms.map((_, arm) => chance(conversionFeatures(cell, arm), convertWeights)),
    })),
    visitFit: misfit(visits, visitWeights),
    convertFit: misfit(conversions, convertWeights),
  };
}

function misfit(
  groups: readonly Group[],
  weights: readonly number[],
): { chiSquared: number; degrees: number } {
  const full = groups.filter(({ n }) => n > 0);
  const chiSquared = full.reduce((sum, { x, n, y }) => {
    const p = chance(x, weights);
    return sum + (y - n * p) ** 2 / (n * p * (1 - p));
  }, 0);
  return { chiSquared, degrees: full.length - weights.length };
}
