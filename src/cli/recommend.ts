import { randomUUID } from 'node:crypto';
import { type Command, Option } from 'commander';
import { dataPath, directoryRegistry, openDataDirectory, openEngine, sqliteLog } from '../adapters/index.ts';
import { type Combination, combinations, rng, TendrilError } from '../core/index.ts';
import type { GroupRecommendation } from '../decide/index.ts';
import { createLoop } from '../loop.ts';
import { sentiment } from '../math/index.ts';
import { restorePolicy } from '../server/index.ts';
import { names } from './option-values.ts';
import { printRows } from './output.ts';

interface Options {
  readonly data?: string;
  readonly user?: string;
  readonly group?: string[];
  readonly combine?: Combination;
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
    .option('--group <ids>', 'one list for these shoppers together, separated by commas', names)
    .addOption(
      new Option('--combine <how>', 'with --group: how their wishes are combined; fair if missing').choices(
        combinations,
      ),
    )
    .option('--limit <number>', 'items, 1 to 100', '10')
    .option('--seed <number>', 'seed of what is left to chance', '1')
    .option('--json', 'one JSON object an item', false)
    .addHelpText(
      'after',
      '\nExamples:\n  $ tendril recommend --user 2388 --limit 5\n  $ tendril recommend --group 2388,2013,1415 --combine fair',
    )
    .action(async ({ data, user, group, combine, limit, seed, json }: Options) => {
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
      if (group && user !== undefined)
        throw new TendrilError('bad-setting', '--group and --user were both given; accepted: one of them');
      if (combine && !group)
        throw new TendrilError('bad-setting', '--combine is for several shoppers; accepted: with --group');
      if (group && (group.length < 2 || group.length > 20))
        throw new TendrilError(
          'bad-setting',
          `--group names ${group.length} shopper${group.length === 1 ? '' : 's'}; accepted: 2 to 20, separated by commas`,
        );
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
        const answer = group
          ? await loop.recommendGroup({ limit: count, userIds: group, ...(combine && { combine }) })
          : await loop.recommend({ limit: count, ...(user === undefined ? {} : { userId: user }) });
        if (!answer)
          throw new TendrilError(
            'not-ready',
            `no model serves in ${directory.path}; run: tendril train auto`,
          );
        for (const note of answer.notes ?? []) process.stderr.write(`tendril: ${note}\n`);
        if ('group' in answer) {
          printGroup(answer as GroupRecommendation, json);
          return;
        }
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

/** A column for each member: the item's number in what they would like, and why. */
function printGroup({ items, policy, group }: GroupRecommendation, json: boolean): void {
  printRows(
    items.map((item) =>
      json
        ? { ...item, policy, group }
        : {
            '': item.position,
            item: item.itemId,
            title: item.title ?? '',
            ...Object.fromEntries(
              item.members.map(({ userId, place, reasons }) => [userId, `${place}: ${reasons[0] ?? ''}`]),
            ),
          },
    ),
    json,
  );
  if (json) return;
  const served = group.members.map(
    ({ userId, satisfaction }) => `${userId} ${Math.round(100 * satisfaction)} %`,
  );
  process.stdout.write(`\nof the best list each could have: ${served.join(', ')} (${group.combine})\n`);
}
