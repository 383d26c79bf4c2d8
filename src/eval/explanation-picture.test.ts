import { expect, test } from 'vitest';
import type { Explanation } from '../explain/index.ts';
import { themes } from './chart-frame.ts';
import { drawExplanation } from './explanation-picture.ts';
import { wrapped } from './svg-page.ts';

const feature = (label: string, contribution: number, standardError = 0) => ({
  feature: label,
  label,
  value: '1 <b> & "2"',
  contribution,
  standardError,
});
const explanation: Explanation = {
  action: 1,
  words: 'a <gift>',
  probability: 0.5,
  preferred: { action: 1, words: 'a <gift>' },
  otherwise: { action: 0, words: 'nothing', probability: 0.25 },
  sentence: 'A <gift>: because.',
  forced: false,
  measure: 'log-odds',
  shapley: {
    base: -1,
    value: 0,
    sum: 1,
    background: 10,
    exact: false,
    features: [feature('small', -1, 0.5), feature('large', 2)],
  },
};
const svg = drawExplanation(explanation, themes[0]!);
const bars = [...svg.matchAll(/<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)"/g)].map(([, x, w]) => [
  Number(x),
  Number(w),
]);

test('bars are as long as the contributions, for to the right and against to the left, the longest on top', () => {
  const [[first, long], [second, short]] = bars as [[number, number], [number, number]];
  expect(long).toBe(2 * short);
  expect(second + short).toBe(first);
  expect(svg.indexOf('large')).toBeLessThan(svg.indexOf('small'));
});
test('what is sampled shows its error; words cannot break out of the picture', () => {
  const print = [...svg.matchAll(/font-size="10"[^>]*>([^<]*)</g)].map(([, line]) => line).join(' ');
  expect(print).toContain('Shapley values of the log-odds, sampled). Thin lines are standard errors.');
  expect(svg).toContain('with a probability of 50 %; next comes nothing (25 %).');
  // Half of the shorter bar to each side of its end.
  const [, from, to] = /d="M([\d.]+) [\d.]+H([\d.]+)"/.exec(svg)!;
  expect(Number(to) - Number(from)).toBeCloseTo(bars[1]![1]!, 6);
  expect(svg).not.toMatch(/<b>|<gift>/);
});
test('lines break between words and hold all of them', () => {
  expect(wrapped('one two three four', 9)).toEqual(['one two', 'three', 'four']);
  expect(wrapped('less than 0.1 %), then', 13)).toEqual(['less than', '0.1 %), then']);
});
test('no line runs out of the picture, however long the sentence and the small print', () => {
  const long = { ...explanation, sentence: 'Ten % off: because. '.repeat(20), measure: 'lead' as const };
  const of = { ...long, otherwise: { ...explanation.otherwise!, words: 'many words '.repeat(20).trim() } };
  for (const one of [explanation, of])
    for (const [, size, text] of drawExplanation(one, themes[0]!).matchAll(
      /font-size="(\d+)"[^>]*>([^<]*)</g,
    ))
      expect(text!.length * Number(size) * 0.55).toBeLessThan(930);
});
test('what is nothing but rounding is 0', () => {
  const even = { ...explanation.shapley, base: -3.81e-9, value: 2e-8, exact: true };
  expect(drawExplanation({ ...explanation, shapley: even }, themes[0]!)).toContain(
    'Together: 0 for the others on average, 0 for this shopper.',
  );
});
test('a small lead is said, and small contributions have as many decimals as they need', () => {
  const features = [feature('large', 0.0002), feature('small', -0.000004)];
  const shapley = { ...explanation.shapley, base: 0.0001, value: 0.000296, features };
  const of = (more: Partial<Explanation>): string =>
    drawExplanation({ ...explanation, measure: 'lead', shapley, ...more }, themes[0]!);
  expect(of({})).toContain('Together: 0.0001 for the others on average, 0.000296 for this shopper');
  expect(of({})).toContain('>+0.00020<');
  expect(of({})).toContain('>0.00000<');
  expect(of({ shapley: { ...shapley, base: 1e-7 } })).toContain('Together: 0 for the others on average');
});
test('where the rules leave nothing else, there is the sentence and no bar', () => {
  const forced = drawExplanation({ ...explanation, forced: true }, themes[0]!);
  expect(forced).toContain('because.');
  expect(forced).not.toMatch(/speaks for it|large|Shapley/);
});
