import { eventTypeCode, type Sequences } from '../core/index.ts';

/** What a shopper did after a moment; -1 where it is not known. */
export interface Outcome {
  /** Code of the next event's type. */
  readonly nextType: number;
  /** Category number of the next event's item, 0 for none. */
  readonly nextCategory: number;
  /** 1 where something is bought later in the session, else 0. */
  readonly buys: number;
  /** 1 where nothing more follows in the session, else 0. */
  readonly leaves: number;
}

/** A session ends with a pause longer than this. */
const longestPause = 30 * 60_000;
const purchase = eventTypeCode('purchase');

/**
 * What followed the first `end` interactions of a row. Where there are no times a row is one session. A session that the end
 * of the data may have cut off is not known to be over, nor is the last one of a row that was cut (`cut`, see `FitOptions`): then
 * leaving is unknown, and so is buying, even where it was seen, or only those that bought would count.
 */
export function outcomesOf(
  { offsets, items, types, times }: Sequences,
  categories: Int32Array | undefined,
  cut = false,
): (row: number, end: number) => Outcome {
  const last = times?.reduce((a, b) => Math.max(a, b), -Infinity) ?? Infinity;
  return (row, end) => {
    const to = offsets[row + 1]!;
    const next = offsets[row]! + end;
    let at = next;
    while (at < to && !(times && times[at]! - times[at - 1]! > longestPause)) at++;
    const over = at < to || (!cut && (!times || last - times[at - 1]! > longestPause));
    const bought = types?.subarray(next, at).includes(purchase) ?? false;
    return {
      nextType: next < to && types ? types[next]! : -1,
      nextCategory: next < to && categories ? categories[items[next]!]! : -1,
      buys: !types || !over ? -1 : bought ? 1 : 0,
      leaves: at > next ? 0 : over ? 1 : -1,
    };
  };
}
