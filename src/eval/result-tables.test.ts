import { expect, test } from 'vitest';
import { fairnessTable, resultTable } from './result-tables.ts';

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
    ['coverage@10', 'higher'],
    ['gini@10', 'lower'],
    ['ndcg@10.few', 'higher'],
  ]);
  expect(columns.every((column) => column.meaning.length > 20)).toBe(true);
});
