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
  readonly paper: string;
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
    paper: '#ffffff',
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
    paper: '#141a21',
  },
];

/** A picture: its name as a file, what it says in words and in numbers, and its drawing as a chart option (plain data). */
export interface Chart {
  readonly name: string;
  readonly title: string;
  /** What there is to see in these data, and the honest conclusion. */
  readonly takeaway: string;
  /** How to read it, for those who have never heard of the thing shown. */
  readonly explanation: string;
  readonly simulated: boolean;
  readonly height: number;
  /** The same as a table, for those who do not see pictures. */
  readonly numbers: { readonly columns: readonly string[]; readonly rows: readonly (readonly string[])[] };
  /** `narrow` is for the width of a phone. */
  option(theme: Theme, narrow: boolean): Readonly<Record<string, unknown>>;
}

export type ChartOption = ReturnType<Chart['option']>;

export const font = { fontFamily: 'DejaVu Sans, system-ui, sans-serif' };

export const frame = (theme: Theme, narrow: boolean, extra: ChartOption): ChartOption => ({
  animation: false,
  textStyle: { ...font, color: theme.ink },
  grid: narrow ? { left: 46, right: 46, top: 64, bottom: 48 } : { left: 64, right: 64, top: 44, bottom: 52 },
  ...extra,
});

/** Where there is one axis of values and no legend. */
export const plainGrid = (narrow: boolean): ChartOption =>
  narrow ? { left: 46, right: 16, top: 40, bottom: 32 } : { left: 64, right: 24, top: 40, bottom: 40 };

export const axis = (theme: Theme, extra: ChartOption): ChartOption => ({
  axisLabel: { color: theme.faint, ...font },
  nameTextStyle: { color: theme.faint, ...font },
  axisLine: { lineStyle: { color: theme.grid } },
  splitLine: { lineStyle: { color: theme.grid } },
  axisTick: { show: false },
  ...extra,
});

export const legend = (theme: Theme, narrow: boolean): ChartOption => ({
  top: 2,
  itemGap: narrow ? 12 : 48,
  icon: 'roundRect',
  textStyle: { color: theme.ink, ...font },
});

export const line = (name: string, color: string, data: readonly unknown[], yAxisIndex = 0): ChartOption => ({
  name,
  type: 'line',
  data,
  symbol: 'circle',
  symbolSize: 5,
  yAxisIndex,
  lineStyle: { width: 2.5, color },
  itemStyle: { color },
});

/** Four digits are more than a picture shows. */
export const round = (value: number): number => Number(value.toPrecision(4));
/** A share as people say it: 6.2 %. */
export const percent = (share: number): string => `${Number((100 * share).toFixed(1))} %`;
export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
