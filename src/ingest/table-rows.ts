import { TendrilError } from '../core/index.ts';
import { csvRows, delimiterOf, splitRow, strayQuote } from './csv-row.ts';

/** A table of which every row counts: the first that cannot be read is an error, since leaving rows out would bias figures. */
export interface WholeTable {
  line(text: string, number: number): void;
  end(): void;
}

/** Hands on the header, then each row with where it stands (`file, line 7`). */
export function wholeTable(
  file: string,
  header: (names: readonly string[], where: string) => void,
  row: (cells: readonly string[], where: string) => void,
): WholeTable {
  let delimiter = ',';
  let columns: number | undefined;
  const wrong = (reason: string, line: number): never => {
    throw new TendrilError('bad-line', `${file}, line ${line}: ${reason}`);
  };
  const rows = csvRows(
    () => delimiter,
    (cells, _, line, lines) => {
      const stray = strayQuote(cells, lines, columns!, () => false);
      if (stray !== undefined) return stray;
      if (cells.length !== columns)
        wrong(`it has ${cells.length} fields where the header has ${columns}`, line);
      row(cells, `${file}, line ${line}`);
      return undefined;
    },
    (reason, _, line) => wrong(reason, line),
  );
  return {
    line(text, number) {
      if (columns !== undefined) return rows.line(text, number);
      if (text.trim() === '') return;
      delimiter = delimiterOf(text);
      const names = splitRow(text, delimiter);
      if (typeof names === 'string') return wrong("the header's quotes are not closed", number);
      columns = names.length;
      const found = names.map((name) => name.trim());
      const twice = found.find((name, i) => name !== '' && found.indexOf(name) < i);
      if (twice !== undefined)
        wrong(`there are two columns "${twice}"; accepted: a name of its own for each`, number);
      header(found, `${file}, line ${number}`);
    },
    end() {
      rows.end();
      if (columns === undefined) throw new TendrilError('empty-file', `${file} holds no header`);
    },
  };
}
