import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import {
  checkOutPath,
  dataPath,
  directoryRegistry,
  openDataDirectory,
  openEngine,
  sqliteLog,
} from '../adapters/index.ts';
import { agentNamed } from '../agent/index.ts';
import { eventTypes, TendrilError } from '../core/index.ts';
import { readShop, restoreModel } from '../learn/index.ts';
import { newest } from './go-on.ts';
import { printRows } from './output.ts';

interface Options {
  readonly data?: string;
  readonly out: string;
  readonly json: boolean;
}

/** `tendril export`: the newest network of an agent as an ONNX file, and beside it what goes in and comes out. */
export function exportCommand(command: Command): void {
  command
    .argument('<agent>', 'an agent with a network that was trained on this shop: transformer, gru, lstm')
    .description(
      'Writes the newest model of an agent as ONNX, which any ONNX runtime loads, and beside it a JSON file that says what goes in and what comes out: the shapes, the items in the order of the scores, the types of events.',
    )
    .requiredOption('--out <file>', 'where to: FILE.onnx, and FILE.json beside it')
    .option('--data <directory>', 'data directory (or TENDRIL_DATA; else ./tendril-data)')
    .option('--json', 'one JSON object', false)
    .addHelpText('after', '\nExample:\n  $ tendril export transformer --out transformer.onnx')
    .action(async (name: string, { data, out, json }: Options) => {
      if (!out.endsWith('.onnx'))
        throw new TendrilError('bad-setting', `--out is "${out}"; accepted: a name that ends with .onnx`);
      checkOutPath(out);
      const directory = openDataDirectory(dataPath(data));
      const definition = agentNamed(name);
      const stored = await newest(directoryRegistry(directory.modelsPath), name);
      const log = await sqliteLog(directory.logPath, { readOnly: true });
      try {
        const { catalogue } = await readShop(log, {});
        const { agent, items } = await restoreModel(
          stored,
          (itemId) => catalogue.items[catalogue.indexOf(itemId) ?? -1],
          definition.needsEngine ? await openEngine() : undefined,
        );
        const model = agent.onnx?.();
        if (!model)
          throw new TendrilError(
            'bad-setting',
            `agent "${name}" cannot be exported; accepted: transformer, gru, lstm`,
          );
        const { bytes, ...about } = model;
        writeFileSync(out, bytes);
        const description = {
          agent: name,
          version: stored.manifest.version,
          ...about,
          items: items.items.map(({ itemId }) => itemId),
          eventTypes,
        };
        writeFileSync(out.replace(/onnx$/, 'json'), `${JSON.stringify(description, null, 1)}\n`);
        printRows([{ agent: name, version: stored.manifest.version, out, bytes: bytes.length }], json);
      } finally {
        await log.close();
      }
    });
}
