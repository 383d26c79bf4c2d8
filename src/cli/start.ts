import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { type DataDirectory, dataPath, openDataDirectory, refuseSecondWriter } from '../adapters/index.ts';
import { TendrilError } from '../core/index.ts';
import { createApp, isLoopback, requestLog } from '../server/index.ts';
import { numberThat } from './option-values.ts';
import { table } from './output.ts';
import { runShop } from './run-shop.ts';
import { version } from './version.ts';

interface Options {
  readonly port: string;
  readonly host: string;
  readonly data?: string;
  readonly fresh: boolean;
  readonly seed: string;
  readonly learn: number;
  readonly simulate: boolean;
  readonly json: boolean;
}

/** `tendril start`: the whole product: imports (the demo shop, where there is nothing yet), trains, serves. */
export function startCommand(command: Command): void {
  command
    .description(
      'Serves the shop in the data directory. An empty one is filled with the bundled demo shop first; where no model serves yet, several agents are trained and the one that wins on validation serves. Ctrl-C ends.',
    )
    .option('--port <number>', 'port; 0 for any that is free', '4400')
    .option('--host <name>', 'address to listen on; any but loopback needs a key in TENDRIL_KEY', '127.0.0.1')
    .option('--data <directory>', 'data directory (or TENDRIL_DATA; else ./tendril-data)')
    .option('--fresh', 'remove the data directory first and begin anew', false)
    .option('--seed <number>', 'seed of the training', '1')
    .option(
      '--learn <minutes>',
      'every so many minutes the model that serves learns what shoppers did since, beside the server, and serves on; 0: never',
      (text) =>
        numberThat(text, '0, or minutes from .01 to 10080', (x) => x === 0 || (x >= 0.01 && x <= 10_080)),
      0,
    )
    .option('--no-simulate', 'leave the simulated shop out of the report')
    .option('--json', 'one JSON object a line', false)
    .addHelpText('after', '\nExample:\n  $ tendril start --port 0 --data my-shop')
    .action(async (options: Options) => {
      const port = wholeNumber('--port', options.port, 65_535);
      const seed = wholeNumber('--seed', options.seed, 2 ** 31);
      const key = process.env.TENDRIL_KEY || undefined;
      if (!isLoopback(options.host) && key === undefined) {
        throw new TendrilError('key-required', `--host ${options.host} is open to others than this machine`);
      }
      const path = dataPath(options.data);
      if (options.fresh) removeShop(path);
      const directory = openDataDirectory(path, { create: true });
      // Before the address is told. Who comes between now and the opening of the log is refused there.
      refuseSecondWriter(directory.logPath);
      await serve(directory, { ...options, port, seed, key });
    });
}

interface Settings {
  readonly port: number;
  readonly host: string;
  readonly seed: number;
  readonly learn: number;
  readonly simulate: boolean;
  readonly key: string | undefined;
  readonly json: boolean;
}

async function serve(directory: DataDirectory, settings: Settings): Promise<void> {
  const { port, host, seed, learn, simulate, key, json } = settings;
  const print = (text: string, fields: object): void => {
    process.stdout.write(json ? `${JSON.stringify(fields)}\n` : text);
  };
  const logger = requestLog(process.env.TENDRIL_LOG ?? 'warn');
  const shop = runShop(directory, {
    seed,
    learn,
    simulate,
    quiet: json,
    warn: (message) => logger.warn(message),
    trained(rows) {
      if (json) for (const row of rows) process.stdout.write(`${JSON.stringify(row)}\n`);
      else {
        process.stdout.write(`\nOn what shoppers took next, which no agent had seen:\n${table(rows)}\n`);
      }
    },
    reported: () => print(`The report is at ${url}/report\n`, { report: `${url}/report` }),
    serving: ({ agent, version: number }) =>
      print(`Serving ${agent}, version ${number}.\n`, { serving: agent, version: number }),
  });
  const app = createApp({ shop, version, key, logger });
  const url = await listen(app, host, port);
  print(`Tendril is at ${url}\n`, { url, data: directory.path });
  const ended = untilSignal();
  try {
    await Promise.race([shop.begin(), ended]);
    await ended;
  } finally {
    await app.close();
    await shop.close();
  }
  print('Ended; every event is on disk.\n', { ended: true });
}

async function listen(app: ReturnType<typeof createApp>, host: string, port: number): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') {
      throw new TendrilError('port-in-use', `port ${port} of ${host} is in use by another program`);
    }
    if (code === 'EACCES') {
      throw new TendrilError(
        'bad-setting',
        `--port is ${port}, which needs more rights; accepted: 1024 to 65535`,
      );
    }
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
      throw new TendrilError('bad-setting', `--host is ${host}, which is no address of this machine`);
    }
    throw error;
  }
}

/** Ctrl-C and a polite kill; told twice (by the terminal and by a parent) it is one end. */
function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve());
  });
}

/** Only ever removes what is a data directory. */
function removeShop(path: string): void {
  if (!existsSync(path)) return;
  if (!existsSync(join(path, 'tendril.json')) && readdirSync(path).length > 0) {
    throw new TendrilError('data-version', `${path} is not a data directory of Tendril; it is left as it is`);
  }
  refuseSecondWriter(join(path, 'log.sqlite'));
  rmSync(path, { recursive: true });
}

function wholeNumber(flag: string, text: string, most: number): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (value <= most) return value;
  throw new TendrilError('bad-setting', `${flag} is "${text}"; accepted: a whole number from 0 to ${most}`);
}
