import type { Command } from 'commander';
import { worldWithData } from '../adapters/index.ts';
import { TendrilError } from '../core/index.ts';
import { checkWorld, type WorldDefinition, worldNamed, worlds } from '../world/index.ts';
import { collect, pairs } from './named-values.ts';
import { positiveWhole, wholeNumber } from './option-values.ts';
import { printRows } from './output.ts';
import { decisionIn } from './world-decision.ts';
import { writeWorldLog } from './world-log.ts';
import { type Spaces, worldPage } from './world-page.ts';

interface WorldsOptions {
  readonly observation?: string;
  readonly action?: string;
  readonly check: boolean;
  readonly worldOption: string[];
  readonly steps?: number;
  readonly log?: string;
  readonly rows: number;
  readonly seed: number;
  readonly json: boolean;
}

/** `tendril worlds [id]`: every world there is, or all about one. */
export function worldsCommand(command: Command): void {
  command
    .argument('[id]', 'a world, for all about it')
    .description(
      'Lists every world, a simulator that agents can learn in; with an id, what one shows, takes and rewards.',
    )
    .option(
      '--observation <json>',
      'a state, by the names of its parts: prints what the best action earns there',
    )
    .option('--action <number>', 'another action instead, counted from 0')
    .option(
      '--check',
      'plays the world at random and says which rule of worlds it breaks, and at which step',
      false,
    )
    .option('--world-option <key=value>', 'an option of the world; may be repeated', collect, [])
    .option('--steps <n>', '--check: steps played for each rule (300 by default)', positiveWhole)
    .option(
      '--log <file>',
      'write a log of choices made by lot there, to practise on: for train --log and ope',
    )
    .option('--rows <n>', '--log: choices in it', positiveWhole, 10_000)
    .option('--seed <n>', '--check, --log: of everything drawn by chance', wholeNumber, 1)
    .option('--json', 'one JSON object a line', false)
    .addHelpText(
      'after',
      `
Examples:
  $ tendril worlds frozen-lake-v1
  $ tendril worlds --json
  $ tendril worlds campaign-v2 --check --world-option budget=20
  $ tendril worlds campaign-v1 --log offers.csv --rows 10000
  $ tendril worlds campaign-v1 --action 2 --observation '{"recency": 15, "frequency": 3, "monetaryValue": 200,
    "engagementScore": 0.78, "discountSensitive": 1, "freeShippingPreferred": 0, "emailOpens": 0.87,
    "smsResponse": 0.12, "pushResponse": 0.05, "lastPurchaseDays": 8}'`,
    )
    .action((id: string | undefined, options: WorldsOptions) => {
      const { json, observation, action, log } = options;
      const given = pairs('--world-option', options.worldOption);
      if (id === undefined && options.worldOption.length > 0)
        throw new TendrilError('bad-setting', 'accepted: the name of a world with --world-option');
      if (options.check) return check(id, given, options);
      if (id !== undefined) spaces(worldNamed(id), given);
      if (log !== undefined) {
        if (id === undefined || observation !== undefined)
          throw new TendrilError('bad-setting', 'accepted: a world with --log, and without --observation');
        return printRows([writeWorldLog(id, log, options)], json);
      }
      if (observation !== undefined || action !== undefined) {
        if (id === undefined || observation === undefined)
          throw new TendrilError(
            'bad-setting',
            'accepted: a world with --observation, and --action if you like',
          );
        return printRows([decisionIn(id, observation, action)], json);
      }
      if (json)
        return printRows(
          (id ? [worldNamed(id)] : worlds).map((world) => described(world, given)),
          true,
        );
      if (!id)
        return printRows(
          worlds.map(({ id: world, summary }) => ({ world, summary })),
          false,
        );
      process.stdout.write(
        worldPage(
          worldNamed(id),
          spaces(worldNamed(id), given),
          Math.min(process.stdout.columns ?? 100, 110),
        ),
      );
    });
}

type Given = Readonly<Record<string, string>>;

/** Exit code 1 where a world breaks its contract. */
function check(id: string | undefined, given: Given, { steps, seed, json }: WorldsOptions): void {
  if (id === undefined) throw new TendrilError('bad-setting', 'accepted: the name of a world with --check');
  const definition = worldWithData(worldNamed(id), process.env.TENDRIL_DATASETS);
  definition.create(1, given);
  const complaints = checkWorld((n) => definition.create(n, given), { seed, ...(steps && { steps }) });
  if (json) printRows([{ world: id, sound: complaints.length === 0, complaints }], true);
  else if (complaints.length === 0) process.stdout.write(`${id} keeps every rule of worlds\n`);
  else process.stdout.write(`${id} breaks its contract:\n${complaints.map((c) => `  - ${c}\n`).join('')}`);
  if (complaints.length > 0) process.exitCode = 1;
}

function described(world: WorldDefinition, given: Given): Record<string, unknown> {
  return {
    world: world.id,
    summary: world.summary,
    ...spaces(world, given),
    doc: world.doc,
    options: world.options,
  };
}

/** What the world shows and takes under these options, which it may refuse; of one whose data is not there, that it is not there. */
function spaces(definition: WorldDefinition, given: Given): Spaces {
  try {
    const { observation, action } = worldWithData(definition, process.env.TENDRIL_DATASETS).create(1, given);
    return { observation, action };
  } catch (error) {
    if (error instanceof TendrilError && error.code === 'no-such-file') return { missing: error.message };
    throw error;
  }
}
