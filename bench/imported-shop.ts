import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importFiles, openDataDirectory, sqliteLog } from '../src/adapters/index.ts';
import { readShop, type ShopData } from '../src/learn/index.ts';

/** A shop as `tendril import` makes it of these files, and as agents are taught by it; the data directory is thrown away. */
export async function importedShop(format: string, files: readonly string[]): Promise<ShopData> {
  const folder = mkdtempSync(join(tmpdir(), 'tendril-bench-'));
  const directory = openDataDirectory(join(folder, 'shop'), { create: true });
  const log = await sqliteLog(directory.logPath);
  try {
    await importFiles(log, { format, files, rejectsPath: directory.rejectsPath, now: Date.now() });
    return await readShop(log, { sentiments: true });
  } finally {
    await log.close();
    rmSync(folder, { recursive: true });
  }
}
