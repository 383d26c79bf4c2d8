import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Report } from '../eval/index.ts';
import { writeReport } from './report-files.ts';

const made: Report = {
  format: 1,
  title: 'Report of a <made-up> shop',
  createdAt: Date.UTC(2026, 0, 2, 3, 4),
  data: { name: 'made up', shoppers: 1200, items: 340, interactions: 9000, notes: ['Clicks are simulated.'] },
  winner: {
    agent: 'markov',
    metric: 'ndcg@10',
    value: 0.0512,
    why: 'It found the next product most often on validation data.',
  },
  results: {
    caption: 'Leave one out, full ranking.',
    takeaway: 'One is better than <the other>.',
    columns: [
      {
        key: 'hr@10',
        label: 'HR@10',
        meaning: 'share of shoppers whose next product was among the ten',
        better: 'higher',
      },
    ],
    rows: [
      { agent: 'markov', values: { 'hr@10': 0.0809 } },
      { agent: 'popularity', values: { 'hr@10': 0.012 } },
    ],
  },
  training: {
    agent: 'dqn',
    simulated: true,
    k: 10,
    epochs: [1, 2, 3].map((epoch) => ({
      epoch,
      precision: 0.1 * epoch,
      recall: 0.05 * epoch,
      reward: 100 * epoch,
    })),
  },
  sentiment: {
    source: 'made-up reviews',
    simulated: false,
    positive: 80,
    neutral: 15,
    negative: 5,
    trend: ['2025', '2026'].map((period, i) => ({
      period,
      mean: 0.2 - 0.3 * i,
      low: 0.1 - 0.3 * i,
      high: 0.3 - 0.3 * i,
      texts: 50,
    })),
  },
  convergence: {
    agent: 'dqn',
    simulated: true,
    points: [0, 1000, 2000].map((step) => ({
      step,
      meanMaxQ: 1 - Math.exp(-step / 800),
      tdError: Math.exp(-step / 500),
    })),
  },
  success: {
    caption: 'Made-up visits.',
    simulated: true,
    rows: [
      { agent: 'markov', value: 0.11, low: 0.1, high: 0.12 },
      { agent: 'dqn', value: 0.1, low: 0.08, high: 0.12 },
    ],
  },
  lists: [
    {
      shopper: 'Shopper 1',
      segment: 'loyal',
      history: ['Red apples & pears'],
      items: [{ title: 'Green apples', reason: 'often bought after Red apples' }],
    },
  ],
};

test('writes six pictures as SVG and PNG, the numbers, and one self-contained page', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'tendril-report-'));
  await writeReport(made, directory);
  for (const name of ['training', 'sentiment', 'convergence', 'success', 'lists', 'sentiment-trend']) {
    const svg = readFileSync(join(directory, `${name}.svg`), 'utf8');
    expect(svg, name).toMatch(/^<svg/);
    const png = readFileSync(join(directory, `${name}.png`));
    expect([...png.subarray(0, 4)], name).toEqual([0x89, 0x50, 0x4e, 0x47]);
    expect(png.length, name).toBeGreaterThan(3000);
  }
  const page = readFileSync(join(directory, 'report.html'), 'utf8');
  expect(page).toContain('Report of a &#60;made-up&#62; shop');
  expect(page).not.toMatch(/<script|src=|href="http|url\((?!#)/);
  for (const name of ['training', 'sentiment', 'convergence', 'success', 'lists', 'sentiment-trend'])
    expect(page).toContain(`<section id="${name}">`);
  // Each drawing for light and dark, wide and narrow, and each says in words what it shows.
  expect(page.match(/<svg role="img" aria-label="[^"]{40}/g)).toHaveLength(20);
  expect(page.match(/<summary>The numbers<\/summary>/g)).toHaveLength(5);
  expect(page).toContain('Red apples &#38; pears');
  expect(readFileSync(join(directory, 'lists.svg'), 'utf8')).toMatch(/aria-label="What sample shoppers/);
  expect(JSON.parse(readFileSync(join(directory, 'report.json'), 'utf8'))).toEqual(made);
});

test('a shop without dated reviews shows those of simulated shoppers, and says so wherever they stand', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'tendril-report-'));
  const { trend, ...undated } = made.sentiment!;
  await writeReport(
    {
      ...made,
      sentiment: undated,
      simulatedShop: {
        simulated: true,
        caption: 'Nobody real did any of this.',
        shoppers: 50,
        slates: 9000,
        clicks: 3000,
        carts: 600,
        purchases: 300,
        ratings: 120,
        reviews: 60,
        meanStars: 4.1,
        clickRateBySlot: [0.06, 0.03, 0.02],
        sentiment: { ...undated, simulated: true, trend: trend! },
      },
    },
    directory,
  );
  const page = readFileSync(join(directory, 'report.html'), 'utf8');
  const section = (id: string): string => page.split(`<section id="${id}">`)[1]!.split('</section>')[0]!;
  expect(section('sentiment')).not.toContain('imulated');
  expect(section('sentiment-trend')).toMatch(/<h2>.*<span class="tag">simulated<\/span><\/h2>/);
  expect(section('sentiment-trend')).toMatch(/<figcaption>Simulated\./);
  expect(section('simulated-shop')).toMatch(/<h2>.*<span class="tag">simulated<\/span><\/h2>/);
  expect(section('simulated-shop')).toContain('clicked 3.0 times as often as the last');
  expect(existsSync(join(directory, 'sentiment-trend.png'))).toBe(true);
});

test('leaves out what there is no data for', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'tendril-report-'));
  const { training: _, sentiment: __, ...less } = made;
  await writeReport(less, directory);
  expect(existsSync(join(directory, 'training.svg'))).toBe(false);
  expect(existsSync(join(directory, 'convergence.svg'))).toBe(true);
});
