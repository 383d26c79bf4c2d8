import { readIsoTime, written } from '../core/index.ts';

/**
 * Single values as files write them. The limits are those of the HTTP door: ids of 1 to 256 characters, times from 1995
 * to tomorrow, ratings from 1 to 5.
 */
export const earliestTime = Date.UTC(1995, 0, 1);
const day = 86_400_000;
const longestId = 256;

/** An id as text, or undefined where it is missing: empty, or one of the ways tables write "nothing". */
export function readId(value: unknown): string | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  return text === '' || missing.has(text) ? undefined : text;
}
const missing = new Set(['null', 'NULL', 'NaN', 'nan', 'None', 'NA', 'N/A', '\\N', 'undefined']);

export const idProblem = (id: string, longest = longestId): string | undefined =>
  id.length > longest ? `it has ${id.length} characters; accepted: 1 to ${longest} characters` : undefined;

/** A finite number, or NaN. Accepts 1234.5, "1,234.50", "$9.99", "9,99", "1.234,50". */
export function readNumber(value: unknown): number {
  if (typeof value === 'number') return Number.isFinite(value) ? value : Number.NaN;
  if (typeof value !== 'string') return Number.NaN;
  let text = value.trim();
  if (text === '') return Number.NaN;
  const plain = Number(text);
  if (!Number.isNaN(plain)) return Number.isFinite(plain) ? plain : Number.NaN;
  text = text.replace(/^[A-Z]{0,3}\s?[$€£¥]\s?|\s?[€£$¥]$/u, '');
  if (/^-?\d{1,3}(,\d{3})+(\.\d+)?$/.test(text)) return Number(text.replaceAll(',', ''));
  if (/^-?\d{1,3}(\.\d{3})+,\d{1,2}$/.test(text)) text = text.replaceAll('.', '');
  if (/^-?\d+,\d{1,2}$/.test(text)) return Number(text.replace(',', '.'));
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
}

/**
 * A time in milliseconds, or NaN. Numbers are seconds below 1e11, milliseconds below 1e14, microseconds below 1e17,
 * else nanoseconds; ISO 8601 dates and times without a zone are UTC.
 */
export function readTime(value: unknown): number {
  if (typeof value === 'string') {
    const text = value.trim();
    if (text === '') return Number.NaN;
    const first = text.charCodeAt(0);
    if (text.length >= 10 && text.charCodeAt(4) === 45 /* - */ && first >= 48 && first <= 57)
      return readIsoTime(text);
    const number = Number(text);
    return Number.isNaN(number) ? readIsoTime(text) : fromEpoch(number);
  }
  return typeof value === 'number' ? fromEpoch(value) : Number.NaN;
}

function fromEpoch(number: number): number {
  if (!Number.isFinite(number)) return Number.NaN;
  const size = Math.abs(number);
  return Math.round(
    size < 1e11 ? number * 1000 : size < 1e14 ? number : size < 1e17 ? number / 1e3 : number / 1e6,
  );
}

/** What is wrong with a time, or undefined. */
export function timeProblem(time: number, now: number, shown: unknown): string | undefined {
  if (Number.isNaN(time))
    return `it is ${show(shown)}; accepted: seconds or milliseconds since 1970, or ISO 8601 such as 2026-03-01T12:00:00Z`;
  if (time < earliestTime || time > now + day)
    return `it is ${show(shown)}, ${yearOf(time)}; accepted: from the year 1995 to tomorrow`;
  return undefined;
}

const yearOf = (time: number): string =>
  Math.abs(time) < 8.64e15 ? `the year ${new Date(time).getUTCFullYear()}` : 'beyond any calendar';

export const ratingProblem = (rating: number, shown: unknown, lowest = 1): string | undefined =>
  rating >= lowest && rating <= 5
    ? undefined
    : `it is ${show(shown)}; accepted: a number from ${lowest} to 5`;

/** A value for a message, short. */
export function show(value: unknown): string {
  if (value === undefined || value === null || value === '') return 'missing';
  const text = written(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
