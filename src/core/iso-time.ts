const iso = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)\s?(Z|UTC|[+-]\d\d:?\d\d)?)?$/;

/** An ISO 8601 date or time in milliseconds, UTC where it names no zone; NaN for anything else, 30 February included. */
export function readIsoTime(text: string): number {
  const parts = iso.exec(text);
  if (!parts) return Number.NaN;
  const [, year, month, day, time, zone] = parts;
  // Date.parse takes 30 February for 1 March or 2 March.
  if (Number(day) > 28 && Number(day) > new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate())
    return Number.NaN;
  const date = `${year}-${month}-${day}`;
  if (time === undefined) return Date.parse(date);
  return Date.parse(`${date}T${time}${zone === undefined || zone === 'UTC' ? 'Z' : zone}`);
}
