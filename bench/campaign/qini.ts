import { rng } from '../../src/core/index.ts';
import type { CampaignLog } from '../../src/measure/index.ts';

/**
 * The Qini curve (Radcliffe 2007, "Using control groups to target on predicted lift"): customers in the order of a ranking;
 * at the first share of them, how many more of the treated answered than of as many controls,
 *
 *   Q(share) = R_t - R_c N_t / N_c,   here per 1,000 treated customers of all
 *
 * A random ranking gives the straight line to the end. `area` is the mean height above it.
 */
export interface QiniCurve {
  /** At shares 0, .05 .. 1. */
  readonly heights: readonly number[];
  /** 95 % of 200 resamples of the customers, at the same shares. */
  readonly low: readonly number[];
  readonly high: readonly number[];
  readonly area: number;
  readonly areaLow: number;
  readonly areaHigh: number;
}

const steps = 20;
const resamples = 200;

export function qini(
  log: CampaignLog,
  ranking: Float64Array,
  [treated, control]: readonly [string, string] | readonly string[],
): QiniCurve {
  const [t, c] = [log.actions.indexOf(treated!), log.actions.indexOf(control!)];
  const ranked = Array.from({ length: log.n }, (_, i) => i)
    .filter((i) => log.action[i] === t || log.action[i] === c)
    .sort((a, b) => ranking[b]! - ranking[a]! || a - b);
  const heights = (times: (k: number) => number): number[] => {
    const all = ranked.reduce((sum, _, k) => sum + times(k), 0);
    const counts = { treated: 0, control: 0, visits: 0, others: 0 };
    const curve = [0];
    let done = 0;
    for (const [k, row] of ranked.entries()) {
      const n = times(k);
      done += n;
      if (log.action[row] === t) {
        counts.treated += n;
        counts.visits += n * log.reward[row]!;
      } else {
        counts.control += n;
        counts.others += n * log.reward[row]!;
      }
      while (curve.length <= steps && done >= (curve.length * all) / steps)
        curve.push(counts.visits - (counts.others * counts.treated) / Math.max(1, counts.control));
    }
    return curve.map((height) => (1000 * height) / counts.treated);
  };
  const own = heights(() => 1);
  const stream = rng('qini');
  const drawn = Array.from({ length: resamples }, () => {
    const times = new Int32Array(ranked.length);
    for (let i = 0; i < ranked.length; i++) times[stream.int(ranked.length)]!++;
    return heights((k) => times[k]!);
  });
  const areas = drawn.map(areaOf).sort((a, b) => a - b);
  const ends = own.map((_, step) => drawn.map((curve) => curve[step]!).sort((a, b) => a - b));
  return {
    heights: own,
    low: ends.map((sorted) => sorted[Math.floor(0.025 * resamples)]!),
    high: ends.map((sorted) => sorted[Math.ceil(0.975 * resamples) - 1]!),
    area: areaOf(own),
    areaLow: areas[Math.floor(0.025 * resamples)]!,
    areaHigh: areas[Math.ceil(0.975 * resamples) - 1]!,
  };
}

const areaOf = (curve: readonly number[]): number =>
  curve.reduce((sum, height, step) => sum + height - (curve[steps]! * step) / steps, 0) / steps;

const colours = ['#1b7f5c', '#3d5a9e', '#b8442f', '#8a6d1f'];

/** The mean curve of each agent over its splits; the first agent's with the band of its first split. */
export function drawQini(
  curves: ReadonlyMap<string, readonly QiniCurve[]>,
  names: readonly string[],
): Readonly<Record<string, unknown>> {
  const mean = (all: readonly QiniCurve[], step: number): number =>
    all.reduce((sum, { heights }) => sum + heights[step]! / all.length, 0);
  const line = (values: readonly number[]): (readonly [number, number])[] =>
    values.map((value, step) => [(100 * step) / steps, value]);
  const shown = curves.get(names[0]!)!;
  const first = shown[0]!;
  const end = mean(shown, steps);
  const text = { fontFamily: 'DejaVu Sans, system-ui, sans-serif', color: '#1c2430' };
  return {
    animation: false,
    backgroundColor: '#ffffff',
    textStyle: text,
    title: {
      text: 'Whom the men’s e-mail makes visit: Qini curves on customers not learned from',
      left: 16,
      top: 12,
      textStyle: { ...text, fontSize: 16 },
      subtext: `Hillstrom’s test; means of ${shown.length} splits; band: 95 % of the first split of ${names[0]}`,
    },
    legend: { bottom: 8, data: [...names, 'random ranking'], textStyle: text },
    grid: { left: 70, right: 30, top: 80, bottom: 80 },
    xAxis: {
      type: 'value',
      min: 0,
      max: 100,
      name: 'share of customers mailed, best-ranked first (%)',
      nameLocation: 'middle',
      nameGap: 28,
    },
    yAxis: { type: 'value', name: 'extra visits per 1,000 customers', nameLocation: 'middle', nameGap: 46 },
    series: [
      {
        name: 'low',
        type: 'line',
        stack: 'band',
        stackStrategy: 'all',
        data: line(first.low),
        symbol: 'none',
        lineStyle: { opacity: 0 },
      },
      {
        name: 'band',
        type: 'line',
        stack: 'band',
        stackStrategy: 'all',
        data: line(first.high.map((high, step) => high - first.low[step]!)),
        symbol: 'none',
        lineStyle: { opacity: 0 },
        areaStyle: { color: colours[0], opacity: 0.12 },
      },
      {
        name: 'random ranking',
        type: 'line',
        data: [
          [0, 0],
          [100, end],
        ],
        symbol: 'none',
        lineStyle: { color: '#5b6675', type: 'dashed' },
        itemStyle: { color: '#5b6675' },
      },
      ...names.map((name, i) => ({
        name,
        type: 'line',
        data: line(first.heights.map((_, step) => mean(curves.get(name)!, step))),
        symbol: 'none',
        lineStyle: { color: colours[i], width: 2 },
        itemStyle: { color: colours[i] },
      })),
    ],
  };
}
