import type { RowReader } from './ingest.ts';

/**
 * Rows of delimited text (RFC 4180): a field may be quoted and then hold delimiters, doubled quotes and line breaks. A quote
 * means something only at the beginning of a field, so `5" pipe` is text. A quoted field that is still open after 1,000
 * lines or 1 MiB, or whose row turns out not to be one, began with a stray quote: its first line is refused and reading
 * goes on with the next, so that one bad row never swallows good ones.
 */
const MOST_LINES = 1_000;
const MOST_CHARACTERS = 1_048_576;

/** The cells of a row; `open` where a quoted field does not end, `bad` where text follows a closing quote. */
export function splitRow(text: string, delimiter: string): string[] | 'open' | 'bad' {
  if (!text.includes('"')) return text.split(delimiter);
  const cells: string[] = [];
  for (let at = 0; ; ) {
    if (text[at] === '"') {
      let end = at + 1;
      let doubled = false;
      for (;;) {
        end = text.indexOf('"', end);
        if (end < 0) return 'open';
        if (text[end + 1] !== '"') break;
        doubled = true;
        end += 2;
      }
      const cell = text.slice(at + 1, end);
      cells.push(doubled ? cell.replaceAll('""', '"') : cell);
      if (end + 1 === text.length) return cells;
      if (!text.startsWith(delimiter, end + 1)) return 'bad';
      at = end + 1 + delimiter.length;
    } else {
      const end = text.indexOf(delimiter, at);
      if (end < 0) {
        cells.push(text.slice(at));
        return cells;
      }
      cells.push(text.slice(at, end));
      at = end + delimiter.length;
    }
  }
}

/**
 * Joins lines to rows and hands each on with its cells, its text, and the line it begins at. Empty lines are skipped.
 * `row` may answer why several lines cannot be one row; they are then read one by one.
 */
export function csvRows(
  delimiter: () => string,
  row: (cells: string[], text: string, line: number, lines: number) => string | undefined,
  bad: (reason: string, text: string, line: number) => void,
): RowReader {
  let held: { text: string; number: number }[] = [];
  let heldSize = 0;

  /** Gives the first held line up and reads the others again. */
  function giveUp(reason: string): void {
    const [first, ...others] = held;
    held = [];
    heldSize = 0;
    bad(reason, first!.text, first!.number);
    for (const { text, number } of others) reader.line(text, number);
  }

  const reader: RowReader = {
    line(text, number) {
      if (held.length === 0) {
        if (text === '') return;
        const cells = splitRow(text, delimiter());
        if (cells === 'bad')
          bad('text follows a closing quote; accepted: quotes inside are doubled', text, number);
        else if (cells === 'open') {
          held.push({ text, number });
          heldSize = text.length;
        } else row(cells, text, number, 1);
        return;
      }
      held.push({ text, number });
      heldSize += text.length;
      // Only a line with a quote can end the field.
      if (text.includes('"')) {
        const whole = held.map((part) => part.text).join('\n');
        const cells = splitRow(whole, delimiter());
        if (cells === 'bad') return giveUp('a quoted field is not closed');
        if (cells !== 'open') {
          const fault = row(cells, whole, held[0]!.number, held.length);
          if (fault !== undefined) return giveUp(fault);
          held = [];
          heldSize = 0;
          return;
        }
      }
      if (held.length > MOST_LINES || heldSize > MOST_CHARACTERS)
        giveUp(`a quoted field is not closed within ${MOST_LINES} lines`);
    },
    lost() {
      if (held.length > 0) giveUp('a line of its quoted field cannot be read');
    },
    end() {
      while (held.length > 0) giveUp('a quoted field is not closed at the end of the file');
    },
  };
  return reader;
}

/** Why these cells of several lines are no row: too few or many, or a line break where an id or a number stands. */
export function strayQuote(
  cells: readonly string[],
  lines: number,
  columns: number,
  mayBreak: (column: number) => boolean,
): string | undefined {
  if (lines === 1) return undefined;
  const whole = cells.length === columns && cells.every((cell, i) => mayBreak(i) || !cell.includes('\n'));
  return whole ? undefined : 'a quoted field is not closed in its line';
}

/** The delimiter a header line uses: whichever of , ; tab | it holds most of, outside of quotes. */
export function delimiterOf(header: string): string {
  const bare = header.replace(/"[^"]*"/g, '');
  const counts = [',', ';', '\t', '|'].map((mark) => ({ mark, n: bare.split(mark).length }));
  return counts.reduce((best, each) => (each.n > best.n ? each : best)).mark;
}
