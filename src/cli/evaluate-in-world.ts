import {
  dataPath,
  directoryRegistry,
  openDataDirectory,
  openEngine,
  openPolicyFile,
  type PolicyFile,
  worldWithData,
} from '../adapters/index.ts';
import { agentNamed, type Policy } from '../agent/index.ts';
import { TendrilError } from '../core/index.ts';
import { bestPolicy, judgeSeed, meanReturn, restoreInWorld } from '../learn/index.ts';
import { worldNamed } from '../world/index.ts';
import { printRows } from './output.ts';
import { actionsOf } from './world-log.ts';

const worlds = 8;
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
  const opened = await openPolicyFile(path);
  const file = opened.log ? inWorld(path, opened, expected) : await openPolicyFile(path, expected);
  const { definition, worldOptions, agent, manifest } = file;
  const judged = (policy: Policy): Promise<number> =>
    meanReturn(definition.create(worlds, worldOptions), policy, judgeSeed(seed), episodes);
  const { decisions, id } = definition;
  const row = {
    agent: manifest.agent,
    world: id,
    meanReturn: await judged(agent.policy()),
    ...(decisions && { bestReturn: await judged(bestPolicy(definition.create(1, worldOptions), decisions)) }),
    trainedSteps: manifest.metrics.steps ?? manifest.data.interactions,
    episodes,
    seed,
  };
  printRows([row], json);
}

/**
 * A policy learned from a log, put to work in a world that has the log's features and actions, as the worlds have that
 * wrote a log themselves (`tendril worlds W --log`): what an estimate said can be held against the truth.
 */
function inWorld(path: string, file: PolicyFile, id: string | undefined): PolicyFile {
  const { columns, actions } = file.log!;
  if (id === undefined)
    throw new TendrilError(
      'bad-setting',
      `${path} was learned from a log; other rows of it judge it: tendril ope LOG.csv --policy ${path}; accepted too: --world, where a world wrote the log`,
    );
  const definition = worldNamed(id);
  const world = definition.create(1);
  const said = actionsOf(definition, world.action);
  const places = actions.map((name) => said.indexOf(name));
  const same =
    columns.map(({ name }) => name).join() === world.observation.parts.map(({ name }) => name).join() &&
    columns.every(({ words }) => !words) &&
    places.every((place) => place >= 0);
  if (!same)
    throw new TendrilError(
      'bad-model',
      `${path} was learned from a log whose features or actions are not those of "${id}"; accepted: a log that world wrote, tendril worlds ${id} --log FILE`,
    );
  const own = file.agent.policy();
  const policy: Policy = {
    ...own,
    action: world.action,
    greedy: (scores, row) => own.greedy(scores, row).map((choice) => places[choice]!),
  };
  return { ...file, definition, worldOptions: {}, agent: { ...file.agent, policy: () => policy } };
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
    const { needsEngine } = agentNamed(agent);
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
    const engine = needsEngine ? await openEngine() : undefined;
    const { agent: restored, worldOptions } = await restoreInWorld(stored, definition, engine);
    const world = definition.create(worlds, worldOptions);
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
