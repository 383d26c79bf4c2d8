import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { dataPath, directoryRegistry, openDataDirectory, openEngine, sqliteLog } from '../adapters/index.ts';
import { rng, TendrilError } from '../core/index.ts';
import { createLoop } from '../loop.ts';
import { sentiment } from '../math/index.ts';
import { restorePolicy } from '../server/index.ts';
import { printRows } from './output.ts';

interface Options {
  readonly data?: string;
  readonly user?: string;
  readonly limit: string;
  readonly seed: string;
  readonly json: boolean;
}

/** `tendril recommend`: what a shopper would be shown now. Also beside a running server; nothing is logged. */
export function recommendCommand(command: Command): void {
  command
    .description(
      'Shows what the serving model would recommend to a shopper now. Nothing is logged; use POST /v1/recommend for that.',
    )
    .option('--data <directory>', 'data directory (or TENDRIL_DATA; else ./tendril-data)')
    .option('--user <id>', 'the shopper; without it, somebody new')
    .option('--limit <number>', 'items, 1 to 100', '10')
    .option('--seed <number>', 'seed of what is left to chance', '1')
    .option('--json', 'one JSON object an item', false)
    .addHelpText('after', '\nExample:\n  $ tendril recommend --user 2388 --limit 5')
    .action(async ({ data, user, limit, seed, json }: Options) => {
      const count = /^\d{1,3}$/.test(limit) ? Number(limit) : 0;
      if (count < 1 || count > 100) {
        throw new TendrilError(
          'bad-setting',
          `--limit is "${limit}"; accepted: a whole number from 1 to 100`,
        );
      }
      if (!/^\d{1,15}$/.test(seed))
        throw new TendrilError('bad-setting', `--seed is "${seed}"; accepted: a whole number from 0`);
      if (user === '')
        throw new TendrilError('bad-setting', '--user is empty; accepted: the id of a shopper, or no --user');
      const directory = openDataDirectory(dataPath(data));
      const log = await sqliteLog(directory.logPath, { readOnly: true });
      try {
        const loop = await createLoop({
          log,
          registry: directoryRegistry(directory.modelsPath),
          clock: Date.now,
          makeId: randomUUID,
          // The same for the same seed: ids are random here, so chance must not hang on them.
          rng: { ...rng(`recommend ${seed}`), fork: () => rng(`recommend ${seed}`) },
          sentiment: (text) => sentiment(text).compound,
          restore: (manifest, model, catalogue) => restorePolicy(manifest, model, catalogue, openEngine),
          warn: (message) => process.stderr.write(`tendril: ${message}\n`),
          record: false,
        });
        await loop.adopt();
        const answer = await loop.recommend({
          limit: count,
          ...(user === undefined ? {} : { userId: user }),
        });
        if (!answer)
          throw new TendrilError(
            'not-ready',
            `no model serves in ${directory.path}; run: tendril train auto`,
          );
        printRows(
          answer.items.map(({ position, itemId, title, score, propensity, explored, reasons }) =>
            json
              ? { position, itemId, title, score, propensity, explored, reasons, policy: answer.policy }
              : { '': position, item: itemId, title: title ?? '', why: reasons.join('; ') },
          ),
          json,
        );
      } finally {
        await log.close();
      }
    });
}
