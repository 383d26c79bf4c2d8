import type { Command } from 'commander';
import { worldWithData } from '../adapters/index.ts';
import { type ActionSpec, type ObservationPart, TendrilError } from '../core/index.ts';
import { type WorldDefinition, worldNamed, worlds } from '../world/index.ts';
import { printRows } from './output.ts';
import { decisionIn } from './world-decision.ts';

interface WorldsOptions {
  readonly observation?: string;
  readonly action?: string;
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
    .option('--json', 'one JSON object a line', false)
    .addHelpText(
      'after',
      `
Examples:
  $ tendril worlds frozen-lake-v1
  $ tendril worlds --json
  $ tendril worlds campaign-v1 --action 2 --observation '{"recency": 15, "frequency": 3, "monetaryValue": 200,
    "engagementScore": 0.78, "discountSensitive": 1, "freeShippingPreferred": 0, "emailOpens": 0.87,
    "smsResponse": 0.12, "pushResponse": 0.05, "lastPurchaseDays": 8}'`,
    )
    .action((id: string | undefined, { json, observation, action }: WorldsOptions) => {
      if (observation !== undefined || action !== undefined) {
        if (id === undefined || observation === undefined)
          throw new TendrilError(
            'bad-setting',
            'accepted: a world with --observation, and --action if you like',
          );
        return printRows([decisionIn(id, observation, action)], json);
      }
      if (json) return printRows((id ? [worldNamed(id)] : worlds).map(described), true);
      if (!id)
        return printRows(
          worlds.map(({ id: world, summary }) => ({ world, summary })),
          false,
        );
      process.stdout.write(page(worldNamed(id)));
    });
}

function described(world: WorldDefinition): Record<string, unknown> {
  return {
    world: world.id,
    summary: world.summary,
    ...spaces(world),
    doc: world.doc,
    options: world.options,
  };
}

/** What the world shows and takes; of one whose data is not there, that it is not there. */
function spaces(definition: WorldDefinition): Record<string, unknown> {
  try {
    const { observation, action } = worldWithData(definition, process.env.TENDRIL_DATASETS).create(1);
    return { observation, action };
  } catch (error) {
    if (error instanceof TendrilError && error.code === 'no-such-file') return { missing: error.message };
    throw error;
  }
}

function page(definition: WorldDefinition): string {
  const { id, summary, doc, options } = definition;
  const known = spaces(definition) as {
    observation?: { parts: readonly ObservationPart[] };
    action?: ActionSpec;
    missing?: string;
  };
  const lines = [`${id}: ${summary}`, ''];
  for (const [name, text] of Object.entries(doc)) lines.push(`${name.padEnd(13)}${text}`);
  lines.push('');
  for (const part of known.observation?.parts ?? []) lines.push(`shows        ${JSON.stringify(part)}`);
  if (known.action) lines.push(`takes        ${JSON.stringify(known.action)}`);
  if (known.missing) lines.push(`not here     ${known.missing}`);
  for (const [name, option] of Object.entries(options))
    lines.push(`option       ${name} = ${option.default}: ${option.doc}`);
  return `${lines.join('\n')}\n`;
}
