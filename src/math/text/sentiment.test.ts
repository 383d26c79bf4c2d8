import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { sentiment } from './sentiment.ts';

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
