import type { Command } from 'commander';
import { dataPath, directoryRegistry, openDataDirectory } from '../adapters/index.ts';
import { TendrilError } from '../core/index.ts';
import { isVersion, type Registry } from '../registry/index.ts';
import { printRows, warnUnreadable } from './output.ts';

interface Options {
  readonly data?: string;
  readonly promote?: string;
  readonly rollBack: boolean;
  readonly json: boolean;
}

/** `tendril policies`: the versions that are stored, which of them serves, and another in its place. */
export function policiesCommand(command: Command): void {
  command
    .description(
      'Lists the stored versions, newest first, and which of them serves. With --promote another serves, with --roll-back what served before; a server that runs takes it on within a second.',
    )
    .option('--promote <agent@version>', 'the version that serves from now on')
    .option('--roll-back', 'go back to what served before', false)
    .option('--data <directory>', 'data directory (or TENDRIL_DATA; else ./tendril-data)')
    .option('--json', 'one JSON object a line', false)
    .addHelpText(
      'after',
      '\nExamples:\n  $ tendril policies\n  $ tendril policies --promote markov@3\n  $ tendril policies --roll-back',
    )
    .action(async ({ data, promote, rollBack, json }: Options) => {
      if (promote !== undefined && rollBack)
        throw new TendrilError('bad-setting', 'say one of --promote AGENT@VERSION and --roll-back');
      const registry = directoryRegistry(openDataDirectory(dataPath(data)).modelsPath);
      if (promote !== undefined) await promoteNamed(registry, promote);
      if (rollBack) await goBack(registry);
      const [serving] = await registry.promoted();
      const rows = (await registry.list(undefined, warnUnreadable)).map((manifest) => ({
        agent: manifest.agent,
        version: manifest.version,
        stored: new Date(manifest.createdAt).toISOString(),
        taughtFrom: manifest.taughtFrom ?? null,
        interactions: manifest.data.interactions,
        'ndcg@10': manifest.metrics['ndcg@10'] ?? null,
        'hr@10': manifest.metrics['hr@10'] ?? null,
        serves: isVersion(serving, manifest),
      }));
      if (serving && !rows.some(({ serves }) => serves))
        process.stderr.write(
          `tendril: ${serving.agent}, version ${serving.version}, should serve and cannot be read\n`,
        );
      if (rows.length === 0)
        throw new TendrilError('bad-model', 'there is no version here that can be read; train one first');
      printRows(rows, json);
    });
}

async function goBack(registry: Registry): Promise<void> {
  const [, before] = await registry.promoted();
  if (!before) throw new TendrilError('bad-setting', 'nothing served before: there is nothing to go back to');
  // Read whole first, here as below: a file that is not what was stored must not be put to serve.
  await registry.get(before.agent, before.version);
  await registry.rollBack(Date.now());
}

async function promoteNamed(registry: Registry, named: string): Promise<void> {
  const [, agent, version] = /^(.+)@([1-9][0-9]*)$/.exec(named) ?? [];
  if (agent === undefined)
    throw new TendrilError('bad-setting', `--promote is "${named}"; accepted: AGENT@VERSION, as markov@3`);
  if (!(await registry.get(agent, Number(version)))) {
    const stored = (await registry.list(agent, warnUnreadable)).map((manifest) => manifest.version);
    throw new TendrilError(
      'bad-setting',
      `--promote is "${named}", which is not stored; accepted: ${stored.map((one) => `${agent}@${one}`).join(', ') || 'a version that "tendril policies" lists'}`,
    );
  }
  await registry.promote(agent, Number(version), Date.now());
}
