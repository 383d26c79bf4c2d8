import { DatabaseSync } from 'node:sqlite';
import { sqliteError } from './sqlite-error.ts';
import { refuseOtherFormats } from './sqlite-log-database.ts';

/** What is in a log, counted by SQLite itself, read-only and beside a writer. */
export interface LogCheck {
  readonly events: number;
  readonly shoppers: number;
  readonly items: number;
  /** Every item of the shop: with events, or described. */
  readonly itemIds: ReadonlySet<string>;
  /** Items the catalogue describes. */
  readonly described: number;
  /** Items that name others in a `related` list. */
  readonly related: number;
  /** Items with a vector, by its length, the most frequent length first. */
  readonly vectors: readonly { readonly length: number; readonly items: number }[];
  /** Events with a text: what sentiment is made of. */
  readonly texts: number;
  readonly types: Readonly<Record<string, number>>;
  /** First and last time, milliseconds; undefined where there is no event. */
  readonly from: number | undefined;
  readonly to: number | undefined;
  /** Empty where the file is sound; else what SQLite says. */
  readonly faults: readonly string[];
}

export function checkLog(path: string): LogCheck {
  try {
    const database = new DatabaseSync(path, { readOnly: true, timeout: 5_000 });
    try {
      refuseOtherFormats(database, path);
      database.exec('BEGIN'); // every count is of the same moment
      const one = (sql: string): Record<string, unknown> => database.prepare(sql).get()!;
      const seen = one(
        "SELECT count(*) AS events, count(DISTINCT shopper) AS shoppers FROM event WHERE type NOT IN ('item_changed', 'shopper_changed')",
      );
      const items = one("SELECT count(DISTINCT item) AS n FROM event WHERE type <> 'item_changed'").n;
      const itemIds = new Set(
        database
          .prepare('SELECT DISTINCT item FROM event WHERE item IS NOT NULL')
          .all()
          .map((row) => row.item as string),
      );
      const described = one("SELECT count(DISTINCT item) AS n FROM event WHERE type = 'item_changed'").n;
      const related = one(
        `SELECT count(DISTINCT item) AS n FROM event WHERE type = 'item_changed' AND rest LIKE '%"related":{"%'`,
      ).n;
      const vectors = database
        .prepare(
          // Of each product the newest change, as the catalogue takes it.
          `SELECT length, count(*) AS items FROM (
             SELECT max(time), json_array_length(rest, '$.properties.item.vector') AS length
             FROM event WHERE type = 'item_changed' GROUP BY item
           ) WHERE length IS NOT NULL GROUP BY length ORDER BY items DESC`,
        )
        .all()
        .map((row) => ({ length: row.length as number, items: row.items as number }));
      const texts = one(
        "SELECT count(*) AS n FROM event WHERE rest LIKE '%\"text\":%' AND type <> 'item_changed'",
      ).n;
      const span = one(
        "SELECT min(time) AS first, max(time) AS last FROM event WHERE type NOT IN ('item_changed', 'shopper_changed', 'erased')",
      );
      const types = database
        .prepare('SELECT type, count(*) AS n FROM event GROUP BY type ORDER BY n DESC')
        .all();
      const faults = database
        .prepare('PRAGMA quick_check')
        .all()
        .map((row) => String(Object.values(row)[0]))
        .filter((line) => line !== 'ok');
      return {
        events: seen.events as number,
        shoppers: seen.shoppers as number,
        items: items as number,
        itemIds,
        described: described as number,
        related: related as number,
        vectors,
        texts: texts as number,
        types: Object.fromEntries(types.map((row) => [row.type as string, row.n as number])),
        from: (span.first as number | null) ?? undefined,
        to: (span.last as number | null) ?? undefined,
        faults,
      };
    } finally {
      database.close();
    }
  } catch (error) {
    throw sqliteError(error, path);
  }
}
