import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
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
    /** Processes that wanted to run, on average over the last quarter of an hour: beyond the cores, times are disturbed. */
    load: oneDigit(loadavg()[2]!),
    /** And over the last minute: a short run among long ones is measured by this. */
    loadAtEnd: oneDigit(loadavg()[0]!),
    ...rest,
  };
  const path = join(import.meta.dirname, 'results', `${name}.json`);
  writeFileSync(path, `${JSON.stringify(whole, null, 1)}\n`);
  console.log(`${result.rows.length} rows in bench/results/${name}.json`);
}

const oneDigit = (x: number): number => Math.round(10 * x) / 10;

type Row = Readonly<Record<string, unknown>>;

/**
 * The rows just measured in place of recorded ones that agree in `keys`, for benchmarks that can be run in parts; rows
 * that are kept say when they were measured.
 */
export function merged(name: string, rows: readonly Row[], keys: readonly string[]): readonly Row[] {
  const path = join(import.meta.dirname, 'results', `${name}.json`);
  if (!existsSync(path)) return rows;
  const earlier: { date: string; rows: Row[] } = JSON.parse(readFileSync(path, 'utf8'));
  const keyOf = (row: Row): string => JSON.stringify(keys.map((key) => row[key]));
  const fresh = new Map(rows.map((row) => [keyOf(row), row]));
  const kept = earlier.rows.map((row) => fresh.get(keyOf(row)) ?? { measured: earlier.date, ...row });
  const known = new Set(earlier.rows.map(keyOf));
  const all = [...kept, ...rows.filter((row) => !known.has(keyOf(row)))];
  const groups = [...new Set(all.map((row) => row[keys[0]!]))];
  return groups.flatMap((group) => all.filter((row) => row[keys[0]!] === group));
}

/** Notes of an earlier run that begin so: what was not measured again. */
export function notesOf(name: string, beginning: string): readonly string[] {
  const path = join(import.meta.dirname, 'results', `${name}.json`);
  if (!existsSync(path)) return [];
  const { notes = [] }: { notes?: string[] } = JSON.parse(readFileSync(path, 'utf8'));
  return notes.filter((note) => note.startsWith(beginning));
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
