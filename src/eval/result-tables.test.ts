import { expect, test } from 'vitest';
import { fairnessTable, resultTable, robustnessTable } from './result-tables.ts';

const agents = [
  { agent: 'weak', figures: { 'hr@10': 0.1, 'ndcg@10': 0.05, 'gini@10': 0.9, 'ndcg@10.few': 0.01 } },
  { agent: 'strong', figures: { 'hr@10': 0.3, 'gini@10': 0.5, 'coverage@10': 0.7 } },
];

test('best first, and only columns somebody has a figure for', () => {
  const table = resultTable(agents, 10, 'made up');
  expect(table.rows.map((row) => row.agent)).toEqual(['strong', 'weak']);
  expect(table.columns.map((column) => column.key)).toEqual(['hr@10', 'ndcg@10']);
  expect(table.rows[0]!.values).toEqual({ 'hr@10': 0.3, 'ndcg@10': undefined });
});

test('says of each figure what it means and which way is better', () => {
  const { columns } = fairnessTable(agents, 10, 'made up');
  expect(columns.map(({ key, better }) => [key, better])).toEqual([
    ['ndcg@10.few', 'higher'],
    ['coverage@10', 'higher'],
    ['gini@10', 'lower'],
  ]);
  expect(columns.every((column) => column.meaning.length > 20)).toBe(true);
});

test('says in words who is best, and whether chance could explain it', () => {
  const close = [
    {
      agent: 'a',
      figures: { 'hr@10': 0.062, 'hr@10.low': 0.057, 'hr@10.high': 0.067, 'ndcg@10': 0.034 },
    },
    { agent: 'b', figures: { 'hr@10': 0.052, 'hr@10.low': 0.046, 'hr@10.high': 0.058, 'ndcg@10': 0.03 } },
  ];
  expect(resultTable(close, 10, '').takeaway).toBe(
    'The list of 10 by a holds what the shopper really took next for 6.2 % of the shoppers; by b, the next best, for 5.2 %: a lead that chance could explain.',
  );
  const far = [close[0]!, { agent: 'b', figures: { ...close[1]!.figures, 'hr@10.high': 0.0565 } }];
  expect(resultTable(far, 10, '').takeaway).toMatch(/more than chance explains/);
});

test('says who is shown and for whom it is worse', () => {
  const figures = {
    'ndcg@10': 0.03,
    'ndcg@10.few': 0.02,
    'ndcg@10.many': 0.04,
    'coverage@10': 0.166,
    'long-tail@10': 0.083,
    'popularity-lift@10': 6.6,
  };
  expect(fairnessTable([{ agent: 'a', figures }], 10, '').takeaway).toBe(
    'a shows 16.6 % of the products to somebody and gives 8.3 % of its places to products outside the most popular fifth; what it shows is 7.6 times as popular as what shoppers took themselves. It serves shoppers with short histories worse than those with long ones (NDCG 0.0200 against 0.0400).',
  );
});

test('says what is left of the quality when the data are bad, where that was judged', () => {
  expect(robustnessTable(agents, 10)).toBeUndefined();
  const figures = {
    'ndcg@10.whole': 0.04,
    'ndcg@10.dropped': 0.03,
    'ndcg@10.replaced': 0.02,
    'ndcg@10.bare': 0.04,
  };
  const table = robustnessTable([{ agent: 'a', figures }], 10)!;
  expect(table.takeaway).toMatch(
    /50 % is left in the worst of these cases: a third of each history is some other/,
  );
  expect(table.columns.map(({ label }) => label)).toEqual(['whole', 'dropped', 'replaced', 'bare']);
});
