import { basename, join } from 'node:path';
import { type Event, type Item, type Progress, silent, TendrilError } from '../core/index.ts';
import { type FileContext, formatNamed, formats, type Reject, type RowSink } from '../ingest/index.ts';
import type { Log } from '../log/index.ts';
import { type CatalogueVersions, catalogueVersions } from './catalogue-versions.ts';
import { type ByteSource, byteSource } from './read-bytes.ts';
import { type Encoding, readLines } from './read-lines.ts';
import { rejectFile } from './reject-file.ts';
import { rowCounts } from './row-counts.ts';

export interface ImportSettings {
  /** Name of a format (`tendril import --help`). */
  readonly format: string;
  /** Paths; `-` is standard input. */
  readonly files: readonly string[];
  /** Stated columns: field -> column. */
  readonly map?: Readonly<Record<string, string>>;
  /** Drop rows equal to an earlier row of their file. */
  readonly dropDuplicates?: boolean;
  readonly encoding?: Encoding;
  /** Where refused rows are written. */
  readonly rejectsPath: string;
  /** Milliseconds: the bound of the future, and the time of catalogue changes. */
  readonly now: number;
  /** Bytes read, of how many, and which file. */
  readonly progress?: Progress;
}

export interface ImportSummary {
  readonly format: string;
  readonly files: readonly string[];
  /** Events and items found in the files, refused rows included. */
  readonly rows: number;
  /** Events stored. */
  readonly accepted: number;
  /** Already in the log (or an item that is as the catalogue has it). */
  readonly duplicates: number;
  /** Equal rows of one file, dropped because that was asked for. */
  readonly dropped: number;
  readonly rejected: number;
  /** "field: reason" without the values -> rows. */
  readonly rejectedBy: Readonly<Record<string, number>>;
  /** The same kinds -> where each came first: "file, line n". */
  readonly rejectedFirst: Readonly<Record<string, string>>;
  readonly rejectFile: string | undefined;
  /** What was left out or filled in -> rows. */
  readonly imputed: Readonly<Record<string, number>>;
  readonly eventTypes: Readonly<Record<string, number>>;
  readonly notes: readonly string[];
}

/** Thrown when a file breaks in the middle: what came before it is stored, and told in `summary`. */
export class ImportBroken extends TendrilError {
  readonly summary: ImportSummary;
  constructor(error: TendrilError, summary: ImportSummary) {
    super(error.code, error.message, { cause: error });
    this.summary = summary;
  }
}

const BATCH = 4_000;
const IN_FLIGHT = 2;

/**
 * Reads files of one format into the log: streaming, in flat memory. Resolves when everything is on disk.
 * A row that cannot be taken is counted and kept aside; a file that cannot be read at all throws, and importing again
 * after mending it completes the rest, since a row that is stored already counts as a duplicate.
 */
