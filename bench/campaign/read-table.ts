import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import Papa from 'papaparse';

/** The rows of a table of the data sets. */
export function readTable(datasets: string, name: string): Record<string, string>[] {
  const text = gunzipSync(readFileSync(join(datasets, `${name}.csv.gz`))).toString('utf8');
  return Papa.parse<Record<string, string>>(text, { header: true, skipEmptyLines: true }).data;
}
