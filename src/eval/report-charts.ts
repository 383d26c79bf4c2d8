import type { Report } from './report.ts';

/** Colours of one look. */
export interface Theme {
  readonly name: 'light' | 'dark';
  readonly ink: string;
  readonly faint: string;
  readonly grid: string;
  readonly good: string;
  readonly neutral: string;
  readonly bad: string;
  readonly accent: string;
  readonly second: string;
}

export const themes: readonly Theme[] = [
  {
    name: 'light',
    ink: '#1c2430',
    faint: '#5b6675',
    grid: '#e3e7ec',
    good: '#1b7f5c',
    neutral: '#9aa5b1',
    bad: '#b8442f',
    accent: '#1b7f5c',
    second: '#3d5a9e',
  },
  {
    name: 'dark',
    ink: '#e8ecf1',
    faint: '#a3afbd',
    grid: '#313a46',
    good: '#4cc79a',
    neutral: '#7d8997',
    bad: '#f0836b',
    accent: '#4cc79a',
    second: '#8fa9ef',
  },
];

/** A picture: its name as a file, what it says in words, and its drawing as a chart option (plain data). */
export interface Chart {
  readonly name: string;
  readonly title: string;
  /** For those who have never heard of the thing shown. */
  readonly explanation: string;
  readonly simulated: boolean;
  readonly height: number;
  option(theme: Theme): Readonly<Record<string, unknown>>;
}

/** The pictures a report has data for, in the order they are shown. */
export function reportCharts(report: Report): Chart[] {
  return [
    successChart(report),
    trainingChart(report),
    convergenceChart(report),
    sentimentChart(report),
    trendChart(report),
  ].filter((chart) => chart !== undefined);
}

const font = { fontFamily: 'DejaVu Sans, system-ui, sans-serif' };

function frame(theme: Theme, extra: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return {
    animation: false,
    textStyle: { ...font, color: theme.ink },
    grid: { left: 64, right: 64, top: 40, bottom: 52 },
    ...extra,
  };
}

