import { existsSync, statfsSync, statSync } from 'node:fs';
import type { Command } from 'commander';
import {
  checkLog,
  dataPath,
  directoryRegistry,
  type LogCheck,
  openDataDirectory,
} from '../adapters/index.ts';
import { agents } from '../agent/index.ts';
import { TendrilError } from '../core/index.ts';
import { strangerNote } from '../decide/index.ts';
import { type ModelFile, openModel } from '../learn/index.ts';
import { type Adopted, adoptVersion, type Registry } from '../registry/index.ts';
import { printRows } from './output.ts';
import { version } from './version.ts';

interface Finding {
  readonly check: string;
  readonly state: 'fine' | 'thin' | 'missing' | 'broken';
  readonly what: string;
}

/** `tendril doctor`: how much data there is, what it can carry, what is missing. */
export function doctorCommand(command: Command): void {
  command
    .description(
      'Looks at the data directory without changing it: the data, which agents it can carry, whether the file is sound, versions, disk space. Exit code 1 where something is broken.',
    )
    .option('--data <directory>', 'data directory (or TENDRIL_DATA; else ./tendril-data)')
    .option('--json', 'one JSON object a line', false)
    .addHelpText('after', '\nExample:\n  $ tendril doctor --data tendril-data')
    .action(async ({ data, json }: { data?: string; json: boolean }) => {
      const directory = openDataDirectory(dataPath(data));
      if (!existsSync(directory.logPath))
        throw new TendrilError('no-data', `${directory.path} holds no events yet`);
      const check = checkLog(directory.logPath);
      const disk = statfsSync(directory.path);
      const free = disk.bavail * disk.bsize;
      const size = statSync(directory.logPath).size;
      const findings: Finding[] = [
        {
          check: 'versions',
          state: 'fine',
          what: `tendril ${version}, Node ${process.versions.node}, SQLite ${process.versions.sqlite}`,
        },
        {
          check: 'integrity',
          state: check.faults.length === 0 ? 'fine' : 'broken',
          what: check.faults.length === 0 ? 'the log is sound' : check.faults.slice(0, 3).join('; '),
        },
        {
          check: 'disk',
          state: free < 2 * size || free < 1e8 ? 'thin' : 'fine',
          what: `log ${(size / 1e6).toFixed(1)} MB, ${(free / 1e9).toFixed(1)} GB free`,
        },
        ...dataFindings(check),
        await modelFinding(directoryRegistry(directory.modelsPath), check),
        ...agentFindings(check),
      ];
      printRows(
        findings.map((finding) => ({ ...finding })),
        json,
      );
      if (findings.some((finding) => finding.state === 'broken')) process.exitCode = 1;
    });
}

const day = (time: number): string => new Date(time).toISOString().slice(0, 10);

/** Nothing where products have no vectors: most shops have none. */
function vectorFinding([most, ...others]: LogCheck['vectors']): Finding[] {
  if (!most) return [];
  const wrong = others.reduce((sum, { items }) => sum + items, 0);
  const rest = wrong > 0 ? `; ${wrong} with one of another length, which counts as none` : '';
  return [
    {
      check: 'vectors',
      state: wrong > 0 ? 'thin' : 'fine',
      what: `${most.items} items with a vector of ${most.length} numbers${rest}`,
    },
  ];
}

function dataFindings(check: LogCheck): Finding[] {
  const types = Object.entries(check.types)
    .map(([type, n]) => `${n} ${type}`)
    .join(', ');
  const described = check.items === 0 ? 0 : check.described / check.items;
  return [
    {
      check: 'events',
      state: check.events === 0 ? 'missing' : 'fine',
      what:
        check.from === undefined || check.to === undefined
          ? 'none: tendril import --help'
          : `${check.events} of ${check.shoppers} shoppers on ${check.items} items, ${day(check.from)} to ${day(check.to)} (${types})`,
    },
    {
      check: 'catalogue',
      state: check.described === 0 ? 'missing' : described < 0.9 ? 'thin' : 'fine',
      what:
        check.described === 0
          ? 'no item is described: titles, prices and stock come with tendril import catalogue'
          : `${check.described} described, ${check.items} with events`,
    },
    {
      check: 'graph',
      state: check.related === 0 ? 'missing' : 'fine',
      what:
        check.related === 0
          ? 'no item names others: related lists come with metadata and edge lists of tendril import amazon'
          : `${check.related} items name others that were bought or looked at with them`,
    },
    ...vectorFinding(check.vectors),
    {
      check: 'texts',
      state: check.texts === 0 ? 'missing' : 'fine',
      what:
        check.texts === 0
          ? 'no review has a text: sentiment is left out of states, rewards and reports'
          : `${check.texts} events with a text`,
    },
  ];
}

/** Reads the model as a server would, with its SHA-256. */
async function modelFinding(registry: Registry, check: LogCheck): Promise<Finding> {
  let found: Adopted<ModelFile> | undefined;
  try {
    found = await adoptVersion(registry, undefined, async (_, model) => openModel(model));
  } catch (error) {
    if (!(error instanceof TendrilError)) throw error;
    return { check: 'model', state: 'broken', what: error.message };
  }
  if (found === undefined)
    return { check: 'model', state: 'missing', what: 'none serves: tendril train auto' };
  const { agent, version, createdAt, data } = found.manifest;
  if (found.trouble !== undefined)
    return {
      check: 'model',
      state: 'broken',
      what: `${found.trouble}; ${agent}, version ${version}, serves meanwhile: tendril train auto`,
    };
  const { itemIds } = check;
  const known = found.restored.items.filter((itemId) => itemIds.has(itemId)).length;
  const stranger = strangerNote(found.manifest, known, itemIds.size);
  if (stranger !== undefined)
    return {
      check: 'model',
      state: known === 0 ? 'broken' : 'thin',
      what: `${stranger}: tendril train auto`,
    };
  const old = data.interactions < check.events / 2;
  return {
    check: 'model',
    state: old ? 'thin' : 'fine',
    what: `${agent}, version ${version} of ${day(createdAt)}, trained on ${data.interactions} interactions${old ? '; there is twice as much now: tendril train auto' : ''}`,
  };
}

/** Catalogues beyond this make a training step of `dqn` slow: a tenth of a second and more. */
const MANY_ITEMS = 10_000;

/** Rules of thumb for a first useful model; every agent runs on less. */
function agentFindings(check: LogCheck): Finding[] {
  const perShopper = check.shoppers === 0 ? 0 : check.events / check.shoppers;
  const fromLogs = agents.filter(({ consumes }) => consumes !== 'rollouts' && consumes !== 'decisions');
  return fromLogs.map(({ name, consumes }) => {
    const need = consumes === 'sequences' ? 1_000 : 10_000;
    const lacking: string[] = [];
    if (check.events < need) lacking.push(`${check.events} of about ${need} events`);
    if (perShopper < 2) lacking.push('fewer than 2 events a shopper');
    if (check.items < 10) lacking.push('fewer than 10 items');
    if (name === 'content' && check.described === 0) lacking.push('no item is described');
    if (name === 'related' && check.related === 0) lacking.push('no item names others');
    if (name === 'dqn' && check.items > MANY_ITEMS)
      lacking.push(`slow to train on more than ${MANY_ITEMS} items`);
    return {
      check: `agent ${name}`,
      state: check.events === 0 ? 'missing' : lacking.length > 0 ? 'thin' : 'fine',
      what: lacking.length > 0 ? lacking.join(', ') : 'enough data to train',
    };
  });
}
