import { expect, test } from 'vitest';
import { drawDrivers, themes } from '../eval/index.ts';
import { worldNamed } from '../world/index.ts';
import { driversPage, explanationPage, treePage } from './explain-pages.ts';

test('an offer that the rules forced on all who got it is driven by the rules, not by 0 % of each fact', () => {
  const row = { action: 0, words: 'no contact', shoppers: 3, forced: 3, strength: [0, 0] };
  const drivers = {
    measure: 'log-odds' as const,
    shoppers: 6,
    background: 20,
    features: ['age', 'visits'].map((feature) => ({ feature, label: feature })),
    actions: [
      row,
      { ...row, words: 'a mail', forced: 2 },
      { ...row, words: 'a card', forced: 0, strength: [3, 1] },
    ],
    overall: [1.5, 0.5],
  };
  const page = driversPage(drivers);
  expect(page).toMatch(/no contact +3 +the rules, which allow nothing else$/m);
  expect(page).toMatch(/a mail +3 +nothing about the shopper$/m);
  expect(page).toMatch(/a card +3 +age 75 %, visits 25 %$/m);
  expect(page).toMatch(/all together +6 +age 75 %/m);
  expect(page).not.toContain(' 0 %');
});

test('a tree that is hardly better than always the commonest offer says so', () => {
  const words = worldNamed('campaign-v2').words!;
  const found = {
    tree: { action: 0, shoppers: 9, agreement: 1 },
    depth: 1,
    leaves: 2,
    trainedOn: 9,
    heldOut: 9,
  };
  const page = (agreement: number): string =>
    treePage(
      { ...found, agreement, always: { action: 0, agreement: 0.903 } },
      { offer: 'no message', shoppers: 9, of: 'moments', agreement: 1 },
      words,
    );
  expect(page(0.916)).toContain(
    'would agree in 90.3 %. The rules are hardly better than that: they explain almost nothing',
  );
  expect(page(0.95)).not.toContain('hardly better');
  expect(page(0.95)).toContain('grown on 9 moments');
});

test('a decision says how likely it was and what comes next; technical words stand once, in brackets', () => {
  const page = explanationPage({
    action: 1,
    words: 'a mail',
    probability: 0.5,
    preferred: { action: 1, words: 'a mail' },
    otherwise: { action: 0, words: 'nothing', probability: 0.25 },
    sentence: 'A mail: because.',
    forced: false,
    measure: 'lead',
    shapley: { base: -1, value: 0, sum: 1, background: 10, exact: true, features: [] },
    lime: { fidelity: 0.86, intercept: 0, slopes: {} },
  });
  expect(page).toContain('a probability of 50 %; next comes nothing (25 %).');
  expect(page).toContain('ahead of the best other one (Shapley values of the lead, exact).');
  expect(page).toContain('much like this one: 86 % (local surrogate, LIME).');
  expect(page).not.toMatch(/foretells|mind|log-odds/);
});

test('the picture shows what drives an offer most, however little it does elsewhere, and few shoppers pale', () => {
  const features = Array.from({ length: 14 }, (_, i) => ({ feature: `f${i}`, label: `fact ${i}` }));
  const strength = (main: number): number[] => features.map((_, i) => (i === main ? 10 : 14 - i));
  const row = { action: 0, words: 'a mail', shoppers: 178, forced: 0, strength: strength(0) };
  const svg = drawDrivers(
    {
      measure: 'log-odds',
      shoppers: 179,
      background: 20,
      features,
      actions: [
        row,
        { ...row, words: 'a card', shoppers: 1, strength: features.map((_, i) => Number(i === 13)) },
      ],
      overall: strength(0),
    },
    themes[0]!,
  );
  expect(svg).toContain('>fact 13<');
  const shades = [...svg.matchAll(/<rect[^>]*opacity="([\d.]+)"/g)].map(([, opacity]) => Number(opacity));
  expect(shades).toHaveLength(3 * 11);
  expect([10, 21, 32].map((cell) => shades[cell])).toEqual([0.04, 0.04, 0.04]);
  expect(Math.max(...shades.slice(11, 22))).toBeCloseTo(0.04 + 0.96 * 0.3, 6);
});
