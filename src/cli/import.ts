import { SingleBar } from 'cli-progress';
import { Argument, type Command, Option } from 'commander';
import {
  byteSource,
  dataPath,
  ImportBroken,
  type ImportSummary,
  importFiles,
  openDataDirectory,
  sqliteLog,
} from '../adapters/index.ts';
import { type Progress, TendrilError } from '../core/index.ts';
import { campaignFormats, formatNamed, formats } from '../ingest/index.ts';
import { aboutShop } from './about-shop.ts';
import { type CampaignOptions, importCampaignFiles } from './import-campaign.ts';
import { collect } from './named-values.ts';
import { share, wholeNumber } from './option-values.ts';

interface Options extends CampaignOptions {
  readonly map: readonly string[];
  readonly dropDuplicates: boolean;
  readonly encoding?: 'utf-8' | 'latin1';
}

/** `tendril import`: files of a known format into the log. */
export function importCommand(command: Command): void {
  command
    .description(
      'Reads files (gzip or not; "-" or nothing is standard input) into the data directory. Importing a file twice ' +
        'changes nothing. Rows that cannot be taken are counted, named, and kept in a reject file. A campaign becomes a ' +
        'log of choices instead, a CSV file for `tendril ope` and `tendril train --log`; one wrong row refuses it all.',
    )
    .addArgument(new Argument('<format>', formatNames.join(' | ')))
    .argument('[files...]', 'paths')
    .option('--data <directory>', 'data directory (or TENDRIL_DATA; else ./tendril-data)')
    .option('--map <field=column>', 'which column is which field; may be repeated', collect, [])
    .option('--drop-duplicates', 'drop rows equal to an earlier row of their file', false)
    .addOption(new Option('--encoding <name>', 'encoding of the files').choices(['utf-8', 'latin1']))
    .option(
      '--out <file>',
      'campaigns: where the log goes (default: campaigns/<format>.csv in the data directory)',
    )
    .option(
      '--held-out <file>',
      'campaigns: keep some shoppers, drawn by lot, out of --out and put them here',
    )
    .option('--share <p>', 'campaigns: how many of the shoppers are held out', share, 0.5)
    .option('--seed <n>', 'campaigns: of the lot', wholeNumber, 1)
    .option('--json', 'the summary as JSON: one object, for campaigns one an action', false)
    .addHelpText(
      'after',
      `\nFormats:\n${listed(formats)}\n\nCampaigns:\n${listed(campaignFormats)}\n\nExamples:\n${[...formats, ...campaignFormats].map(({ example }) => `  $ ${example}`).join('\n')}\n  $ zcat events.csv.gz | tendril import csv -`,
    )
    .action(async (format: string, files: readonly string[], options: Options) => {
      // What was asked for is checked before anything is made.
      const campaign = campaignFormats.find(({ name }) => name === format);
      if (campaign && (options.out !== undefined || !formatNamed(format))) {
        if (options.map.length > 0 || options.dropDuplicates || options.encoding)
          throw new TendrilError(
            'bad-setting',
            `--map, --drop-duplicates and --encoding are for events; accepted for the campaign ${format}: --out, --held-out, --share, --seed`,
          );
        return importCampaignFiles(campaign, files.length > 0 ? files : ['-'], options);
      }
      if (!formatNamed(format))
        throw new TendrilError(
          'unknown-format',
          `there is no format "${format}"; there are: ${formatNames.join(', ')}`,
        );
      if (options.out !== undefined || options.heldOut !== undefined)
        throw new TendrilError(
          'bad-setting',
          `--out and --held-out are for campaigns: ${campaignFormats.map(({ name }) => name).join(', ')}`,
        );
      const map = Object.fromEntries(options.map.map(readMapping));
      const paths = files.length > 0 ? files : ['-'];
      for (const path of paths) byteSource(path);
      const directory = openDataDirectory(dataPath(options.data), { create: true });
      if (aboutShop(directory.path).name === 'demo')
        process.stderr.write(
          `The demo shop is in ${directory.path}, and these rows join it; --data my-shop keeps a shop of your own apart.\n`,
        );
      const log = await sqliteLog(directory.logPath);
      const bar = progressBar();
      const begun = performance.now();
      const finish = (summary: ImportSummary): ImportSummary => {
        bar.stop();
        print(summary, (performance.now() - begun) / 1000, options.json);
        return summary;
      };
      try {
        const { rows, rejected, rejectFile } = finish(
          await importFiles(log, {
            format,
            files: paths,
            map,
            dropDuplicates: options.dropDuplicates,
            ...(options.encoding && { encoding: options.encoding }),
            rejectsPath: directory.rejectsPath,
            now: Date.now(),
            progress: bar.progress,
          }),
        );
        if (rows > 0 && rejected === rows)
          throw new TendrilError(
            'nothing-taken',
            `every row was refused, ${rows} of ${rows}; they are kept in ${rejectFile}`,
          );
      } catch (error) {
        bar.stop();
        if (error instanceof ImportBroken && error.summary.rows > 0) finish(error.summary);
        throw error;
      } finally {
        await log.close();
      }
    });
}

