import { contentHash, TendrilError } from '../core/index.ts';
import { type EventField, eventFields, readHeader } from './columns.ts';
import { csvRows, delimiterOf, splitRow, strayQuote } from './csv-row.ts';
import { defaultTypeOf, type EventValues, eventOf, missingFields } from './event-row.ts';
import { type FileContext, type Format, isWrong, type RowReader } from './ingest.ts';

/** Events as a table with a header: comma, semicolon, tab or bar. */
export const csv: Format = {
  name: 'csv',
  summary: 'events as a table with a header; columns are guessed by name or stated with --map',
  example: 'tendril import csv events.csv --map userId=customer',
  open: (file) => csvEvents(file, {}),
};

export interface CsvEvents {
  /** Columns that are known, instead of guessed. */
  readonly map?: Readonly<Record<string, string>>;
  /** Column names of files that have no header. */
  readonly header?: readonly string[];
  readonly delimiter?: string;
  /** The type of rows that bring none. */
  readonly type?: string;
  /** Last changes before the values are read. */
  readonly adjust?: (values: EventValues, cells: readonly string[], header: readonly string[]) => void;
}

export function csvEvents(file: FileContext, given: CsvEvents): RowReader {
  const { out, now } = file;
  let delimiter = given.delimiter;
  let header: readonly string[] | undefined;
  let fields: readonly (EventField | undefined)[] = [];
  let type = given.type;
  let salt = 0;

  function begin(names: readonly string[], line: number): void {
    header = names;
    const columns = readHeader(names, eventFields, { ...given.map, ...file.map });
    if (columns.problems[0] !== undefined)
      throw new TendrilError('missing-column', `${file.file}: ${columns.problems[0]}`);
    fields = columns.fields;
    const has = (field: EventField): boolean => fields.includes(field);
    const lacking = missingFields(has);
    if (lacking !== undefined)
      throw new TendrilError(
        'missing-column',
        `${file.file}, line ${line}: ${lacking}; the columns are: ${names
          .map((name) => name.slice(0, 40))
          .slice(0, 20)
          .join(', ')}`,
      );
    if (type === undefined) {
      const byContent = defaultTypeOf(has);
      if (byContent) {
        type = byContent.type;
        out.note(byContent.note);
      }
    }
    const read = fields.flatMap((field, i) => (field ? [`${field} = ${names[i]}`] : []));
    out.note(
      `columns: ${read.join(', ')}${columns.unread.length > 0 ? `; not read: ${columns.unread.join(', ')}` : ''}`,
    );
    salt = Number.parseInt(contentHash(fields.join()).slice(0, 8), 16);
  }

  const rows = csvRows(
    () => delimiter!,
    (cells, text, line, lines) => {
      const stray = strayQuote(cells, lines, header!.length, (column) => mayBreak(fields[column]));
      if (stray !== undefined) return stray;
      if (cells.length !== header!.length) {
        out.reject({
          line,
          field: 'row',
          reason: `it has ${cells.length} fields where the header has ${header!.length}`,
          text,
        });
        return undefined;
      }
      const values: EventValues = {};
      for (let column = 0; column < cells.length; column++) {
        const field = fields[column];
        if (field !== undefined) values[field] = cells[column];
      }
      given.adjust?.(values, cells, header!);
      const event = eventOf(values, now, out, type);
      if (isWrong(event)) out.reject({ line, field: event.wrong, reason: event.reason, text });
      else out.event(event, event.eventId === undefined ? contentHash(text, salt) : '');
      return undefined;
    },
    (reason, text, line) => out.reject({ line, field: 'row', reason, text }),
  );

  return {
    line(text, number) {
      if (header !== undefined) return rows.line(text, number);
      if (text.trim() === '') return;
      delimiter ??= delimiterOf(text);
      if (given.header) {
        begin(given.header, number);
        return rows.line(text, number);
      }
      const names = splitRow(text, delimiter);
      if (typeof names === 'string')
        throw new TendrilError(
          'missing-column',
          `${file.file}, line ${number}: the header's quotes are not closed`,
        );
      begin(
        names.map((name) => name.trim()),
        number,
      );
    },
    lost: (number) => rows.lost?.(number),
    end: () => rows.end(),
  };
}

/** Free text may hold line breaks, and so may a column that is not read. */
const mayBreak = (field: EventField | undefined): boolean =>
  field === undefined || field === 'text' || field === 'summary' || field === 'query';
