import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import type { Event } from '../core/index.ts';
import { memoryLog } from '../log/index.ts';
import { type ImportSettings, type ImportSummary, importFiles } from './import-files.ts';
import { sqliteLog } from './sqlite-log.ts';

const directory = mkdtempSync(join(tmpdir(), 'tendril-import-'));
afterAll(() => rmSync(directory, { recursive: true }));
const now = Date.UTC(2026, 5, 1);
let n = 0;
const file = (content: string | Buffer): string => {
  const path = join(directory, `file-${n++}`);
  writeFileSync(path, content);
  return path;
};
const run = async (
  format: string,
  contents: readonly (string | Buffer)[],
  settings: Partial<ImportSettings> = {},
  log = memoryLog(),
): Promise<{ summary: ImportSummary; events: Event[]; rejects: Record<string, unknown>[] }> => {
  const summary = await importFiles(log, {
    format,
    files: contents.map(file),
    now,
    rejectsPath: join(directory, `rejects-${n++}`),
    ...settings,
  });
  const events: Event[] = [];
  for await (const { event } of log.read()) events.push(event);
  const rejects = summary.rejectFile
    ? readFileSync(summary.rejectFile, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line))
    : [];
  return { summary, events, rejects };
};
const header = 'user_id,item_id,event_type,timestamp\n';
const click = (i: number): string => `u${i % 10},i${i % 7},view,${1_700_000_000 + i}\n`;
const code = (name: string) => expect.objectContaining({ code: name });

describe('importing a file again', () => {
  test('changes nothing, whole or grown, gzip or not', async () => {
    const log = memoryLog();
    const text = header + Array.from({ length: 500 }, (_, i) => click(i)).join('');
    expect((await run('csv', [text], {}, log)).summary).toMatchObject({ accepted: 500, duplicates: 0 });
    expect((await run('csv', [gzipSync(text)], {}, log)).summary).toMatchObject({
      accepted: 0,
      duplicates: 500,
    });
    expect((await run('csv', [text + click(500)], {}, log)).summary).toMatchObject({ accepted: 1 });
  });

  test('keeps equal rows apart by their running number, and drops them where asked', async () => {
    const text = header + click(1) + click(2) + click(1) + click(1);
    const log = memoryLog();
    const first = await run('csv', [text], {}, log);
    expect(first.summary).toMatchObject({ accepted: 4, duplicates: 0 });
    expect(new Set(first.events.map((event) => event.eventId)).size).toBe(4);
    expect((await run('csv', [text], {}, log)).summary).toMatchObject({ accepted: 0, duplicates: 4 });
    expect((await run('csv', [text], { dropDuplicates: true })).summary).toMatchObject({
      rows: 4,
      accepted: 2,
      dropped: 2,
    });
  });

  test('stores only what changes the catalogue, and each change of a price that goes up and down', async () => {
    const log = memoryLog();
    const at = (price: number): string => `id,title,price\np1,Kettle,${price}\n`;
    for (const [price, accepted] of [
      [10, 1],
      [10, 0],
      [12, 1],
      [10, 1],
      [12, 1],
    ] as const)
      expect((await run('catalogue', [at(price)], {}, log)).summary.accepted).toBe(accepted);
  });

  test('changes nothing either where a catalogue names an item twice, and takes the last entry of a changed one', async () => {
    const log = memoryLog();
    let time = now;
    const prices = async (...list: readonly number[]): Promise<number> => {
      const text = `id,price\n${list.map((price) => `p1,${price}\n`).join('')}p2,1\n`;
      return (await run('catalogue', [text], { now: time++ }, log)).summary.accepted;
    };
    expect(await prices(10, 12)).toBe(3);
    expect(await prices(10, 12)).toBe(0);
    expect(await prices(10)).toBe(1);
    expect(await prices(10)).toBe(0);
    expect(await prices(12, 13)).toBe(2);
  });
});

