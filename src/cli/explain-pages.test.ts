import { expect, test } from 'vitest';
import { driversPage } from './explain-pages.ts';

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
