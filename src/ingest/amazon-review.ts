import { contentHash, type Json } from '../core/index.ts';
import { eventOf } from './event-row.ts';
import { type FileContext, isWrong } from './ingest.ts';
import { readId, readNumber } from './values.ts';

/** A review as all of Amazon's forms tell it. The reviewer's name is not among it and is never stored. */
export interface Review {
  readonly userId: unknown;
  readonly itemId: unknown;
  readonly stars: unknown;
  readonly time: unknown;
  readonly text: unknown;
  readonly summary: unknown;
  /** [found helpful, all votes], or only the former where the form has no more. */
  readonly helpful: readonly number[] | undefined;
  readonly verified?: unknown;
  readonly price?: unknown;
}

/** Hands a review on as an event: stars in `eventValue`; text, summary, helpful and verified in `properties`. */
export function handReview(
  review: Review,
  row: string,
  line: number,
  { now, out }: FileContext,
  key = contentHash(row),
): void {
  const text = textOf(review.text);
  const summary = textOf(review.summary);
  const properties: Record<string, Json> = {};
  if (review.helpful) properties.helpful = [...review.helpful];
  else out.imputed('helpful left out: missing');
  if (typeof review.verified === 'boolean') properties.verified = review.verified;
  if (text === undefined) out.imputed('text left out: missing');
  if (summary === undefined) out.imputed('summary left out: missing');
  // "unknown" is how SNAP's form writes a shopper or price that is not known.
  const userId = readId(review.userId) === 'unknown' ? undefined : review.userId;
  const price = readNumber(review.price);
  const event = eventOf(
    {
      eventType: 'review',
      userId,
      itemId: review.itemId,
      timestamp: review.time,
      eventValue: review.stars ?? '',
      properties,
      ...(text !== undefined && { text }),
      ...(summary !== undefined && { summary }),
      ...(!Number.isNaN(price) && { price }),
    },
    now,
    out,
    undefined,
  );
  if (isWrong(event)) out.reject({ line, field: event.wrong, reason: event.reason, text: row });
  else out.event(event, key);
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value : undefined;

/** "3/7" or [3, 7] as numbers. */
export function votesOf(value: unknown): readonly number[] | undefined {
  const parts =
    typeof value === 'string' ? value.split('/').map(Number) : Array.isArray(value) ? value.map(Number) : [];
  return parts.length === 2 && parts.every((n) => Number.isInteger(n) && n >= 0) ? parts : undefined;
}

/** A row without its reviewer's name, for its id and for the reject file; also where the row is cut in the name. */
export const nameless = (row: string): string =>
  row
    .replace(/(["'])reviewerName\1\s*:\s*(?:"(?:[^"\\]|\\.)*(?:"|$)|'(?:[^'\\]|\\.)*(?:'|$))\s*,?\s*/, '')
    .replace(/^review\/profileName:.*$/m, '');