describe('bad input', () => {
  test('rejects are counted, named and kept; the good rows go on', async () => {
    const { summary, rejects } = await run('csv', [
      `user_id,item_id,event_type,timestamp,rating\nu,i,rating,2020-01-01,7\nu,i,view,0,\nu,i,view,2090-01-01,\nu,i\n,i,view,2020-01-01,\nu,,view,2020-01-01,\nu,i,view,soon,\nu,i,rating,2020-01-01,5\n`,
    ]);
    expect(summary).toMatchObject({ rows: 8, accepted: 1, rejected: 7 });
    expect(rejects.map(({ line, field }) => [line, field])).toEqual([
      [2, 'eventValue'],
      [3, 'timestamp'],
      [4, 'timestamp'],
      [5, 'row'],
      [6, 'userId'],
      [7, 'itemId'],
      [8, 'timestamp'],
    ]);
    expect(rejects[0]).toMatchObject({
      reason: 'it is "7"; accepted: a number from 1 to 5',
      text: 'u,i,rating,2020-01-01,7',
    });
    expect(rejects[2]!.reason).toContain('the year 2090');
  });

  test('10 MB in one line is one reject, and a short text of it is kept', async () => {
    const { summary, rejects } = await run('csv', [
      `${header + click(1) + 'x'.repeat(10_000_000)}\n${click(2)}`,
    ]);
    expect(summary).toMatchObject({ accepted: 2, rejected: 1 });
    expect(rejects[0]).toMatchObject({ line: 3, field: 'line', text: 'x'.repeat(1_000) });
    expect(rejects[0]!.reason).toContain('10000000 characters');
  });

  test('a stray quote loses its own row only', async () => {
    const { summary, events } = await run('csv', [
      `${header}"u1,i1,view,1700000000\n${click(2)}${click(3)}"u,4",i4,view,1700000004\n"u""5",i5,view,1700000005\n`,
    ]);
    expect(summary).toMatchObject({ rows: 5, accepted: 4, rejected: 1 });
    expect(events.map((event) => event.userId)).toEqual(['u2', 'u3', 'u,4', 'u"5']);
  });

  test('rows between two stray quotes are not swallowed', async () => {
    const { summary, events } = await run('csv', [
      `${header}u1,"i1,view,1700000001\n${click(2)}${click(3)}u4,5" pipe,view,1700000004\n${click(5)}`,
    ]);
    expect(summary).toMatchObject({ accepted: 4, rejected: 1 });
    expect(events.map((event) => event.userId)).toEqual(['u2', 'u3', 'u4', 'u5']);
  });

  test('a purchase of negative money is a reject, a refund of it is none', async () => {
    const { summary, rejects } = await run('csv', [
      'user_id,item_id,event_type,timestamp,value\nu,i,purchase,1700000000,-3\nu,i,refund,1700000000,-3\nu,i,purchase,1700000000,0\n',
    ]);
    expect(summary).toMatchObject({ accepted: 2, rejected: 1 });
    expect(rejects[0]).toMatchObject({ line: 2, field: 'value' });
    expect(rejects[0]!.reason).toContain('it is "-3"; accepted: money from 0');
  });

  test('types that only the product writes, and names of an object itself', async () => {
    const types = ['erased', 'item_changed', 'decision', 'constructor', '__proto__'];
    const { summary } = await run('csv', [header + types.map((type) => `u,i,${type},1700000000\n`).join('')]);
    expect(summary).toMatchObject({ accepted: 2, rejected: 3 });
    expect(Object.entries(summary.eventTypes)).toEqual([
      ['constructor', 1],
      ['__proto__', 1],
    ]);
    expect(Object.keys(summary.rejectedBy)).toEqual([
      'eventType: it is wrong; accepted: view, click, add_to_cart, purchase, ...',
    ]);
  });

  test('a zero byte refuses its line; reasons are counted with what would be accepted', async () => {
    const { summary, rejects } = await run('csv', [
      `${header}${click(1)}u,i\0,view,1700000000\n${click(2)}u,i,view,1970-01-01\nu,i,view,2023-02-30\n`,
    ]);
    expect(summary.rejectedBy).toEqual({
      'line: it holds a zero byte; accepted: text': 1,
      'timestamp: it is wrong; accepted: from the year 1995 to tomorrow': 1,
      'timestamp: it is wrong; accepted: seconds or milliseconds since 1970, or ISO 8601 such as 2026-03-01T12:00:00Z': 1,
    });
    expect(rejects.map(({ line }) => line)).toEqual([3, 5, 6]);
  });

  test('Latin-1 that begins late in a file of Amazon is read; where UTF-8 is stated its whole block is refused, without the name', async () => {
    const block = (n: number, name: string, text: string): string =>
      `product/productId: B${n}\nreview/userId: A${n}\nreview/profileName: ${name}\nreview/helpfulness: 1/2\nreview/score: 4.0\nreview/time: 1182729600\nreview/summary: Fine\nreview/text: ${text}\n\n`;
    const bytes = Buffer.from(
      Array.from({ length: 700 }, (_, n) => block(n, 'N', 'It is fine')).join('') +
        block(700, 'Jos\xe9', 'caf\xe9') +
        block(701, 'N', 'Fine too'),
      'latin1',
    );
    const { summary, events } = await run('amazon', [bytes]);
    expect(summary).toMatchObject({ accepted: 702, rejected: 0 });
    expect(summary.imputed).toMatchObject({ 'line taken as Latin-1: not UTF-8': 2 });
    expect(events[700]!.properties!.text).toBe('caf\xe9');
    const strict = await run('amazon', [bytes], { encoding: 'utf-8' });
    expect(strict.summary).toMatchObject({ accepted: 701, rejected: 3 });
    expect(JSON.stringify(strict.rejects)).not.toContain('Jos');
  });

  test('one line of another encoding is one reject', async () => {
    const bytes = Buffer.concat([
      Buffer.from(header + Array.from({ length: 30 }, (_, i) => click(i)).join('')),
      Buffer.from('gr\xfcn,i,view,1700000000\n', 'latin1'),
      Buffer.from('grün \u{fffd},i,view,1700000000\n'),
    ]);
    const { summary, events } = await run('csv', [bytes]);
    expect(summary).toMatchObject({ accepted: 31, rejected: 1 });
    expect(events.at(-1)!.userId).toBe('grün \u{fffd}');
    const latin = Buffer.from(`${header}gr\xfcn,i,view,1700000000\n`, 'latin1');
    expect((await run('csv', [latin], { encoding: 'latin1' })).events[0]!.userId).toBe('grün');
  });

  test('files that cannot be read are refused in one sentence before anything is stored', async () => {
    const refused = async (content: string | Buffer, name: string, words: RegExp): Promise<void> => {
      const answer = run('csv', [content]);
      await expect(answer).rejects.toEqual(code(name));
      await expect(answer).rejects.toThrow(words);
    };
    await refused('', 'empty-file', /is empty/);
    await refused(gzipSync(''), 'empty-file', /is empty|no line/);
    await refused('\n\n', 'empty-file', /holds no row/);
    await refused(header, 'empty-file', /holds no row/);
    await refused(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 1]), 'not-text', /binary file/);
    await refused(Buffer.from('PK\x03\x04rest'), 'not-text', /zip file/);
    await refused(Buffer.from('\ufeffa,b', 'utf16le'), 'not-text', /UTF-16/);
    await refused(Buffer.from('na\xefve,caf\xe9\n', 'latin1'), 'not-text', /offset 2.*--encoding latin1/);
    await refused(
      'colour,size\nred,4\n',
      'missing-column',
      /userId or anonymousId or sessionId.*colour, size/,
    );
    await expect(run('csv', [], { files: [directory] })).rejects.toEqual(code('not-a-file'));
    await expect(run('csv', [], { files: [join(directory, 'none')] })).rejects.toEqual(code('no-such-file'));
    await expect(run('nonsense', ['x'])).rejects.toEqual(code('unknown-format'));
    await expect(run('csv', [header], { map: { userId: 'who' } })).rejects.toThrow(/no column "who"/);
    await expect(run('csv', [header], { map: { nobody: 'user_id' } })).rejects.toThrow(/no field "nobody"/);
  });

  test('a truncated gzip keeps its whole rows, and the mended file completes it', async () => {
    const text = header + Array.from({ length: 20_000 }, (_, i) => click(i * 79)).join('');
    const packed = gzipSync(text);
    const log = memoryLog();
    await expect(run('csv', [packed.subarray(0, packed.length / 2)], {}, log)).rejects.toEqual(
      code('truncated-gzip'),
    );
    const kept = await log.size();
    expect(kept).toBeGreaterThan(5_000);
    expect((await run('csv', [packed], {}, log)).summary).toMatchObject({
      accepted: 20_000 - kept,
      duplicates: kept,
    });
    expect(await log.size()).toBe(20_000);
  });
});

