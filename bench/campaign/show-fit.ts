import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { drawSvg } from '../../src/adapters/charts.ts';
import { campaignFeature as feature, type World, worldNamed } from '../../src/world/index.ts';
import { record, rounded } from '../record.ts';
import type { CouponFigures } from './complete-journey.ts';
import {
  arms,
  type Cell,
  departments,
  type fitHillstrom,
  histories,
  type readHillstrom,
  recencies,
} from './hillstrom.ts';

const seed = 2008;
const customers = 400_000;
const twoWeeks = 28;

interface Rate {
  readonly of: string;
  readonly arm: string;
  readonly real: number;
  readonly low: number;
  readonly high: number;
  readonly simulated: number;
}

interface Played {
  /** By cell: shoppers, who visited, who bought. */
  readonly cells: { n: number; visits: number; conversions: number }[];
  readonly spend: number;
}

/** Plays the world as Hillstrom's experiment was done, writes what came of it beside the real counts, and draws it. */
export async function showFit({
  hillstrom,
  fit,
  coupons,
  root,
}: {
  readonly hillstrom: ReturnType<typeof readHillstrom>;
  readonly fit: ReturnType<typeof fitHillstrom>;
  readonly coupons: CouponFigures;
  readonly root: string;
}): Promise<void> {
  // No message, news by e-mail (the men's e-mail), a bundle by e-mail (the women's).
  const played = [0, 1, 6].map(playTrial);
  const visits = ratesOf(hillstrom.cells, played, 'visits');
  const conversions = ratesOf(hillstrom.cells, played, 'conversions');
  const rows = [
    ...visits.map((rate) => ({ what: 'Hillstrom visit', ...rate })),
    ...conversions.map((rate) => ({ what: 'Hillstrom conversion', ...rate })),
    ...arms.map((arm, i) => ({
      what: 'Hillstrom spend',
      of: 'all',
      arm,
      simulated: rounded(played[i]!.spend),
    })),
    ...coupons.types.map(({ type, mailed, redeemed }) => ({
      what: 'Complete Journey redeemed (observational)',
      of: type,
      mailed,
      real: rounded(redeemed / mailed),
    })),
    ...redemptions(coupons),
    ...waits(coupons),
  ];
  const within = (rates: readonly Rate[]): string =>
    `${rates.filter(({ low, high, simulated }) => simulated >= low && simulated <= high).length} of ${rates.length}`;
  record('campaign-calibration', {
    command: 'TENDRIL_DATASETS=... node bench/campaign-calibration.ts',
    data: 'Hillstrom e-mails (64,000 customers, randomised); Complete Journey coupons (6,589 mailings, observational)',
    seeds: [seed],
    notes: [
      `simulated: ${customers} shoppers an arm, one message in the first slot, two weeks; rates of all and by department, recency, history`,
      `visit rates within the 95 % interval of the real one: ${within(visits)}; conversion rates: ${within(conversions)}`,
      `logistic model of visits: chi-squared ${rounded(fit.visitFit.chiSquared)} on ${fit.visitFit.degrees} degrees; of purchases by visitors: ${rounded(fit.convertFit.chiSquared)} on ${fit.convertFit.degrees}`,
    ],
    rows,
  });
  writeFileSync(
    join(root, 'docs/pictures/campaign-v2-fit.svg'),
    drawSvg(picture(visits, coupons), 1000, 900),
  );
}