/** Names of everything that can be read; Complete Journey is events, and with --out a campaign. */
const formatNames = [...new Set([...formats, ...campaignFormats].map(({ name }) => name))];

const listed = (all: readonly { readonly name: string; readonly summary: string }[]): string =>
  all.map(({ name, summary }) => `  ${name.padEnd(18)}${summary}`).join('\n');

function readMapping(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1 || at === text.length - 1)
    throw new TendrilError(
      'bad-setting',
      `--map is "${text}"; accepted: field=column, e.g. --map userId=customer`,
    );
  return [text.slice(0, at), text.slice(at + 1)];
}

/** A bar on a terminal; elsewhere a line every few seconds. */
function progressBar(): { progress: Progress; stop(): void } {
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);
  if (!process.stderr.isTTY) {
    let last = Date.now();
    return {
      progress(done, total, note) {
        if (Date.now() - last < 5_000) return;
        last = Date.now();
        const of = total === undefined ? '' : ` of ${megabytes(total)}`;
        process.stderr.write(`importing ${note}: ${megabytes(done)}${of} MB\n`);
      },
      stop() {},
    };
  }
  const bar = new SingleBar({
    format: 'importing {note} {bar} {percentage}% {megabytes} MB',
    hideCursor: true,
  });
  let begun = false;
  return {
    progress(done, total, note) {
      const shown = { note, megabytes: megabytes(done) };
      if (!begun) bar.start(total ?? 0, 0, shown);
      begun = true;
      bar.update(total === undefined ? 0 : Math.min(done, total), shown);
    },
    stop() {
      if (begun) bar.stop();
      begun = false;
    },
  };
}

function print(summary: ImportSummary, seconds: number, json: boolean): void {
  if (json) {
    process.stdout.write(`${JSON.stringify({ ...summary, seconds })}\n`);
    return;
  }
  const list = (
    title: string,
    table: Readonly<Record<string, number>>,
    first: Readonly<Record<string, string>> = {},
  ): string =>
    Object.entries(table)
      .sort((a, b) => b[1] - a[1])
      .map(
        ([what, n], i) =>
          `${i === 0 ? title : ''.padEnd(title.length)}${n} ${what}${first[what] === undefined ? '' : `; first in ${first[what]}`}\n`,
      )
      .join('');
  process.stdout.write(
    `rows        ${summary.rows} in ${seconds.toFixed(1)} s\n` +
      `accepted    ${summary.accepted}\n` +
      `duplicates  ${summary.duplicates} already there${summary.dropped > 0 ? `, ${summary.dropped} equal rows dropped` : ''}\n` +
      `rejected    ${summary.rejected}${summary.rejectFile ? `, kept in ${summary.rejectFile}` : ''}\n` +
      list('            ', summary.rejectedBy, summary.rejectedFirst) +
      list('imputed     ', summary.imputed) +
      list('events      ', summary.eventTypes) +
      summary.notes.map((note) => `note        ${note}\n`).join(''),
  );
}
