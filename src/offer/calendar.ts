/** What a clock on the wall shows, and whether messages must wait by it. */
export interface LocalTime {
  /** Minutes since midnight. */
  readonly minute: number;
  /** 1 is Monday, 7 Sunday. */
  readonly weekday: number;
  readonly timeZone: string;
}

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
/** Making one costs a hundred times what using it does. The last used last; a request may name any zone, in any spelling. */
const formats = new Map<string, Intl.DateTimeFormat>();
const mostFormats = 64;

/** A moment (milliseconds) on the wall of a time zone, as it stands there that day, summer time included. */
export function localTime(time: number, timeZone: string): LocalTime {
  const format = formats.get(timeZone) ?? formatOf(timeZone);
  formats.delete(timeZone);
  formats.set(timeZone, format);
  if (formats.size > mostFormats) formats.delete(formats.keys().next().value!);
  const parts = new Map(format.formatToParts(time).map(({ type, value }) => [type, value]));
  return {
    minute: 60 * Number(parts.get('hour')) + Number(parts.get('minute')),
    weekday: 1 + weekdays.indexOf(parts.get('weekday')!),
    timeZone,
  };
}

/** Formats that are kept. */
export const formatsKept = (): number => formats.size;

const formatOf = (timeZone: string): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });

/**
 * From `from` (inclusive) to `to` (exclusive), also across midnight. Asked of the wall, so an hour that summer time leaves
 * out or has twice needs no rule of its own.
 */
export function isQuiet(
  { minute }: LocalTime,
  { from, to }: { readonly from: string; readonly to: string },
): boolean {
  const [begin, end] = [minuteOf(from), minuteOf(to)];
  return begin < end ? minute >= begin && minute < end : minute >= begin || minute < end;
}

const minuteOf = (text: string): number => 60 * Number(text.slice(0, 2)) + Number(text.slice(3));
