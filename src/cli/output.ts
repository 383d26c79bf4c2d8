import { errors, TendrilError } from '../core/index.ts';
import { fileError } from './file-error.ts';

/** Results go to stdout: for people a table, with --json one JSON object a line. Progress and errors go to stderr. */
export function printRows(rows: readonly Readonly<Record<string, unknown>>[], json: boolean): void {
  if (json) {
    for (const row of rows) process.stdout.write(`${JSON.stringify(row)}\n`);
    return;
  }
  process.stdout.write(table(rows));
}

/** A stored version that cannot be read is left out aloud. */
export const warnUnreadable = (problem: string): void => {
  process.stderr.write(`tendril: left out: ${problem}\n`);
};

/** Columns aligned, numbers to the right with four significant decimals. */
export function table(rows: readonly Readonly<Record<string, unknown>>[]): string {
  const first = rows[0];
  if (!first) return '';
  const names = Object.keys(first);
  const cells = [names, ...rows.map((row) => names.map((name) => cell(row[name])))];
  const widths = names.map((_, column) => Math.max(...cells.map((line) => line[column]!.length)));
  const numeric = names.map((name) => rows.every((row) => typeof row[name] === 'number'));
  return cells
    .map((line) =>
      line
        .map((text, column) =>
          numeric[column] ? text.padStart(widths[column]!) : text.padEnd(widths[column]!),
        )
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}

function cell(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : value.toFixed(4);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Says what went wrong in one sentence with what helps, and answers the exit code: 2 used wrongly, 1 failed. */
export function reportError(error: unknown): 1 | 2 {
  const known = error instanceof TendrilError ? error : fileError(error);
  if (known) {
    const { exit, help } = errors[known.code];
    process.stderr.write(`tendril: ${known.message}\n${help === '' ? '' : `  ${help}\n`}`);
    return exit;
  }
  process.stderr.write(
    `tendril: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n  ${errors.internal.help}\n`,
  );
  return 1;
}