function playTrial(action: number): Played {
  const world = worldNamed('campaign-v2').create(customers, { fatigue: false, money: 'drawn', stock: 1 });
  const { size } = world.observation;
  const first = world.reset(seed).slice();
  const visited = new Uint8Array(customers);
  const bought = new Uint8Array(customers);
  let dollars = 0;
  for (let slot = 0; slot < twoWeeks; slot++) {
    world.step(new Int32Array(customers).fill(slot === 0 ? action : 0));
    eachEvent(world, (i, { type, value = 0 }) => {
      // Hillstrom's customers all took e-mail.
      if (first[i * size + feature.consent] === 0) return;
      if (type === 'view') visited[i] = 1;
      if (type !== 'purchase') return;
      bought[i] = 1;
      dollars += value;
    });
  }
  const cells = Array.from({ length: 60 }, () => ({ n: 0, visits: 0, conversions: 0 }));
  let all = 0;
  for (let i = 0; i < customers; i++) {
    const at = i * size;
    if (first[at + feature.consent] === 0) continue;
    const cell = cells[cellOf(first, at)]!;
    cell.n++;
    cell.visits += visited[i]!;
    cell.conversions += bought[i]!;
    all++;
  }
  return { cells, spend: dollars / all };
}

function eachEvent(world: World, take: (i: number, event: { type: string; value?: number }) => void): void {
  world.info!().forEach(({ events }, i) => {
    for (const event of events) take(i, event);
  });
}

function cellOf(seen: Float32Array, at: number): number {
  const days = seen[at + feature.lastPurchaseDays]!;
  const recency = days < 91 ? 0 : days < 183 ? 1 : days < 274 ? 2 : 3;
  const spent = seen[at + feature.monetaryValue]!;
  const history = [100, 200, 350, 500].filter((from) => spent >= from).length;
  return ((seen[at + feature.department]! - 1) * recencies.length + recency) * histories.length + history;
}

/** Real (with its 95 % interval, Wilson's) and simulated rate of all and of each department, recency and history, by arm. */
function ratesOf(cells: readonly Cell[], played: readonly Played[], what: 'visits' | 'conversions'): Rate[] {
  const groups: { of: string; has: (cell: Cell) => boolean }[] = [
    { of: 'all', has: () => true },
    ...departments.map((of, i) => ({ of: `buys ${of}`, has: (cell: Cell) => cell.department === i })),
    ...recencies.map((of, i) => ({ of: `bought ${of} ago`, has: (cell: Cell) => cell.recency === i })),
    ...histories.map((of, i) => ({ of: `spent ${of}`, has: (cell: Cell) => cell.history === i })),
  ];
  return groups.flatMap(({ of, has }) =>
    arms.map((arm, a) => {
      const [real, simulated] = [
        { n: 0, y: 0 },
        { n: 0, y: 0 },
      ];
      cells.forEach((cell, i) => {
        if (!has(cell)) return;
        real.n += cell.customers[a]!;
        real.y += cell[what][a]!;
        simulated.n += played[a]!.cells[i]!.n;
        simulated.y += played[a]!.cells[i]![what];
      });
      const p = real.y / real.n;
      const z = 1.96;
      const centre = (p + z ** 2 / (2 * real.n)) / (1 + z ** 2 / real.n);
      const half =
        (z * Math.sqrt((p * (1 - p)) / real.n + z ** 2 / (4 * real.n ** 2))) / (1 + z ** 2 / real.n);
      return {
        of,
        arm,
        real: rounded(p),
        low: rounded(centre - half),
        high: rounded(centre + half),
        simulated: rounded(simulated.y / simulated.n),
      };
    }),
  );
}

/** Households by how many type A campaigns they redeemed: counted, and as the two kinds of the world would. */
function redemptions({ counts, kinds }: CouponFigures): Record<string, unknown>[] {
  const real = new Array<number>(5).fill(0);
  const expected = new Array<number>(5).fill(0);
  const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n - 1, k - 1) * n) / k);
  counts.forEach((households, n) => {
    const all = households.reduce((a, b) => a + b, 0);
    households.forEach((count, k) => {
      real[Math.min(4, k)]! += count;
      const of = (p: number): number => choose(n, k) * p ** k * (1 - p) ** (n - k);
      expected[Math.min(4, k)]! += all * (kinds.share * of(kinds.high) + (1 - kinds.share) * of(kinds.low));
    });
  });
  return real.map((count, k) => ({
    what: 'Complete Journey households by type A campaigns redeemed (observational)',
    of: k,
    real: count,
    simulated: rounded(expected[k]!),
  }));
}

