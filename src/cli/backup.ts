import type { Command } from 'commander';
import { backUp, dataPath, openDataDirectory, restore } from '../adapters/index.ts';
import { TendrilError } from '../core/index.ts';
import { printRows } from './output.ts';

/** `tendril backup`: everything a shop keeps in one file, and back. */
export function backupCommand(command: Command): void {
  command
    .description(
      'Copies the log and the models (those of worlds too) into one file, as they are at one moment; a server may go on writing.\nWith --restore, makes a new data directory from such a file.',
    )
    .option('--data <directory>', 'data directory (or TENDRIL_DATA; else ./tendril-data)')
    .option('--to <file>', 'where to write the backup')
    .option('--restore <file>', 'the backup to make the data directory from')
    .option('--json', 'one JSON object a line', false)
    .addHelpText(
      'after',
      '\nExamples:\n  $ tendril backup --to shop-2026-11-01.sqlite\n  $ tendril backup --restore shop-2026-11-01.sqlite --data new-data',
    )
    .action(async (options: { data?: string; to?: string; restore?: string; json: boolean }) => {
      if ((options.to === undefined) === (options.restore === undefined))
        throw new TendrilError('bad-setting', 'say one of --to FILE (back up) and --restore FILE');
      if (options.restore !== undefined) {
        const { directory, files } = restore(options.restore, dataPath(options.data));
        printRows([{ restored: directory.path, models: files }], options.json);
        return;
      }
      const { path, bytes, files } = await backUp(openDataDirectory(dataPath(options.data)), options.to!);
      printRows([{ backup: path, bytes, models: files }], options.json);
    });
}