const axis = (theme: Theme, extra: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => ({
  axisLabel: { color: theme.faint, ...font },
  nameTextStyle: { color: theme.faint, ...font },
  axisLine: { lineStyle: { color: theme.grid } },
  splitLine: { lineStyle: { color: theme.grid } },
  axisTick: { show: false },
  ...extra,
});

const round = (value: number): number => Number(value.toPrecision(4));

function trainingChart({ training }: Report): Chart | undefined {
  if (!training) return undefined;
  const x = training.epochs.map((point) => String(point.epoch));
  const line = (name: string, color: string, values: number[], yAxisIndex = 0) => ({
    name,
    type: 'line',
    data: values.map(round),
    symbol: 'circle',
    symbolSize: 6,
    yAxisIndex,
    lineStyle: { width: 2.5, color },
    itemStyle: { color },
  });
  return {
    name: 'training',
    title: `How ${training.agent} learned`,
    explanation: `After each round of practice (epoch) the agent was tested. Precision: of the ${training.k} products shown, the share that was clicked. Recall: the share of lists in which the shopper found something to click (one product is wanted at a time). Reward: what a shopper's clicks and purchases added up to. Lines that rise and then stay level mean it has learned what there is to learn.`,
    simulated: training.simulated,
    height: 340,
    option: (theme) =>
      frame(theme, {
        legend: { top: 4, itemGap: 48, icon: 'roundRect', textStyle: { color: theme.ink, ...font } },
        xAxis: axis(theme, { type: 'category', data: x, name: 'epoch', nameLocation: 'middle', nameGap: 30 }),
        yAxis: [
          axis(theme, { type: 'value', name: 'precision, recall', scale: true }),
          axis(theme, { type: 'value', name: 'reward', scale: true, splitLine: { show: false } }),
        ],
        series: [
          line(
            `precision@${training.k}`,
            theme.second,
            training.epochs.map((point) => point.precision),
          ),
          line(
            `recall@${training.k}`,
            theme.neutral,
            training.epochs.map((point) => point.recall),
          ),
          line(
            'cumulative reward',
            theme.accent,
            training.epochs.map((point) => point.reward),
            1,
          ),
        ],
      }),
  };
}

function sentimentChart({ sentiment }: Report): Chart | undefined {
  if (!sentiment) return undefined;
  const total = Math.max(1, sentiment.positive + sentiment.neutral + sentiment.negative);
  const share = (count: number): number => round((100 * count) / total);
  return {
    name: 'sentiment',
    title: 'What shoppers say',
    explanation: `Each review was read word by word and scored from -1 (very negative) to +1 (very positive). Positive: .05 or more. Negative: -.05 or less. ${total.toLocaleString('en')} texts: ${sentiment.source}.`,
    simulated: sentiment.simulated,
    height: 300,
    option: (theme) => {
      const bars = [
        { value: share(sentiment.positive), itemStyle: { color: theme.good } },
        { value: share(sentiment.neutral), itemStyle: { color: theme.neutral } },
        { value: share(sentiment.negative), itemStyle: { color: theme.bad } },
      ];
      return frame(theme, {
        xAxis: axis(theme, { type: 'category', data: ['positive', 'neutral', 'negative'] }),
        yAxis: axis(theme, { type: 'value', name: '% of texts' }),
        series: [
          {
            type: 'bar',
            data: bars,
            barWidth: '48%',
            label: { show: true, position: 'top', formatter: '{c} %', color: theme.ink, ...font },
          },
        ],
      });
    },
  };
}

function convergenceChart({ convergence }: Report): Chart | undefined {
  if (!convergence) return undefined;
  const series = (name: string, color: string, pick: 'meanMaxQ' | 'tdError', yAxisIndex: number) => ({
    name,
    type: 'line',
    showSymbol: false,
    yAxisIndex,
    lineStyle: { width: 2.5, color },
    itemStyle: { color },
    data: convergence.points.map((point) => [point.step, round(point[pick])]),
  });
  return {
    name: 'convergence',
    title: `Does ${convergence.agent} settle?`,
    explanation:
      "The Q-value is the agent's own estimate of the reward still to come from a shopper, here the average over a fixed set of situations. The error is how far the estimates were off at each step. Estimates that level out and errors that shrink mean the learning has settled; a line that keeps climbing would mean it fools itself.",
    simulated: convergence.simulated,
    height: 320,
    option: (theme) =>
      frame(theme, {
        legend: { top: 4, itemGap: 48, icon: 'roundRect', textStyle: { color: theme.ink, ...font } },
        xAxis: axis(theme, { type: 'value', name: 'interactions', nameLocation: 'middle', nameGap: 30 }),
        yAxis: [
          axis(theme, { type: 'value', name: 'expected reward (Q)', scale: true }),
          axis(theme, { type: 'value', name: 'error', scale: true, splitLine: { show: false } }),
        ],
        series: [
          series('mean of the best Q-value', theme.accent, 'meanMaxQ', 0),
          series('mean error (TD)', theme.bad, 'tdError', 1),
        ],
      }),
  };
}

function successChart({ success, winner }: Report): Chart | undefined {
  if (!success || success.rows.length === 0) return undefined;
  const rows = [...success.rows].sort((a, b) => a.value - b.value);
  return {
    name: 'success',
    title: 'Visits that end in a purchase',
    explanation: `${success.caption} The thin line on each bar is the range in which the true value lies with 95 % confidence: where two ranges overlap widely, do not read much into the difference.`,
    simulated: success.simulated,
    height: 90 + 34 * rows.length,
    option: (theme) =>
      frame(theme, {
        grid: { left: 150, right: 40, top: 16, bottom: 48 },
        xAxis: axis(theme, { type: 'value', name: '% of visits', nameLocation: 'middle', nameGap: 28 }),
        yAxis: axis(theme, {
          type: 'category',
          data: rows.map((row) => row.agent),
          splitLine: { show: false },
        }),
        series: [
          {
            type: 'bar',
            barWidth: 18,
            data: rows.map((row) => ({
              value: round(100 * row.value),
              itemStyle: { color: row.agent === winner?.agent ? theme.accent : theme.neutral },
            })),
          },
          // Whiskers as a line for each bar, so that the drawing stays plain data.
          ...rows.map((row, place) => ({
            type: 'line',
            symbol: 'rect',
            symbolSize: [2, 10],
            silent: true,
            z: 3,
            lineStyle: { color: theme.ink, width: 1.5 },
            itemStyle: { color: theme.ink },
            data: [
              [round(100 * row.low), place],
              [round(100 * row.high), place],
            ],
          })),
        ],
      }),
  };
}

function trendChart({ sentiment }: Report): Chart | undefined {
  const trend = sentiment?.trend;
  if (!sentiment || !trend || trend.length < 2) return undefined;
  return {
    name: 'sentiment-trend',
    title: 'Sentiment over time',
    explanation:
      'The average score of the reviews of each period, with its 95 % range. A wide range means few reviews.',
    simulated: sentiment.simulated,
    height: 320,
    option: (theme) =>
      frame(theme, {
        xAxis: axis(theme, { type: 'category', data: trend.map((point) => point.period) }),
        yAxis: axis(theme, { type: 'value', name: 'mean score, -1 to +1', scale: true }),
        series: [
          {
            type: 'line',
            data: trend.map((point) => round(point.low)),
            stack: 'range',
            stackStrategy: 'all',
            symbol: 'none',
            lineStyle: { opacity: 0 },
            silent: true,
          },
          {
            type: 'line',
            data: trend.map((point) => round(point.high - point.low)),
            stack: 'range',
            stackStrategy: 'all',
            symbol: 'none',
            lineStyle: { opacity: 0 },
            areaStyle: { color: theme.second, opacity: 0.22 },
            silent: true,
          },
          {
            type: 'line',
            data: trend.map((point) => round(point.mean)),
            symbol: 'circle',
            symbolSize: 5,
            lineStyle: { width: 2.5, color: theme.second },
            itemStyle: { color: theme.second },
          },
        ],
      }),
  };
}
