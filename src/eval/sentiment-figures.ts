import type { SentimentFigures } from './report.ts';

/** A review as the report needs it. `timestamp` in milliseconds since 1970, missing where the source has no dates. */
export interface ReviewText {
  readonly text: string;
  readonly timestamp?: number;
  readonly stars?: number;
}

const day = 86_400_000;
/** The usual cut-offs of the compound score (Hutto & Gilbert 2014). */
const cut = 0.05;

/**
 * The distribution of sentiment, its mean by stars and its course over time, in one pass over the texts.
 * `score` is the compound score of a text, -1 to +1. Texts of nothing but white space are left out.
 */
export async function sentimentFigures(
  reviews: AsyncIterable<ReviewText> | Iterable<ReviewText>,
  score: (text: string) => number,
  about: { readonly source: string; readonly simulated: boolean },
): Promise<SentimentFigures | undefined> {
  const scored: { score: number; timestamp: number | undefined; stars: number | undefined }[] = [];
  for await (const { text, timestamp, stars } of reviews) {
    if (text.trim() !== '') scored.push({ score: score(text), timestamp, stars });
  }
  if (scored.length === 0) return undefined;
  const positive = scored.filter((review) => review.score >= cut).length;
  const negative = scored.filter((review) => review.score <= -cut).length;
  const dated = scored.filter(
    (review): review is typeof review & { timestamp: number } => review.timestamp !== undefined,
  );
  const starred = scored.filter((review) => review.stars !== undefined);
  const trend = dated.length > 0 ? trendOf(dated) : [];
  return {
    ...about,
    positive,
    negative,
    neutral: scored.length - positive - negative,
    ...(trend.length > 1 ? { trend } : {}),
    ...(starred.length > 0 ? { byStars: byStars(starred) } : {}),
  };
}

function trendOf(
  dated: readonly { score: number; timestamp: number }[],
): NonNullable<SentimentFigures['trend']> {
  let first = Infinity;
  let last = -Infinity;
  for (const { timestamp } of dated) {
    first = Math.min(first, timestamp);
    last = Math.max(last, timestamp);
  }
  const nameOf = periodNames(last - first);
  const periods = new Map<string, number[]>();
  for (const { score, timestamp } of [...dated].sort((a, b) => a.timestamp - b.timestamp)) {
    const name = nameOf(timestamp);
    const scores = periods.get(name);
    if (scores) scores.push(score);
    else periods.set(name, [score]);
  }
  return [...periods].map(([period, scores]) => ({ period, ...meanWithRange(scores), texts: scores.length }));
}

/** Periods short enough for a line, long enough to hold some texts: days, months, quarters or years by the whole span. */
function periodNames(span: number): (timestamp: number) => string {
  const iso = (timestamp: number): string => new Date(timestamp).toISOString();
  if (span < 45 * day) return (timestamp) => iso(timestamp).slice(0, 10);
  if (span < 3 * 365 * day) return (timestamp) => iso(timestamp).slice(0, 7);
  if (span < 8 * 365 * day)
    return (timestamp) =>
      `${iso(timestamp).slice(0, 4)} Q${Math.floor(new Date(timestamp).getUTCMonth() / 3) + 1}`;
  return (timestamp) => iso(timestamp).slice(0, 4);
}

/** Mean and its 95 % range by the normal approximation; a single value has no range. */
function meanWithRange(values: readonly number[]): { mean: number; low: number; high: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (values.length < 2) return { mean, low: mean, high: mean };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  const half = 1.96 * Math.sqrt(variance / values.length);
  return { mean, low: mean - half, high: mean + half };
}

function byStars(
  starred: readonly { score: number; stars: number | undefined }[],
): NonNullable<SentimentFigures['byStars']> {
  const groups = new Map<number, number[]>();
  for (const { score, stars } of starred) {
    const rounded = Math.round(stars!);
    const scores = groups.get(rounded);
    if (scores) scores.push(score);
    else groups.set(rounded, [score]);
  }
  return [...groups]
    .sort(([a], [b]) => a - b)
    .map(([stars, scores]) => ({ stars, mean: meanWithRange(scores).mean, texts: scores.length }));
}
