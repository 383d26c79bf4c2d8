import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';

/** Prints the rows of a benchmark and writes them, with what is needed to make them again, to bench/results. */
export function record(
  name: string,
  result: {
    readonly command: string;
    readonly data: string;
    readonly seeds: readonly number[];
    readonly notes?: readonly string[];
    readonly rows: readonly Readonly<Record<string, unknown>>[];
  },
): void {
  const { command, ...rest } = result;
  const whole = {
    command,
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} x ${cpus()[0]?.model}`,
    node: process.version,
    ...rest,
  };
  const path = join(import.meta.dirname, 'results', `${name}.json`);
  writeFileSync(path, `${JSON.stringify(whole, null, 1)}\n`);
  console.log(`${result.rows.length} rows in bench/results/${name}.json`);
}

/** The directory of the data sets, or a sentence and exit code 2. */
export function datasets(): string {
  const directory = process.env.TENDRIL_DATASETS;
  if (!directory) {
    console.error('set TENDRIL_DATASETS to the directory of the data sets');
    process.exit(2);
  }
  return directory;
}

export const rounded = (value: number): number => Math.round(value * 1e5) / 1e5;