/** Share of redemptions that came within so many weeks of those within four, and what the world's answers do. */
function waits({
  delays,
  dailyHazard,
}: CouponFigures): { what: string; of: string; real: number; simulated: number }[] {
  const within = delays.filter((days) => days < 28);
  return [1, 2, 3, 4].map((weeks) => ({
    what: 'Complete Journey redeemed within (observational)',
    of: weeks === 1 ? '1 week' : `${weeks} weeks`,
    real: rounded(within.filter((days) => days < 7 * weeks).length / within.length),
    simulated: rounded((1 - (1 - dailyHazard) ** (7 * weeks)) / (1 - (1 - dailyHazard) ** 28)),
  }));
}

const colours = ['#7a7a7a', '#1f6fb2', '#c2571a'];

/** Left: visits by group, real interval as a bar, simulated as a dot. Below: when coupons are redeemed. */
function picture(visits: readonly Rate[], coupons: CouponFigures): Record<string, unknown> {
  const groups = [...new Set(visits.map(({ of }) => of))].reverse();
  const place = ({ of, arm }: Rate): number =>
    groups.indexOf(of) + (1 - arms.indexOf(arm as (typeof arms)[number])) * 0.24;
  const waited = waits(coupons);
  const percent = (value: number): string => `${Math.round(100 * value)} %`;
  return {
    animation: false,
    backgroundColor: '#ffffff',
    textStyle: { fontFamily: 'DejaVu Sans, sans-serif' },
    title: [
      {
        text: 'Who visits within two weeks: Hillstrom (bar: 95 % interval) and campaign-v2 (dot)',
        left: 20,
        top: 10,
        textStyle: { fontSize: 15 },
      },
      {
        text: 'When coupons are redeemed, of those within four weeks: Complete Journey (observational) and campaign-v2',
        left: 20,
        top: 655,
        textStyle: { fontSize: 15 },
      },
    ],
    legend: [
      { top: 38, itemGap: 30, data: [...arms] },
      { top: 683, itemGap: 30, data: ['Complete Journey', 'campaign-v2'] },
    ],
    grid: [
      { left: 190, right: 30, top: 70, height: 540 },
      { left: 190, right: 30, top: 715, height: 140 },
    ],
    xAxis: [
      { type: 'value', gridIndex: 0, min: 0, axisLine: { onZero: false }, axisLabel: { formatter: percent } },
      { type: 'category', gridIndex: 1, data: waited.map(({ of }) => of) },
    ],
    yAxis: [
      {
        type: 'value',
        gridIndex: 0,
        min: -0.5,
        max: groups.length - 0.5,
        interval: 0.5,
        splitLine: { show: false },
        axisTick: { show: false },
        axisLabel: { formatter: (value: number) => groups[value] ?? '' },
      },
      { type: 'value', gridIndex: 1, max: 1, axisLabel: { formatter: percent } },
    ],
    series: [
      ...arms.flatMap((arm, a) => {
        const of = visits.filter((rate) => rate.arm === arm);
        return [
          ...of.map((rate) => ({
            name: arm,
            type: 'line',
            symbol: 'none',
            color: colours[a],
            lineStyle: { width: 7, opacity: 0.4 },
            data: [
              [rate.low, place(rate)],
              [rate.high, place(rate)],
            ],
          })),
          {
            name: arm,
            type: 'scatter',
            color: colours[a],
            symbolSize: 7,
            data: of.map((rate) => [rate.simulated, place(rate)]),
          },
        ];
      }),
      {
        name: 'Complete Journey',
        type: 'bar',
        xAxisIndex: 1,
        yAxisIndex: 1,
        color: '#7a7a7a',
        data: waited.map(({ real }) => real),
      },
      {
        name: 'campaign-v2',
        type: 'bar',
        xAxisIndex: 1,
        yAxisIndex: 1,
        color: '#1f6fb2',
        data: waited.map(({ simulated }) => simulated),
      },
    ],
  };
}
