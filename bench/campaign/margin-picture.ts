interface Shown {
  readonly variant: string;
  readonly contender: string;
  readonly margin?: unknown;
}

const colours: Readonly<Record<string, string>> = {
  'no contact': '#b9bcc2',
  'fixed rule': '#8c9199',
  marketer: '#5d636d',
  'lin-ucb': '#d9a441',
  thompson: '#c2571a',
  ppo: '#1f6fb2',
};

/** Bars of the margin of each contender in each variant. */
export function marginPicture(rows: readonly Shown[]): Record<string, unknown> {
  const names = [...new Set(rows.map(({ variant }) => variant))];
  const contenders = Object.keys(colours).filter((name) => rows.some(({ contender }) => contender === name));
  const marginOf = (variant: string, contender: string): number | null => {
    const row = rows.find((r) => r.variant === variant && r.contender === contender);
    return (row?.margin as { mean: number } | undefined)?.mean ?? null;
  };
  return {
    animation: false,
    backgroundColor: '#ffffff',
    textStyle: { fontFamily: 'DejaVu Sans, sans-serif' },
    title: {
      text: 'campaign-v2: net margin of eight weeks, dollars a shopper',
      left: 20,
      top: 10,
      textStyle: { fontSize: 15 },
    },
    legend: { top: 40, left: 20, itemGap: 18, data: contenders },
    grid: { left: 50, right: 20, top: 80, bottom: 35 },
    xAxis: { type: 'category', data: names, axisLine: { onZero: false }, axisTick: { show: false } },
    yAxis: { type: 'value' },
    series: contenders.map((name) => ({
      name,
      type: 'bar',
      color: colours[name],
      barGap: '5%',
      label: {
        show: true,
        position: 'top',
        fontSize: 10,
        formatter: ({ value }: { value: number | null }) => (value === null ? '' : value.toFixed(1)),
      },
      data: names.map((variant) => marginOf(variant, name)),
    })),
  };
}
