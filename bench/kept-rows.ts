import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Rows that runs left in bench/results/NAME.partial.jsonl, by key: a run that is there is not made again. */
export function keptRows<Row extends { readonly key: string }>(name: string) {
  const path = join(import.meta.dirname, 'results', `${name}.partial.jsonl`);
  const rows = new Map(
    (existsSync(path) ? readFileSync(path, 'utf8') : '')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Row)
      .map((row) => [row.key, row]),
  );
  return {
    has: (key: string): boolean => rows.has(key),
    get: (key: string): Row | undefined => rows.get(key),
    keep(row: Row): void {
      rows.set(row.key, row);
      appendFileSync(path, `${JSON.stringify(row)}\n`);
    },
  };
}