test('lines end at LF alone, CR before it dropped', async () => {
  const inside = ['\u2028', '\u2029', '\x85', '\v', '\f', '\r'];
  const { events } = await run('csv', [
    `${header.trim()},text\r\n${inside.map((end, i) => `a${end}b,i,view,${1_700_000_000 + i},x\r\n`).join('')}c,i,view,1700000009,"e\nf"`,
  ]);
  expect(events.map((event) => event.userId)).toEqual([...inside.map((end) => `a${end}b`), 'c']);
  expect(events.at(-1)!.properties).toEqual({ text: 'e\nf' });
});

test('a killed import loses no acknowledged row, and importing again completes it', async () => {
  const rows = 60_000;
  const path = file(
    header +
      Array.from(
        { length: rows },
        (_, i) => `u${i % 999},i${i},view,${1_700_000_000 + ((i * 7919) % 99_991)}\n`,
      ).join(''),
  );
  const logPath = join(directory, 'killed.sqlite');
  const child = spawn(process.execPath, [
    '--input-type=module',
    '-e',
    `import { importFiles } from ${JSON.stringify(join(import.meta.dirname, 'import-files.ts'))};
     import { sqliteLog } from ${JSON.stringify(join(import.meta.dirname, 'sqlite-log.ts'))};
     const log = await sqliteLog(${JSON.stringify(logPath)});
     let acknowledged = 0;
     const told = { ...log, append: async (events) => { const answer = await log.append(events); acknowledged += answer.accepted;
       process.stdout.write(acknowledged + '\\n'); return answer; } };
     await importFiles(told, { format: 'csv', files: [${JSON.stringify(path)}], now: ${now}, rejectsPath: 'none' });`,
  ]);
  let acknowledged = 0;
  await new Promise<void>((resolve, reject) => {
    let errors = '';
    child.stderr.on('data', (text) => {
      errors += text;
    });
    child.stdout.on('data', (text: Buffer) => {
      acknowledged = Number(text.toString().trim().split('\n').at(-1));
      child.kill('SIGKILL');
    });
    child.on('close', (_, signal) =>
      signal === 'SIGKILL' ? resolve() : reject(new Error(`not killed: ${errors}`)),
    );
  });
  expect(acknowledged).toBeGreaterThan(0);
  expect(acknowledged).toBeLessThan(rows);
  const log = await sqliteLog(logPath);
  const kept = await log.size();
  expect(kept).toBeGreaterThanOrEqual(acknowledged);
  const { summary } = await run('csv', [], { files: [path] }, log);
  expect(summary).toMatchObject({ accepted: rows - kept, duplicates: kept });
  expect(await log.size()).toBe(rows);
  await log.close();
});

