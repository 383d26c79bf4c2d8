import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { type Progress, rng, silent, TendrilError } from '../core/index.ts';
import { banditRows, type CampaignFormat } from '../ingest/index.ts';
import type { CampaignLog } from '../measure/index.ts';
import { type OutcomeName, outcomes } from '../reward/index.ts';
import { readTable } from './bandit-files.ts';
import { byteSource } from './read-bytes.ts';

export interface CampaignImport {
  readonly format: CampaignFormat;
  /** Paths; `-` is standard input. */
  readonly files: readonly string[];
  readonly out: string;
  /** Rows of this share of the shoppers, drawn by lot, go into a file of their own. */
  readonly heldOut?: { readonly path: string; readonly share: number; readonly seed: number };
  readonly progress?: Progress;
}

export interface CampaignSummary {
  /** All rows, those held out included. */
  readonly log: CampaignLog;
  readonly heldOut: number;
  readonly notes: readonly string[];
}

/** Rows kept before they are written: one call of the system for many. */
const BUFFERED = 2_000;

/**
 * Reads files of a campaign into a log of choices in the plain format, and checks every row as whoever reads it will.
 * Nothing stays where a row is wrong.
 */
export async function importCampaign(settings: CampaignImport): Promise<CampaignSummary> {
  const { format, files, out, heldOut, progress = silent } = settings;
  for (const path of files) byteSource(path);
  const writers = [out, ...(heldOut ? [heldOut.path] : [])].map(csvWriter);
  const notes: string[] = [];
  let columns: readonly string[] = [];
  let rows = 0;
  let held = 0;
  let shopperAt = -1;
  let check: ReturnType<typeof banditRows> | undefined;
  const apart = new Map<string, boolean>();
  const holdOut = (shopper: string): boolean => {
    if (!heldOut) return false;
    const known = apart.get(shopper);
    if (known !== undefined) return known;
    const drawn = rng(`${heldOut.seed} ${shopper}`).float() < heldOut.share;
    if (shopperAt >= 0) apart.set(shopper, drawn);
    return drawn;
  };
  const source = format.open({
    header(names) {
      if (check) {
        if (names.join() === columns.join()) return;
        throw new TendrilError(
          'bad-line',
          `the files have different columns: ${columns.join(',')} and ${names.join(',')}`,
        );
      }
      columns = names;
      shopperAt = names.indexOf('shopper');
      const found = names.filter((name): name is OutcomeName => Object.hasOwn(outcomes, name));
      if (found.length === 0)
        throw new TendrilError(
          'missing-column',
          `there is no column of an outcome; accepted: at least one of ${Object.keys(outcomes).join(', ')}`,
        );
      check = banditRows({
        action: 'action',
        propensity: 'propensity',
        reward: { text: found.join(' + '), terms: found.map((signal) => ({ weight: 1, signal })) },
        features: 'others',
      });
      check.header(names, basename(files[0]!));
      for (const writer of writers) writer.row(names);
    },
    row(cells, where) {
      const texts = cells.map(String);
      check!.row(texts, where);
      const apartToo = holdOut(shopperAt < 0 ? String(rows) : texts[shopperAt]!);
      if (apartToo) held++;
      writers[apartToo ? 1 : 0]!.row(texts);
      rows++;
    },
    note: (text) => notes.push(text),
  });
  try {
    for (const [i, path] of files.entries()) {
      progress(i, files.length, basename(path));
      await readTable(path, source.file(path));
    }
    source.end();
    if (!check) throw new TendrilError('empty-file', `${files.join(', ')}: there is no row`);
    const log = check.log(files.join(', '));
    for (const writer of writers) writer.keep();
    return { log, heldOut: held, notes };
  } finally {
    for (const writer of writers) writer.close();
  }
}

/** Writes beside the file and takes its place when all is well. */
export function csvWriter(path: string): {
  row(cells: readonly string[]): void;
  keep(): void;
  close(): void;
} {
  mkdirSync(dirname(path), { recursive: true });
  const part = `${path}.part`;
  const file = openSync(part, 'w');
  let lines: string[] = [];
  let open = true;
  const flush = (): void => {
    if (lines.length > 0) writeSync(file, `${lines.join('\n')}\n`);
    lines = [];
  };
  return {
    row(cells) {
      lines.push(cells.map(quoted).join(','));
      if (lines.length >= BUFFERED) flush();
    },
    keep() {
      flush();
      closeSync(file);
      open = false;
      renameSync(part, path);
    },
    close() {
      if (!open) return;
      closeSync(file);
      rmSync(part);
    },
  };
}

const quoted = (cell: string): string =>
  /[",;\t|\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
