import { expect, test } from 'vitest';
import { themes } from './chart-frame.ts';
import type { Report } from './report.ts';
import { reportCharts } from './report-charts.ts';

const about = {
  format: 1,
  title: '',
  createdAt: 0,
  data: { name: '', shoppers: 0, items: 0, interactions: 0, notes: [] },
} as const;
const takeaway = (part: Partial<Report>): string => reportCharts({ ...about, ...part })[0]!.takeaway;

test('success: better, worse, or not to be told apart, by the paired interval', () => {
  const success = (low: number, high: number) => ({
    success: {
      caption: '',
      simulated: true,
      rows: [
        { agent: 'dqn', value: 0.09, low: 0.08, high: 0.1 },
        {
          agent: 'random',
          value: 0.02,
          low: 0.01,
          high: 0.03,
          behind: { mean: 0.07, low: 0.06, high: 0.08 },
        },
        { agent: 'markov', value: 0.088, low: 0.08, high: 0.1, behind: { mean: 0.002, low, high } },
      ],
    },
  });
  expect(takeaway(success(-0.003, 0.009))).toMatch(
    /^With dqn, 9 % of the visits .* markov, the best of the other methods, 8.8 %. The difference is within what chance/,
  );
  expect(takeaway(success(0.001, 0.009))).toMatch(/dqn is better here/);
  expect(takeaway(success(-0.009, -0.001))).toMatch(/dqn is worse here/);
});

test('training: rising, level or falling', () => {
  const training = (rewards: number[]) => ({
    training: {
      agent: 'dqn',
      simulated: true,
      k: 5,
      epochs: rewards.map((reward, i) => ({ epoch: i + 1, precision: 0.1, recall: 0.5, reward })),
    },
  });
  expect(takeaway(training([1, 1.2, 1.4, 1.6, 1.8, 2]))).toMatch(
    /1.00 after the first epoch to 2.00.*still rising/,
  );
  expect(takeaway(training([1, 2, 2, 2, 2, 2]))).toMatch(/levelled out/);
  expect(takeaway(training([1, 2, 2, 2, 1.5, 1.5]))).toMatch(/fell again/);
});

test('convergence: settled or not, and what the error did', () => {
  const convergence = (values: number[], errors: number[]) => ({
    convergence: {
      agent: 'dqn',
      simulated: true,
      points: values.map((meanMaxQ, i) => ({ step: i, meanMaxQ, tdError: errors[i]! })),
    },
  });
  expect(takeaway(convergence([0, 0.5, 1, 1, 1, 1.01], [3, 3, 2, 2, 1, 1]))).toMatch(
    /moved by 0.5 %: they have settled. The error shrank from 3 in the first third to 1\./,
  );
  expect(takeaway(convergence([0, 0.2, 0.5, 0.7, 1, 1.2], [1, 1, 2, 2, 3, 3]))).toMatch(
    /still rose by .* not settled yet. The error grew from 1/,
  );
});

test('sentiment trend: a change beyond chance or none, and whose reviews they are', () => {
  const shown = (means: number[], simulated: boolean) => ({
    source: 'made-up reviews',
    simulated,
    positive: 3,
    neutral: 0,
    negative: 1,
    trend: means.map((mean, i) => ({
      period: `${2000 + i}`,
      mean,
      low: mean - 0.05,
      high: mean + 0.05,
      texts: 50,
    })),
  });
  const trend = (report: Partial<Report>) =>
    reportCharts({ ...about, ...report }).find(({ name }) => name === 'sentiment-trend')!;
  const flat = trend({ sentiment: shown([0.5, 0.51, 0.52, 0.5], false) });
  expect(flat.takeaway).toMatch(/0.51 in the first half .* no change that chance could not make/);
  expect(flat.simulated).toBe(false);
  expect(trend({ sentiment: shown([0.5, 0.5, 0.2, 0.2], false) }).takeaway).toMatch(
    /it fell, by more than chance/,
  );
  const { trend: _, ...undated } = shown([], false);
  const invented = trend({
    sentiment: undated,
    simulatedShop: { sentiment: shown([0.1, 0.3], true) } as unknown as NonNullable<Report['simulatedShop']>,
  });
  expect(invented.simulated).toBe(true);
  expect(invented.explanation).toMatch(/so these 100 are invented/);
});

test('every picture has its numbers as a table, and draws in both looks and widths', () => {
  const charts = reportCharts({
    ...about,
    sentiment: { source: '', simulated: false, positive: 8, neutral: 1, negative: 1 },
  });
  expect(charts[0]!.numbers.rows).toEqual([
    ['positive', '8', '80 %'],
    ['neutral', '1', '10 %'],
    ['negative', '1', '10 %'],
  ]);
  for (const theme of themes) {
    for (const narrow of [true, false]) expect(charts[0]!.option(theme, narrow).series).toHaveLength(1);
  }
});