const datasets = process.env.TENDRIL_DATASETS;
describe.skipIf(!datasets)('the published files themselves (needs TENDRIL_DATASETS)', () => {
  const published = async (format: string, folder: string, pick = /./) => {
    const root = join(datasets!, folder);
    const files = readdirSync(root)
      .filter((name) => pick.test(name))
      .map((name) => join(root, name));
    return run(format, [], { files });
  };
  test('Musical Instruments: 10,261 reviews, no name of a reviewer anywhere', async () => {
    const { summary, events } = await published('amazon', 'amazon-musical-instruments-5core');
    expect(summary).toMatchObject({ rows: 10_261, accepted: 10_261, rejected: 0 });
    expect(new Set(events.map((event) => event.userId)).size).toBe(1_429);
    expect(new Set(events.map((event) => event.itemId)).size).toBe(900);
    expect(events.reduce((sum, event) => sum + event.eventValue!, 0) / events.length).toBeCloseTo(4.489, 3);
    expect(JSON.stringify(events)).not.toMatch(/reviewerName/);
  });
  test('Digital Music: 6,908 reviews and 7,419 products, 7,395 with a price', async () => {
    const { events } = await published('amazon', 'amazon-digital-music-partial');
    const items = events.filter((event) => event.eventType === 'item_changed');
    expect(events.length - items.length).toBe(6_908);
    expect(items).toHaveLength(7_419);
    expect(
      items.filter((event) => (event.properties!.item as { price?: number }).price !== undefined),
    ).toHaveLength(7_395);
  });
  test('MovieLens 100k, OTTO, Taobao and Complete Journey: every row', async () => {
    expect((await published('movielens', 'movielens-100k')).summary.eventTypes).toEqual({
      rating: 100_000,
      item_changed: 1_682,
      shopper_changed: 943,
    });
    expect((await published('otto', 'otto-sample')).summary.eventTypes).toEqual({
      click: 800,
      add_to_cart: 52,
      purchase: 10,
    });
    expect((await published('taobao', 'taobao-userbehavior-sample')).summary.eventTypes).toEqual({
      view: 3_926,
      add_to_cart: 190,
      add_to_wishlist: 128,
      purchase: 77,
    });
    const journey = await published(
      'complete-journey',
      'complete-journey-coupons',
      /^(?!promotions|products|coupons)/,
    );
    expect(journey.summary).toMatchObject({
      rejected: 0,
      eventTypes: {
        purchase: 75_000,
        campaign_received: 6_589,
        coupon_redeemed: 2_102,
        shopper_changed: 801,
      },
    });
  });
});

test('numbers that cannot be read are left out and counted, each by its own reason', async () => {
  const bought = (price: string, i: number) => `u${i},i,purchase,${1_700_000_000 + i},${price}\n`;
  const rows = ['NaN', '', '-5', 'abc', '3'].map(bought).join('');
  const { summary } = await run('csv', [`user_id,item_id,event_type,timestamp,price\n${rows}`]);
  expect({ ...summary.imputed }).toEqual({
    'price of a purchase left out: missing': 2,
    'price left out: not from 0 to 1000000000': 1,
    'price left out: not a number': 1,
  });
  const { summary: products, events } = await run('catalogue', ['id,title,price\na,A,-3\nb,B,2e9\n,C,3\n']);
  expect(products).toMatchObject({ accepted: 2, imputed: { 'price left out: not from 0 to 1000000000': 2 } });
  expect(events[0]!.properties!.item).toEqual({ itemId: 'a', title: 'A' });
  expect(Object.values(products.rejectedFirst)).toEqual([expect.stringMatching(/, line 4$/)]);
});
