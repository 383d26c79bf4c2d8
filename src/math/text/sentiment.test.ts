import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isUpper } from './is-upper.ts';
import { roundHalfEven } from './round-half-even.ts';
import { sentiment } from './sentiment.ts';
import { weighBut } from './weigh-but.ts';
import { isWhiteSpace } from './white-space.ts';

const data = process.env.TENDRIL_DATASETS;

describe.skipIf(!data)('the original on people’s texts (needs TENDRIL_DATASETS)', () => {
  const lines = (path: string): string[] =>
    gunzipSync(readFileSync(join(data!, path)))
      .toString()
      .split('\n')
      .filter(Boolean);

  test.each([
    ['tweets', 4200],
    ['amazonReviewSnippets', 3708],
    ['movieReviewSnippets', 10605],
    ['nytEditorialSnippets', 5190],
  ])('%s: all %i texts are equal', (name, count) => {
    const wanted = new Map(
      lines(`vader/reference_scores/${name}.tsv.gz`)
        .slice(1)
        .map((line) => {
          const [id, ...scores] = line.split('\t');
          return [id, scores.map(Number)];
        }),
    );
    const texts = lines(`vader/${name}_GroundTruth.txt.gz`).map((line) => line.split('\t'));
    const wrong = texts.filter(([id, , text]) => !equal(text!.replace(/\r$/, ''), wanted.get(id)));
    expect([texts.length, wrong]).toEqual([count, []]);
  });

  test('all 10,261 reviews of musical instruments are equal', () => {
    const wanted = lines('vader/reference_scores/amazon_musical_instruments_reviewText.tsv.gz').slice(1);
    const texts = lines('amazon-musical-instruments-5core/reviews_Musical_Instruments_5.json.gz').map(
      (line) => JSON.parse(line).reviewText as string,
    );
    const wrong = texts.filter((text, i) => !equal(text, wanted[i]!.split('\t').slice(3).map(Number)));
    expect([texts.length, wrong]).toEqual([10261, []]);
  });

  const equal = (text: string, wanted: readonly number[] | undefined): boolean => {
    const { neg, neu, pos, compound } = sentiment(text);
    return [neg, neu, pos, compound].join() === wanted?.join();
  };
});

test('made-up texts have the scores the original gave them', () => {
  const path = join(import.meta.dirname, 'sentiment-cases.json');
  const cases: [string, number[]][] = JSON.parse(readFileSync(path, 'utf8'));
  expect(cases.length).toBeGreaterThan(100);
  for (const [text, wanted] of cases) {
    const { neg, neu, pos, compound } = sentiment(text);
    expect([text, neg, neu, pos, compound]).toEqual([text, ...wanted]);
  }
});

test('any text has shares that add up and a compound from -1 to 1', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('', ' GOOD but bad', ' not so great!?'),
      (text, end) => {
        const { neg, neu, pos, compound } = sentiment(text + end);
        expect([0, 1]).toContain(Math.round(neg + neu + pos));
        expect(Math.abs(compound)).toBeLessThanOrEqual(1);
      },
    ),
  );
});

test('rounding follows the exact binary value, ties go to even', () => {
  // Python: round(.0625, 3), round(.1875, 3), round(-.3125, 3), round(2.675, 2), round(.5, 0), round(1.5, 0)
  expect([0.0625, 0.1875, -0.3125].map((x) => roundHalfEven(x, 3))).toEqual([0.062, 0.188, -0.312]);
  expect(roundHalfEven(2.675, 2)).toBe(2.67);
  expect([0.5, 1.5, 2.5].map((x) => roundHalfEven(x, 0))).toEqual([0, 2, 2]);
  expect(Object.is(roundHalfEven(-1e-9, 4), -0)).toBe(true);
  fc.assert(
    fc.property(fc.double({ min: -1, max: 1, noNaN: true }), (x) => {
      expect(Math.abs(roundHalfEven(x, 3) - x)).toBeLessThanOrEqual(0.0005 + 1e-15);
    }),
  );
});

test('white space is Python’s', () => {
  const found = Array.from({ length: 0x10000 }, (_, unit) => unit).filter(isWhiteSpace);
  expect(found.length).toBe(29);
  expect([0x1c, 0x85, 0x3000].every(isWhiteSpace)).toBe(true);
  expect([0x200b, 0xfeff, 0x180e].some(isWhiteSpace)).toBe(false);
});

test('capitals are Python’s', () => {
  expect(['A', 'A1!', 'ÄÖ', 'Ⅷ', 'Ⓐ', '漢字A', '𐐀'].map(isUpper)).toEqual(Array(7).fill(true));
  expect(['', '1', '!', '漢字', 'Aa', 'Aß', 'ǅ', 'Aª', '𐐨A'].map(isUpper)).toEqual(Array(9).fill(false));
});

test('"but" weighs the first place that holds a value, as list.index does', () => {
  const original = (values: number[], but: number): number[] => {
    const list = [...values];
    for (let at = 0; at < list.length; at++) {
      const value = list[at]!;
      const first = list.indexOf(value);
      if (first !== but) list[first] = value * (first < but ? 0.5 : 1.5);
    }
    return list;
  };
  const value = fc.constantFrom(0, 1, 2, 3, 1.5, 0.5, 4.5, 2.25, -1, -0.5, -1.5);
  fc.assert(
    fc.property(fc.array(value, { maxLength: 40 }), fc.nat(40), (values, but) => {
      const weighed = [...values];
      weighBut(weighed, but);
      expect(weighed).toEqual(original(values, but));
    }),
    { numRuns: 1000 },
  );
});
