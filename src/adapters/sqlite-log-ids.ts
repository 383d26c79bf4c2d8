import type { DatabaseSync } from 'node:sqlite';
import { hash53 } from '../core/index.ts';
import { type BloomFilter, bloomFilter } from './bloom-filter.ts';

/**
 * Which ids the log holds, at a cost that does not grow with the log.
 *
 * A unique index over random ids dirties a page of the file for nearly every row once it is larger than the cache: at ten
 * million rows that is kilobytes written for each event. So ids are kept as a log-structured merge tree:
 *
 *   filters  Bloom filters in memory, one over all ids and one a run (24 bits an id): nearly every new id ends here,
 *            and a known one costs one page. They stop growing at 13 MB for all and 3 MB for a run (of which there are few):
 *            one new id in a thousand costs a page at ten million ids, two in five at 33 million
 *   recent   hash -> position of the newest ids in memory; after a crash they are read again from the events
 *   runs     older ids in the file: sorted pairs (hash, position), in pages of 250; eight runs of a size are merged
 *            into one of the next, so that an id is rewritten once for every factor of eight
 *
 * A hit of the 53-bit hash is only a suspicion: the caller compares the full id at the position it answers.
 * O'Neil et al., "The log-structured merge-tree", 1996; Bloom, "Space/time trade-offs in hash coding", 1970.
 */
export interface Ids {
  /** Positions of the events whose id may be this one: usually none, and one where it is. */
  find(hash: number): number[];
  add(hash: number, position: number): void;
  /** Inside a transaction: moves the recent ids to a run once there are many, or at once where `now` says so. */
  settle(now?: boolean): void;
  /** Reads everything from the file again: after a transaction was rolled back. */
  reload(): void;
}

const PAGE = 250;
const FAN_OUT = 8;
const MOST_IN_FILTERS = { all: 2 ** 23, run: 2 ** 21 };

interface Run {
  readonly run: number;
  readonly level: number;
  readonly entries: number;
  /** First hash of each page. */
  readonly fences: Float64Array;
  readonly filter: BloomFilter;
}

