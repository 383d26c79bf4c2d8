import type { Event, Item } from '../core/index.ts';

/**
 * From the outside's words to events. A format reads a file line by line and hands on what it finds; it never holds more
 * than the row it is at. Files, gzip and encodings are not its business (adapters), nor are ids and storing.
 */
export interface Format {
  readonly name: string;
  readonly summary: string;
  /** A command line that shows its use. */
  readonly example: string;
  /** True where lines of the published files that are not UTF-8 are Latin-1. */
  readonly latin1?: boolean;
  /** A row without what is never stored, not even in the reject file. */
  readonly nameless?: (row: string) => string;
  /** Where files build on each other: the place of a file of this name in the import, smaller first. */
  readonly order?: (file: string) => number;
  open(file: FileContext): RowReader;
}

export interface FileContext {
  /** The file's name, for messages and for formats that tell their files apart by it. */
  readonly file: string;
  /** Stated columns: field -> column name. */
  readonly map: Readonly<Record<string, string>>;
  /** Milliseconds; the bound of the future and the time of catalogue changes. */
  readonly now: number;
  /** What a format remembers from one file of an import to the next. */
  readonly shared: Map<string, unknown>;
  readonly out: RowSink;
}

export interface RowReader {
  /** One line without its end (LF, or CR LF); lines count from 1. */
  line(text: string, number: number): void;
  /** A line could not be read and was refused: what it was a part of is not whole. */
  lost?(number: number): void;
  /** The file has ended. */
  end(): void;
}

export interface RowSink {
  /**
   * An event. `key` names the row by its content (`contentHash`) and becomes its id, with its running number among
   * equal rows, where the event brings no id of its own.
   */
  event(event: NewEvent, key: string): void;
  /** The catalogue entry of an item; stored where it differs from what the catalogue has. */
  item(item: Item): void;
  reject(reject: Reject): void;
  /** A value that was missing was left out or filled in: counted by this sentence. */
  imputed(what: string): void;
  /** Said once in the summary, e.g. how columns were read. */
  note(text: string): void;
  /** A note that also says why a file gives no rows. */
  aside(text: string): void;
}

export type NewEvent = Omit<Event, 'eventId'> & { readonly eventId?: string };

/** A row that could not be taken: where, why, and the row itself. */
export interface Reject {
  readonly line: number;
  readonly field: string;
  readonly reason: string;
  readonly text: string;
}

/** What a row became: an event, or what is wrong with it. */
export type RowOutcome = NewEvent | Wrong;
export interface Wrong {
  readonly wrong: string;
  readonly reason: string;
}
export const wrong = (field: string, reason: string): Wrong => ({ wrong: field, reason });
export const isWrong = (outcome: object): outcome is Wrong => 'wrong' in outcome;
