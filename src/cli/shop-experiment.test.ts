import { expect, test } from 'vitest';
import { openEngine } from '../adapters/index.ts';
import { type Event, rng } from '../core/index.ts';
import { fullReport, reportCharts } from '../eval/index.ts';
import { memoryLog } from '../log/index.ts';
import { memoryRegistry } from '../registry/index.ts';
import { shopExperiment } from './shop-experiment.ts';

const day = 86_400_000;
const begin = Date.UTC(2017, 4, 1);

/** 60 shoppers of 12 products, bought now and then within half a year. */
async function purchases() {
  const chance = rng(5);
  const events: Event[] = [];
  for (let u = 0; u < 60; u++) {
    for (let n = 0; n < 8; n++) {
      events.push({
        eventId: `${u}-${n}`,
        eventType: 'purchase',
        userId: `u${u}`,
        timestamp: begin + Math.floor((n + chance.float()) * 20 * day),
        items: [{ itemId: `p${chance.int(4) * chance.int(4)}`, quantity: 1, price: 2 + chance.int(3) }],
      });
    }
  }
  const log = memoryLog();
  await log.append(events);
  return log;
}

test('a shop of nothing but purchases shows what is simulated, marked, and never mixes it with what is real', async () => {
  const log = await purchases();
  const size = await log.size();
  const options = {
    name: 'made up',
    notes: [],
    registry: memoryRegistry(),
    engine: openEngine,
    agents: ['popularity', 'markov'],
    seed: 1,
    now: () => 0,
  };
  const shares: number[] = [];
  const experiment = shopExperiment({
    seed: 1,
    seeds: 2,
    interactions: 640,
    slates: 60_000,
    engine: openEngine,
    progress: (done, total) => shares.push(done / total),
  });
  const report = await fullReport(log, { ...options, simulate: experiment });
  const { results, fairness, robustness, segments, sentiment } = await fullReport(log, options);
  expect(report.results).toEqual(results);
  expect(report.fairness).toEqual(fairness);
  expect(report.robustness).toEqual(robustness);
  expect(report.segments).toEqual(segments);
  expect(sentiment).toBeUndefined();
  expect(await log.size()).toBe(size);

  const charts = reportCharts(report);
  expect(charts.map(({ name }) => name)).toEqual(['success', 'training', 'convergence', 'sentiment-trend']);
  expect(charts.every(({ simulated }) => simulated)).toBe(true);
  expect(charts.every(({ takeaway }) => takeaway.endsWith('.'))).toBe(true);
  expect(report.data.notes.at(-1)).toMatch(/simulated/);
  const shop = report.simulatedShop!;
  expect(shop.simulated).toBe(true);
  expect(shop.caption).toMatch(/^Nobody real did any of this/);
  expect(shop.slates).toBeCloseTo(60_000, -2);
  expect(shop.sentiment!.trend!.every(({ period }) => period.startsWith('2017-'))).toBe(true);
  expect(shop.clickRateBySlot).toHaveLength(5);
  expect(report.success!.caption).toMatch(/fitted to the \d+ most frequent of \d+ products \(100 % of all/);
  expect(report.success!.rows.map(({ behind }) => behind !== undefined)).toEqual([
    false,
    true,
    true,
    true,
    true,
  ]);
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
  expect(shares.at(-1)).toBeCloseTo(1, 5);
}, 120_000);
