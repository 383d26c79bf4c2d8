import { describe, expect, test } from 'vitest';
import { worldNamed } from '../../world/index.ts';
import { sentenceOf } from './sentence.ts';

const words = worldNamed('campaign-v1').words!;
const one = (x: number): Float32Array => Float32Array.of(x);
const shopper = {
  recency: one(15),
  discountSensitive: one(1),
  freeShippingPreferred: one(0),
  emailOpens: one(0.87),
  smsResponse: one(0.12),
  pushResponse: one(0.05),
};
const weighed = (action: number, probability: number, bars: Readonly<Record<string, number>>) => ({
  action,
  probability,
  least: 0.05,
  features: Object.keys(shopper).map((feature) => ({
    feature,
    label: feature,
    value: '',
    contribution: bars[feature] ?? 0,
    standardError: 0,
  })),
});
const mail = weighed(2, 0.96, { discountSensitive: 6, emailOpens: 4, smsResponse: 1, pushResponse: 1 });

describe('a sentence names facts by the sign of their bars', () => {
  const said = (bars: Readonly<Record<string, number>>, probability = 0.9): string =>
    sentenceOf({ offer: weighed(2, probability, bars), shopper, words });
  test.each([
    [
      'together where all agree',
      { emailOpens: 4, smsResponse: 1, pushResponse: 1 },
      'answers e-mail (87 %) far',
    ],
    ['alone where they do not', { emailOpens: -4, smsResponse: 2 }, ': this shopper answers 12 % of SMS.'],
    ['not where they do next to nothing', { recency: 0.3, emailOpens: -9 }, 'nothing about this shopper'],
    ['nor where all do', { recency: 0.0002, emailOpens: -0.0001 }, 'nothing about this shopper'],
  ])('%s', (_, bars, sentence) => expect(said(bars)).toContain(sentence));
  test('a choice that nothing speaks for, and that was unlikely, is called chance', () => {
    expect(said({ recency: 0.0002 }, 0.08)).toMatch(/^15 % off by e-mail: chosen by chance \(8 %\): nothing/);
  });
});

test('of another offer it says what the policy prefers, by what, and only what speaks against the other', () => {
  const other = weighed(3, 0.04, { discountSensitive: 7, emailOpens: 3, recency: -0.01 });
  expect(sentenceOf({ offer: other, preferred: mail, shopper, words })).toBe(
    '20 % off by e-mail: the policy prefers 15 % off by e-mail (96 %; this one 4 %), for which more speaks: this shopper answers e-mail (87 %) far more than SMS (12 %) and push messages (5 %).',
  );
  const push = weighed(11, 0.001, { emailOpens: -3, smsResponse: 0.4, discountSensitive: 2 });
  expect(sentenceOf({ offer: push, preferred: mail, shopper, words })).toMatch(
    /; what speaks against this one is that this shopper answers 87 % of e-mails\.$/,
  );
  const [even, alike] = [weighed(3, 0.05, {}), weighed(2, 0.06, {})];
  expect(sentenceOf({ offer: even, preferred: alike, shopper, words })).toMatch(
    /^20 % off by e-mail: chosen by chance \(5 %\); nothing about.* most often chooses 15 % off by e-mail \(6 %\)\.$/,
  );
});