export function ids(database: DatabaseSync, recentLimit = 65_536, most = MOST_IN_FILTERS): Ids {
  const addRun = database.prepare('INSERT INTO id_run (level, entries, upto) VALUES (?, ?, ?) RETURNING run');
  const addPage = database.prepare('INSERT INTO id_page (page, entries) VALUES (?, ?)');
  const getPage = database.prepare('SELECT entries FROM id_page WHERE page = ?');
  const dropPages = database.prepare('DELETE FROM id_page WHERE page >= ? AND page < ?');
  const dropRun = database.prepare('DELETE FROM id_run WHERE run = ?');

  let runs: Run[] = [];
  let recent = new Map<number, number | number[]>();
  let recentCount = 0;
  let upto = 0;
  let all = bloomFilter(0);
  let known = 0;

  const pageKey = (run: number, page: number): number => run * 2 ** 24 + page;
  const readPage = (run: number, page: number): Float64Array => {
    const bytes = getPage.get(pageKey(run, page))!.entries as Uint8Array;
    return new Float64Array(bytes.slice().buffer);
  };
  const eachHash = (run: Run, visit: (hash: number) => void): void => {
    for (let number = 0; number < run.fences.length; number++) {
      const page = readPage(run.run, number);
      for (let i = 0; i < page.length; i += 2) visit(page[i]!);
    }
  };
  const growFilter = (room: number): void => {
    all = bloomFilter(Math.min(room, most.all));
    known = 0;
    const visit = (hash: number): void => {
      all.add(hash);
      known++;
    };
    for (const run of runs) eachHash(run, visit);
    for (const hash of recent.keys()) visit(hash);
  };

  function remember(hash: number, position: number): void {
    const before = recent.get(hash);
    if (before === undefined) recent.set(hash, position);
    else recent.set(hash, typeof before === 'number' ? [before, position] : [...before, position]);
    recentCount++;
    all.add(hash);
    known++;
  }

  function search(run: Run, hash: number, found: number[]): void {
    // The first page that may hold the hash is the one before the first fence that is not below it.
    let low = 0;
    let high = run.fences.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (run.fences[middle]! < hash) low = middle + 1;
      else high = middle;
    }
    for (let page = Math.max(0, low - 1); page < run.fences.length && run.fences[page]! <= hash; page++) {
      const entries = readPage(run.run, page);
      let from = 0;
      let to = entries.length / 2;
      while (from < to) {
        const middle = (from + to) >>> 1;
        if (entries[2 * middle]! < hash) from = middle + 1;
        else to = middle;
      }
      for (; 2 * from < entries.length && entries[2 * from] === hash; from++)
        found.push(entries[2 * from + 1]!);
    }
  }

  /** Writes sorted pairs as a run, page by page. */
  function write(level: number, entries: number, pairs: Iterable<Float64Array>): void {
    const run = addRun.get(level, entries, upto)!.run as number;
    const fences: number[] = [];
    const filter = bloomFilter(Math.min(entries, most.run));
    for (const page of pairs) {
      addPage.run(pageKey(run, fences.length), new Uint8Array(page.buffer, page.byteOffset, page.byteLength));
      fences.push(page[0]!);
      for (let i = 0; i < page.length; i += 2) filter.add(page[i]!);
    }
    runs.push({ run, level, entries, fences: Float64Array.from(fences), filter });
  }

  function* sortedRecent(): Iterable<Float64Array> {
    const hashes = Float64Array.from(recent.keys()).sort();
    const pairs: number[] = [];
    for (const hash of hashes) {
      const positions = recent.get(hash)!;
      for (const position of typeof positions === 'number' ? [positions] : positions)
        pairs.push(hash, position);
    }
    for (let i = 0; i < pairs.length; i += 2 * PAGE) yield Float64Array.from(pairs.slice(i, i + 2 * PAGE));
  }

  /** Merges runs by repeatedly taking the smallest head; eight heads, so a plain scan finds it. */
  function* merged(parts: readonly Run[]): Iterable<Float64Array> {
    const heads = parts.map((run) => ({ run, number: 0, page: readPage(run.run, 0), at: 0 }));
    let out = new Float64Array(2 * PAGE);
    let filled = 0;
    for (;;) {
      let least: (typeof heads)[number] | undefined;
      for (const head of heads) {
        if (head.at < head.page.length && (!least || head.page[head.at]! < least.page[least.at]!))
          least = head;
      }
      if (!least) break;
      out[filled++] = least.page[least.at++]!;
      out[filled++] = least.page[least.at++]!;
      if (least.at === least.page.length) {
        least.number++;
        least.page =
          least.number < least.run.fences.length
            ? readPage(least.run.run, least.number)
            : new Float64Array(0);
        least.at = 0;
      }
      if (filled === out.length) {
        yield out;
        out = new Float64Array(2 * PAGE);
        filled = 0;
      }
    }
    if (filled > 0) yield out.slice(0, filled);
  }

  const self: Ids = {
    find(hash) {
      const found: number[] = [];
      if (!all.maybe(hash)) return found;
      const positions = recent.get(hash);
      if (positions !== undefined) found.push(...(typeof positions === 'number' ? [positions] : positions));
      for (const run of runs) if (run.filter.maybe(hash)) search(run, hash, found);
      return found;
    },
    add(hash, position) {
      if (known >= all.capacity && all.capacity < most.all) growFilter(known * 2);
      remember(hash, position);
      upto = Math.max(upto, position);
    },
    settle(now = false) {
      if (recentCount === 0 || (recentCount < recentLimit && !now)) return;
      write(0, recentCount, sortedRecent());
      recent = new Map();
      recentCount = 0;
      for (let level = 0; ; level++) {
        const parts = runs.filter((run) => run.level === level);
        if (parts.length < FAN_OUT) return;
        write(
          level + 1,
          parts.reduce((sum, run) => sum + run.entries, 0),
          merged(parts),
        );
        for (const run of parts) {
          dropPages.run(pageKey(run.run, 0), pageKey(run.run + 1, 0));
          dropRun.run(run.run);
        }
        runs = runs.filter((run) => run.level !== level);
      }
    },
    reload() {
      recent = new Map();
      recentCount = 0;
      upto = 0;
      runs = [];
      let entries = 0;
      for (const row of database.prepare('SELECT run, level, entries, upto FROM id_run ORDER BY run').all()) {
        const run = row.run as number;
        const size = row.entries as number;
        const filter = bloomFilter(Math.min(size, most.run));
        const fences = new Float64Array(Math.ceil(size / PAGE));
        for (let page = 0; page < fences.length; page++) fences[page] = readPage(run, page)[0]!;
        const read: Run = { run, level: row.level as number, entries: size, fences, filter };
        eachHash(read, filter.add);
        runs.push(read);
        entries += row.entries as number;
        upto = Math.max(upto, row.upto as number);
      }
      growFilter((entries + recentLimit) * 1.5);
      const unsettled = database.prepare(
        'SELECT position, id FROM event WHERE position > ? ORDER BY position',
      );
      for (const row of unsettled.iterate(upto)) self.add(hash53(row.id as string), row.position as number);
    },
  };
  self.reload();
  return self;
}
