import { expect, test } from 'vitest';
import { rng } from '../../core/index.ts';
import { worldNamed } from '../../world/index.ts';
import { decideByTree, growTree } from './imitation-tree.ts';
import { sayTree, treeText } from './tree-words.ts';

const world = worldNamed('campaign-v1');
const words = world.words!;
const { observation } = world.create(1);
const n = 4000;
const { size, parts } = observation;
const rows = world.create(n).reset(3).slice();
const at = (name: string): number => parts.findIndex((part) => part.name === name);

/** Rules of two levels: free shipping (12, 13) or nothing (15, 16), by whichever of e-mail and SMS is answered more. */
const rule = (row: Float32Array, from: number): number =>
  (row[from + at('freeShippingPreferred')]! > 0 ? 12 : 15) +
  (row[from + at('smsResponse')]! > row[from + at('emailOpens')]! ? 1 : 0);

test('a tree finds the rules that are there, and says them', () => {
  const actions = Int32Array.from({ length: n }, (_, i) => rule(rows, i * size));
  const tree = growTree({ n, size, rows, actions }, parts, words.features, { depth: 4, leaf: 10 });
  const fresh = world.create(500).reset(4);
  for (let i = 0; i < 500; i++)
    expect(decideByTree(tree, parts, fresh, i * size)).toBe(rule(fresh, i * size));
  const text = treeText(sayTree(tree, words, parts));
  expect(text).toContain(
    'Prefers free shipping? yes\n  Answers more: e-mails or SMS? e-mails\n    -> free shipping by e-mail',
  );
  expect(text.match(/the policy agrees in 100 % of cases/g)).toHaveLength(4);
});
test('it is no deeper than told, keeps its leaves as large as told, and asks nothing where there is nothing to tell', () => {
  const noise = rng(1);
  const actions = Int32Array.from({ length: n }, () => noise.int(3));
  const leaves: number[] = [];
  const depth = (node: ReturnType<typeof growTree>): number => {
    if ('question' in node) return 1 + Math.max(depth(node.yes), depth(node.no));
    leaves.push(node.shoppers);
    return 0;
  };
  expect(depth(growTree({ n, size, rows, actions }, parts, {}, { depth: 3, leaf: 200 }))).toBeLessThanOrEqual(
    3,
  );
  expect(Math.min(...leaves)).toBeGreaterThanOrEqual(200);
  expect(leaves.reduce((a, b) => a + b, 0)).toBe(n);
  const always = growTree(
    { n, size, rows, actions: new Int32Array(n).fill(2) },
    parts,
    {},
    { depth: 4, leaf: 1 },
  );
  expect(always).toEqual({ action: 2, shoppers: n, agreement: 1 });
});

test('thresholds of ordinals are said as people say them, and moments are counted where they are many', () => {
  const later = worldNamed('campaign-v2');
  const part = (name: string) => later.create(1).observation.parts.find((one) => one.name === name)!;
  const asked = (feature: string, upTo: number): string => {
    const question = { feature, threshold: upTo + 0.5, upTo };
    const leaf = { action: 0, shoppers: 5, agreement: 1 };
    return treeText(sayTree({ question, yes: leaf, no: leaf }, later.words!, [part(feature)]));
  };
  expect(asked('weekday', 6)).toMatch(/^Weekday\? Sunday\n.*5 moments.*\nWeekday\? Monday to Saturday\n/);
  expect(asked('day', 0)).toMatch(/\? more than 1\n.*\n.*at most 1\n/);
  expect(asked('contactsLastWeek', 0)).toMatch(/\? some\n.*\n.*\? none\n/);
  expect(asked('offerDaysLeft', 0)).toMatch(/\? an offer is open\n.*\n.*\? no offer is open\n/);
  expect(asked('budgetLeft', 0.6)).toContain('? more than 1\n');
});
test('it grows on as many shoppers as are given', () => {
  const many = 200_000;
  const only = Float32Array.from({ length: many }, (_, i) => i % 2);
  const actions = Int32Array.from(only, (x) => 3 * x);
  const one = [{ name: 'x', kind: 'real' as const, size: 1 }];
  const tree = growTree({ n: many, size: 1, rows: only, actions }, one, {}, { depth: 1, leaf: 1 });
  expect(tree).toMatchObject({ question: { threshold: 0.5 }, yes: { action: 0 }, no: { action: 3 } });
});

test('values that read the same are not split, so "more than" is true; a flag is a yes or a no', () => {
  const values = Float32Array.from({ length: 200 }, (_, i) => (i % 4 === 0 ? 998.7 : i % 2 ? 1000 : 999.9));
  const actions = Int32Array.from(values, (x) => Number(x === 1000));
  const grown = (name: string, rows: Float32Array): string => {
    const one = [{ name, kind: 'real' as const, size: 1 }];
    const tree = growTree({ n: 200, size: 1, rows, actions }, one, words.features, { depth: 1, leaf: 1 });
    return treeText(sayTree(tree, words, one));
  };
  expect(grown('monetaryValue', values)).toContain('Money spent in the last year? more than 999\n');
  const flags = Float32Array.from(actions);
  expect(grown('discountSensitive', flags)).toContain('Discount-sensitive? yes\n');
});
