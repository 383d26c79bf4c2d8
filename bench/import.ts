// Import speed and memory: writes made-up click rows to a file, imports them in a process of its own, and imports them
// again. Prints one JSON line a stage: rows a second, and the process's memory at several points.
//
//   node bench/import.ts --rows 1000000 [--format csv|jsonl] [--ids] [--bound]
//
// --ids    rows bring ids of their own
// --bound  V8 may keep 64 MB of old objects and 4 MB of new ones in each thread: what is left is what cannot be given back
//
// Shoppers, items and times are drawn without order, which is the hardest case for every index.
import { fork } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { importFiles, openDataDirectory, sqliteLog } from '../src/adapters/index.ts';
import { rng } from '../src/index.ts';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    format: { type: 'string', default: 'csv' },
    ids: { type: 'boolean', default: false },
    bound: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
    child: { type: 'string' },
  },
});
const rows = Number(values.rows);

if (values.child) {
  // The process that is measured.
  const directory = openDataDirectory(join(values.child, 'data'), { create: true });
  const log = await sqliteLog(directory.logPath);
  const memory: { rows: number; megabytes: number }[] = [];
  let mark = 0;
  const size = statSync(join(values.child, 'clicks')).size;
  const begun = performance.now();
  const summary = await importFiles(log, {
    format: values.format,
    files: [join(values.child, 'clicks')],
    rejectsPath: directory.rejectsPath,
    now: Date.now(),
    progress(done) {
      if (done < (mark * size) / 10) return;
      mark++;
      memory.push({
        rows: Math.round((done / size) * rows),
        megabytes: Math.round(process.memoryUsage.rss() / 1e6),
      });
    },
  });
  const seconds = (performance.now() - begun) / 1000;
  await log.close();
  process.send!({
    rows: summary.rows,
    accepted: summary.accepted,
    duplicates: summary.duplicates,
    seconds,
    rowsPerSecond: Math.round(summary.rows / seconds),
    memory,
    peakMegabytes: Math.round(process.resourceUsage().maxRSS / 1e3),
  });
} else {
  const folder = mkdtempSync(join(tmpdir(), 'tendril-bench-'));
  try {
    writeClicks(join(folder, 'clicks'));
    for (const stage of ['import', 'import again']) {
      const result = await measured(folder);
      process.stdout.write(
        `${JSON.stringify({ stage, format: values.format, ids: values.ids, bound: values.bound, seed: values.seed, machine: `${cpus().length} x ${cpus()[0]?.model}`, node: process.version, ...result })}\n`,
      );
    }
    const bytes = statSync(join(folder, 'data', 'log.sqlite')).size;
    process.stdout.write(
      `${JSON.stringify({ stage: 'size', rows, bytesPerRow: Math.round(bytes / rows) })}\n`,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function measured(folder: string): Promise<object> {
  return new Promise((resolve, reject) => {
    const child = fork(
      import.meta.filename,
      ['--child', folder, '--rows', values.rows, '--format', values.format],
      { execArgv: values.bound ? ['--max-old-space-size=64', '--max-semi-space-size=4'] : [] },
    );
    let result: object | undefined;
    child.once('message', (message) => {
      result = message as object;
    });
    child.once('exit', (code) => (result ? resolve(result) : reject(new Error(`exit code ${code}`))));
  });
}

function writeClicks(path: string): void {
  const chance = rng(Number(values.seed));
  const types = ['view', 'view', 'view', 'click', 'add_to_cart', 'purchase'];
  const file = openSync(path, 'w');
  const csv = values.format === 'csv';
  let text = csv ? `${values.ids ? 'event_id,' : ''}user_id,item_id,event_type,timestamp\n` : '';
  for (let i = 0; i < rows; i++) {
    const user = `u${chance.int(1_000_000)}`;
    const item = `i${chance.int(100_000)}`;
    const type = types[chance.int(types.length)]!;
    const time = 1_700_000_000_000 + chance.int(2 ** 31);
    const id = values.ids
      ? `${chance.int(2 ** 32).toString(16)}-${chance.int(2 ** 32).toString(16)}-${i}`
      : '';
    text += csv
      ? `${values.ids ? `${id},` : ''}${user},${item},${type},${time}\n`
      : `${JSON.stringify({ ...(values.ids && { eventId: id }), userId: user, itemId: item, eventType: type, timestamp: time })}\n`;
    if (text.length > 1_000_000) {
      writeSync(file, text);
      text = '';
    }
  }
  writeSync(file, text);
  closeSync(file);
}