export async function importFiles(log: Log, settings: ImportSettings): Promise<ImportSummary> {
  const format = formatNamed(settings.format);
  if (!format)
    throw new TendrilError(
      'unknown-format',
      `there is no format "${settings.format}"; there are: ${formats.map((each) => each.name).join(', ')}`,
    );
  const { map = {}, dropDuplicates = false, now, progress = silent } = settings;
  const order = format.order ?? (() => 0);
  const files = [...settings.files].sort((a, b) => order(basename(a)) - order(basename(b)));
  // Every file is looked at before the first row is stored.
  const sources = files.map(byteSource);
  const total = sources.every((source) => source.size !== undefined)
    ? sources.reduce((sum, source) => sum + source.size!, 0)
    : undefined;

  const tally = { rows: 0, accepted: 0, duplicates: 0, dropped: 0, rejected: 0 };
  const rejectedBy = emptyTable();
  const rejectedFirst: Record<string, string> = Object.create(null);
  const imputed = emptyTable();
  const eventTypes = emptyTable();
  const notes: string[] = [];
  const rejects = rejectFile(join(settings.rejectsPath, `${format.name}-${now}.jsonl`));
  const count = (table: Record<string, number>, key: string): void => {
    table[key] = (table[key] ?? 0) + 1;
  };

  let batch: Event[] = [];
  let items: Item[] = [];
  let catalogue: CatalogueVersions | undefined;
  const flying: Promise<void>[] = [];
  const store = async (events: readonly Event[]): Promise<void> => {
    const { accepted, duplicates, duplicate } = await log.append(events);
    tally.accepted += accepted;
    tally.duplicates += duplicates;
    for (let i = 0; i < events.length; i++) if (duplicate[i] === 0) count(eventTypes, events[i]!.eventType);
  };
  /** Stores what has come, at most `limit` appends at once on their way. */
  async function flush(limit: number): Promise<void> {
    if (items.length > 0) {
      catalogue ??= await catalogueVersions(log);
      for (const item of items) {
        const change = catalogue.change(item, now);
        if (change) batch.push(change);
        else tally.duplicates++;
      }
      items = [];
    }
    for (let at = 0; at < batch.length; at += BATCH) {
      const stored = store(batch.slice(at, at + BATCH));
      stored.catch(() => {}); // thrown where it is awaited, below
      flying.push(stored);
      while (flying.length > IN_FLIGHT) await flying.shift();
    }
    batch = [];
    while (flying.length > limit) await flying.shift();
  }

  async function importOne(source: ByteSource, done: number, shared: Map<string, unknown>): Promise<void> {
    const counts = rowCounts();
    const before = tally.rows;
    let aside = false;
    const name = basename(source.name);
    const out: RowSink = {
      event(event, key) {
        tally.rows++;
        let eventId = event.eventId;
        if (eventId === undefined) {
          const equal = counts.seen(key);
          if (equal > 0 && dropDuplicates) {
            tally.dropped++;
            return;
          }
          eventId = equal === 0 ? key : `${key}-${equal}`;
        }
        (event as { eventId?: string }).eventId = eventId;
        batch.push(event as Event);
      },
      item(item) {
        tally.rows++;
        items.push(item);
      },
      reject(reject: Reject) {
        tally.rows++;
        tally.rejected++;
        const kind = kindOf(reject);
        count(rejectedBy, kind);
        rejectedFirst[kind] ??= `${name}, line ${reject.line}`;
        const text = format!.nameless?.(reject.text) ?? reject.text;
        rejects.write(name, { ...reject, text });
      },
      imputed: (what) => count(imputed, what),
      note: (text) => notes.push(`${name}: ${text}`),
      aside(text) {
        aside = true;
        out.note(text);
      },
    };
    const context: FileContext = { file: source.name, map, now, shared, out };
    const reader = format!.open(context);
    try {
      const lines = readLines(
        source,
        {
          line: reader.line,
          bad(reason, text, line) {
            out.reject({ line, field: 'line', reason, text });
            reader.lost?.(line);
          },
          guessed: () => out.imputed('line taken as Latin-1: not UTF-8'),
        },
        { encoding: settings.encoding, latin1IfNotUtf8: format!.latin1 ?? false },
      );
      for await (const _ of lines) {
        if (batch.length + items.length >= BATCH) await flush(IN_FLIGHT);
        progress(done + source.read(), total, name);
      }
      reader.end();
      if (tally.rows === before && !aside)
        throw new TendrilError('empty-file', `${source.name} holds no row`);
    } finally {
      counts.close();
    }
  }

  const shared = new Map<string, unknown>();
  const summary = (): ImportSummary => ({
    format: format.name,
    files,
    ...tally,
    rejectedBy,
    rejectedFirst,
    rejectFile: rejects.close(),
    imputed,
    eventTypes,
    notes,
  });
  /** Stores what is left, and resolves when it is on disk. */
  async function finish(): Promise<void> {
    await flush(0);
    const changes = catalogue?.rest(now) ?? [];
    tally.duplicates -= changes.length;
    batch.push(...changes);
    await flush(0);
  }
  let done = 0;
  for (const source of sources) {
    try {
      await importOne(source, done, shared);
      done += source.size ?? 0;
      await flush(0);
    } catch (error) {
      if (!(error instanceof TendrilError) || error.code === 'disk-full') {
        await Promise.allSettled(flying);
        rejects.close();
        throw error;
      }
      await finish();
      throw new ImportBroken(error, summary());
    }
  }
  await finish();
  return summary();
}

/** A table of counts by names from outside, which may be those of an object's own ("constructor"). */
const emptyTable = (): Record<string, number> => Object.create(null);

/** Why a row was refused without what differs from row to row; what would be accepted stays as it is. */
function kindOf({ field, reason }: Reject): string {
  const [wrong, ...accepted] = reason.split('; accepted: ');
  const kind = wrong!
    .replace(/^it is (?:["[{\d-]|true\b|false\b).*/s, 'it is wrong')
    .replace(/(?<![\w-])\d[\d,.]*/g, '...');
  return `${field.replace(/\[\d+\]/g, '[]')}: ${[kind, ...accepted].join('; accepted: ')}`;
}
