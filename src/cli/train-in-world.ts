import {
  checkOutPath,
  dataPath,
  directoryRegistry,
  openDataDirectory,
  worldWithData,
  writePolicyFile,
} from '../adapters/index.ts';
import { agentNamed } from '../agent/index.ts';
import { TendrilError } from '../core/index.ts';
import { openModel, trainInWorld } from '../learn/index.ts';
import { worldNamed } from '../world/index.ts';
import { checkpointOf, newest } from './go-on.ts';
import { printRows } from './output.ts';
import { progressLine } from './progress.ts';
import { namingSettings, settingsGoingOn } from './resume-settings.ts';
import type { Lesson, Settings, TrainOptions } from './train-options.ts';

export const stepsInWorld = 50_000;

/** `tendril train --world`: the agent acts and learns; with --data its versions are kept there, none of which serves, with --out its policy goes into a file. */
export async function trainInside(
  world: string,
  agent: string,
  { settings, engine }: Lesson,
  worldOptions: Settings,
  options: TrainOptions,
): Promise<void> {
  if (options.promote)
    throw new TendrilError(
      'bad-setting',
      'a model trained in a world cannot serve a shop: leave --promote out',
    );
  if (options.resume && options.data === undefined)
    throw new TendrilError(
      'bad-setting',
      '--resume goes on with a model that was kept; accepted with --world: --data, where it was stored',
    );
  const folder =
    options.data === undefined
      ? undefined
      : openDataDirectory(dataPath(options.data), { create: true }).worldPath(world);
  const registry = folder === undefined ? undefined : directoryRegistry(folder);
  const checkpoint = folder === undefined ? undefined : checkpointOf(folder, agent, options);
  const earlier =
    options.resume && registry && !checkpoint?.found ? await newest(registry, agent) : undefined;
  if (options.out !== undefined) checkOutPath(options.out);
  const goingOn = settingsGoingOn(earlier?.manifest, settings);
  const line = progressLine(`${agent} in ${world}`);
  const trained = await trainInWorld({
    definition: agentNamed(agent),
    settings: goingOn,
    world: worldWithData(worldNamed(world), process.env.TENDRIL_DATASETS),
    worldOptions,
    seed: options.seed,
    steps: options.steps ?? stepsInWorld,
    clock: Date.now,
    progress: line.report,
    ...(engine && { engine }),
    ...(options.worlds !== undefined && { worlds: options.worlds }),
    ...(options.discount !== undefined && { discount: options.discount }),
    ...(options.keepBest && { keepBest: { looks: 20, episodes: 20 } }),
    ...(checkpoint && { checkpoint }),
    ...(earlier && { resume: openModel(earlier.model).bytes }),
  })
    .catch((error) => {
      throw earlier ? namingSettings(earlier.manifest, goingOn, error) : error;
    })
    .finally(line.done);
  const { meanReturn, episodes, bestReturn, trainReturn, keptStep, steps, seconds } =
    trained.manifest.metrics;
  const stored = registry && (await registry.put(trained.model, trained.manifest));
  if (options.out !== undefined) writePolicyFile(options.out, trained);
  checkpoint?.remove();
  printRows(
    [
      {
        agent,
        ...(stored && { version: stored.version }),
        world,
        meanReturn,
        episodes,
        ...(bestReturn !== undefined && { bestReturn }),
        trainReturn,
        ...(keptStep !== undefined && { keptStep }),
        steps,
        seconds,
        seed: options.seed,
        ...(options.out !== undefined && { policy: options.out }),
      },
    ],
    options.json,
  );
}
