import { axis, type Chart, font, frame, percent, plainGrid, round } from './chart-frame.ts';
import type { Report, SentimentFigures } from './report.ts';

/** (2) */
export function sentimentChart({ sentiment }: Report): Chart | undefined {
  if (!sentiment) return undefined;
  const kinds = ['positive', 'neutral', 'negative'] as const;
  const total = Math.max(1, sentiment.positive + sentiment.neutral + sentiment.negative);
  const share = (kind: (typeof kinds)[number]): number => sentiment[kind] / total;
  return {
    name: 'sentiment',
    title: 'What shoppers say',
    takeaway: `Of the texts ${Math.round(100 * share('positive'))} % are positive and ${Math.round(100 * share('negative'))} % negative.${byStars(sentiment)}`,
    explanation: `Each review was read word by word and scored from -1 (very negative) to +1 (very positive). Positive: .05 or more. Negative: -.05 or less. ${total.toLocaleString('en')} texts: ${sentiment.source}.`,
    simulated: sentiment.simulated,
    height: 300,
    numbers: {
      columns: ['sentiment', 'texts', 'share'],
      rows: kinds.map((kind) => [kind, sentiment[kind].toLocaleString('en'), percent(share(kind))]),
    },
    option: (theme, narrow) => {
      const colors = { positive: theme.good, neutral: theme.neutral, negative: theme.bad };
      return frame(theme, narrow, {
        grid: plainGrid(narrow),
        xAxis: axis(theme, { type: 'category', data: kinds }),
        yAxis: axis(theme, { type: 'value', name: '% of texts' }),
        series: [
          {
            type: 'bar',
            data: kinds.map((kind) => ({
              value: Number((100 * share(kind)).toFixed(1)),
              itemStyle: { color: colors[kind] },
            })),
            barWidth: '48%',
            label: { show: true, position: 'top', formatter: '{c} %', color: theme.ink, ...font },
          },
        ],
      });
    },
  };
}

function byStars({ byStars: rows = [] }: SentimentFigures): string {
  const [low, high] = [rows.find(({ stars }) => stars === 1), rows.find(({ stars }) => stars === 5)];
  if (!low || !high) return '';
  const right = low.mean < high.mean;
  return ` Texts with one star score ${low.mean.toFixed(2)} on average, those with five ${high.mean.toFixed(2)}: the score ${right ? 'follows' : 'does not follow'} what shoppers meant${right && low.mean > 0 ? ', though it reads even angry texts as mildly positive' : ''}.`;
}

/** (6): the shop's own reviews where they have dates, else those of simulated shoppers. */
export function trendChart({ sentiment, simulatedShop }: Report): Chart | undefined {
  const shown = sentiment?.trend ? sentiment : simulatedShop?.sentiment;
  const trend = shown?.trend;
  if (!shown || !trend || trend.length < 2) return undefined;
  const texts = trend.reduce((sum, point) => sum + point.texts, 0).toLocaleString('en');
  return {
    name: 'sentiment-trend',
    title: 'Sentiment over time',
    takeaway: course(trend),
    explanation: shown.simulated
      ? `This shop has no dated reviews, so these ${texts} are invented: simulated shoppers of a shop fitted to this one wrote them, on the days of the simulated year. The line is the average score of each period, the band its 95 % range. In a shop with dated reviews of its own this picture shows those.`
      : `The average score of each period, from -1 to +1, and as a band its 95 % range: a wide band means few reviews. ${texts} texts: ${shown.source}.`,
    simulated: shown.simulated,
    height: 320,
    numbers: {
      columns: ['period', 'mean score', 'at least', 'at most', 'texts'],
      rows: trend.map(({ period, mean, low, high, texts: count }) => [
        period,
        mean.toFixed(3),
        low.toFixed(3),
        high.toFixed(3),
        count.toLocaleString('en'),
      ]),
    },
    option: (theme, narrow) => {
      const hidden = { symbol: 'none', lineStyle: { opacity: 0 }, silent: true };
      const stacked = { type: 'line', stack: 'range', stackStrategy: 'all', ...hidden };
      return frame(theme, narrow, {
        grid: plainGrid(narrow),
        xAxis: axis(theme, { type: 'category', data: trend.map((point) => point.period) }),
        yAxis: axis(theme, { type: 'value', name: 'mean score, -1 to +1', scale: true }),
        series: [
          { ...stacked, data: trend.map((point) => round(point.low)) },
          {
            ...stacked,
            data: trend.map((point) => round(point.high - point.low)),
            areaStyle: { color: theme.second, opacity: 0.22 },
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
      });
    },
  };
}

/** The first half of the texts' periods beside the second, by the means' own ranges. */
function course(trend: NonNullable<SentimentFigures['trend']>): string {
  const half = trend.length >> 1;
  const pooled = (part: typeof trend): { mean: number; error: number } => {
    const count = part.reduce((sum, point) => sum + point.texts, 0);
    const square = part.reduce(
      (sum, { texts, low, high }) => sum + ((texts / count) * ((high - low) / 3.92)) ** 2,
      0,
    );
    return {
      mean: part.reduce((sum, point) => sum + (point.mean * point.texts) / count, 0),
      error: Math.sqrt(square),
    };
  };
  const [before, after] = [pooled(trend.slice(0, half)), pooled(trend.slice(half))];
  const change = after.mean - before.mean;
  const sure = Math.abs(change) > 1.96 * Math.hypot(before.error, after.error);
  return `The average score is ${before.mean.toFixed(2)} in the first half of the time and ${after.mean.toFixed(2)} in the second: ${sure ? `it ${change > 0 ? 'rose' : 'fell'}, by more than chance explains` : 'no change that chance could not make'}.`;
}
