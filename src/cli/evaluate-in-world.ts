import {
  dataPath,
  directoryRegistry,
  openDataDirectory,
  openEngine,
  openPolicyFile,
  worldWithData,
} from '../adapters/index.ts';
import { agentNamed, type Policy } from '../agent/index.ts';
import { TendrilError } from '../core/index.ts';
import { bestPolicy, judgeSeed, meanReturn, restoreInWorld } from '../learn/index.ts';
import { worldNamed } from '../world/index.ts';
import { printRows } from './output.ts';

const episodes = 100;

/** `tendril evaluate --policy`: the policy of a file acts greedily in the world it was trained in. */
export async function evaluatePolicy(
  path: string,
  {
    world: expected,
    seed,
    json,
  }: { readonly world?: string | undefined; readonly seed: number; readonly json: boolean },
): Promise<void> {
  const { definition, worldOptions, agent, manifest, log } = await openPolicyFile(path, expected);
  if (log)
    throw new TendrilError(
      'bad-setting',
      `${path} was learned from a log, not in a world; other rows of it judge it: tendril ope LOG.csv --policy ${path}`,
    );
  const judged = (policy: Policy): Promise<number> =>
    meanReturn(definition.create(8, worldOptions), policy, judgeSeed(seed), episodes);
  const { decisions, id } = definition;
  const row = {
    agent: manifest.agent,
    world: id,
    meanReturn: await judged(agent.policy()),
    ...(decisions && { bestReturn: await judged(bestPolicy(definition.create(1, worldOptions), decisions)) }),
    trainedSteps: manifest.metrics.steps,
    episodes,
    seed,
  };
  printRows([row], json);
}

/** `tendril evaluate --world`: stored models act greedily in the world they were trained in; `agent` or `agent@version`. */
export async function evaluateInWorld(
  id: string,
  names: readonly string[],
  { data, seed, json }: { readonly data?: string | undefined; readonly seed: number; readonly json: boolean },
): Promise<void> {
  const definition = worldWithData(worldNamed(id), process.env.TENDRIL_DATASETS);
  const folder = openDataDirectory(dataPath(data)).worldPath(id);
  const registry = directoryRegistry(folder);
  const rows: Record<string, unknown>[] = [];
  for (const name of names) {
    const [agent, given] = name.split('@') as [string, string | undefined];
    const { consumes } = agentNamed(agent);
    const version = given === undefined ? (await registry.list(agent))[0]?.version : Number(given);
    const stored = version === undefined ? undefined : await registry.get(agent, version);
    if (!stored) {
      throw new TendrilError(
        'bad-model',
        `there is no version ${given ?? ''} of agent "${agent}" in ${folder}`.replace(
          'version  of',
          'model of',
        ),
      );
    }
    const engine = consumes !== 'sequences' ? await openEngine() : undefined;
    const { agent: restored, worldOptions } = await restoreInWorld(stored, definition, engine);
    const world = definition.create(8, worldOptions);
    rows.push({
      agent,
      version,
      world: id,
      meanReturn: await meanReturn(world, restored.policy(), judgeSeed(seed), episodes),
      trainedSteps: stored.manifest.metrics.steps,
      episodes,
      seed,
    });
  }
  printRows(rows, json);
}
