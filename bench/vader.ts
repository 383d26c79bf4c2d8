/**
 * `TENDRIL_DATASETS=... TENDRIL_PYTHON=... node bench/vader.ts [results.json]`: texts a second of our VADER on one core,
 * beside the authors' Python (a Python that has the package vaderSentiment) on the same texts in the same run. Texts are
 * Amazon's musical instruments reviews cut to 100 and 485 characters. Rounds alternate; the median of 5 counts; both
 * sides warm up for a round that is not counted, and neither counts its start.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { sentiment } from '../src/math/index.ts';

const { TENDRIL_DATASETS: data, TENDRIL_PYTHON: python } = process.env;
if (!data) {
  console.log('skipped: TENDRIL_DATASETS is not set');
  process.exit(0);
}
const reviews = gunzipSync(
  readFileSync(join(data, 'amazon-musical-instruments-5core/reviews_Musical_Instruments_5.json.gz')),
)
  .toString()
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line).reviewText as string);

const original = `
import json, sys, time
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer
texts = json.load(sys.stdin)
score = SentimentIntensityAnalyzer().polarity_scores
for text in texts[:500]: score(text)
start = time.perf_counter()
total = sum(score(text)["compound"] for text in texts)
print(len(texts) / (time.perf_counter() - start), total)
`;
const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

const rows = [100, 485].map((length) => {
  const texts = reviews.filter((text) => text.length >= length).map((text) => text.slice(0, length));
  let sum = 0;
  const ours = (): number => {
    const start = performance.now();
    sum = 0;
    // Several passes, so that a round lasts long enough to be timed.
    for (let pass = 0; pass < 10; pass++) for (const text of texts) sum += sentiment(text).compound;
    return (10 * texts.length) / ((performance.now() - start) / 1000);
  };
  const theirs = (): number => {
    const run = spawnSync(python!, ['-c', original], { input: JSON.stringify(texts), encoding: 'utf8' });
    if (run.status !== 0) throw new Error(run.stderr);
    const [rate, total] = run.stdout.split(' ').map(Number);
    // The package 3.3.2 rates the phrases "beating heart" and "broken heart" otherwise than the newest original.
    if (Math.abs(total! - sum / 10) > 1e-4 * texts.length) {
      throw new Error(`the sums of compound differ: ${total} and ${sum / 10}`);
    }
    return rate!;
  };
  ours();
  const rates: { ours: number[]; theirs: number[] } = { ours: [], theirs: [] };
  for (let round = 0; round < 5; round++) {
    rates.ours.push(ours());
    if (python) rates.theirs.push(theirs());
  }
  const row = {
    characters: length,
    texts: texts.length,
    'texts/s': Math.round(median(rates.ours)),
    ...(python && {
      'python texts/s': Math.round(median(rates.theirs)),
      ratio: Number((median(rates.ours) / median(rates.theirs)).toFixed(1)),
    }),
  };
  console.log(JSON.stringify(row));
  return row;
});
if (!python) console.log('skipped: the Python original, since TENDRIL_PYTHON is not set');

const path = process.argv[2];
if (path) {
  const result = {
    command: 'node bench/vader.ts',
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} x ${cpus()[0]?.model}`,
    node: process.version,
    data: 'Amazon musical instruments reviews, cut to the length stated',
    rows,
  };
  writeFileSync(path, `${JSON.stringify(result, null, 2)}\n`);
}
