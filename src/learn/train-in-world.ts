import { type Agent, type AgentDefinition, needsLog } from '../agent/index.ts';
import {
  type Clock,
  contentHash,
  type Progress,
  readSettings,
  rng,
  silent,
  TendrilError,
} from '../core/index.ts';
import type { Engine } from '../math/index.ts';
import type { Manifest } from '../registry/index.ts';
import type { WorldDefinition } from '../world/index.ts';
import { bytesOf, type Checkpoint, openCheckpoint, packCheckpoint, runOf } from './checkpoint.ts';
import { bestPolicy, judgeSeed, meanReturn } from './judge-in-world.ts';
import { type BestSoFar, bestOnTheWay, type KeepBest } from './keep-best.ts';
import { packModel } from './model-file.ts';
import { rollout } from './rollout.ts';

export interface TrainInWorldOptions {
  readonly definition: AgentDefinition;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly world: WorldDefinition;
  readonly worldOptions?: Readonly<Record<string, unknown>>;
  readonly seed: number;
  readonly steps: number;
  /** Worlds stepped together; 8 where missing. */
  readonly worlds?: number;
  /** Weight of what comes after the next step; .99 where missing. */
  readonly discount?: number;
  /** End with the best policy on the way, not with the last. */
  readonly keepBest?: KeepBest;
  /** Episodes the greedy policy is judged on afterwards, with a seed of its own; 100 where missing. */
  readonly episodes?: number;
  readonly engine?: Engine;
  readonly clock: Clock;
  readonly progress?: Progress;
  /** The agent's bytes of an earlier run with the same settings, to go on from. */
  readonly resume?: Uint8Array;
  /** Where to leave what a killed run needs to go on. */
  readonly checkpoint?: Checkpoint;
}

export interface TrainedInWorld {
  readonly agent: Agent;
  readonly model: Uint8Array;
  readonly manifest: Omit<Manifest, 'version'>;
}

/**
 * Trains an agent by letting it act: a function of (world, settings, seed). Its metrics are
 * `meanReturn` of the greedy policy over fresh `episodes`, where it is known `bestReturn` of the best policy over the same, `trainReturn` of the last episodes while it still explored,
 * with `keepBest` the step it is from,
 * and the steps and seconds it took.
 */
export async function trainInWorld(options: TrainInWorldOptions): Promise<TrainedInWorld> {
  const {
    definition,
    world: worldOf,
    seed,
    steps,
    worlds = 8,
    discount = 0.99,
    checkpoint,
    clock,
    progress = silent,
  } = options;
  const settings = readSettings(definition.settings, options.settings);
  if (!settings.ok) throw new TendrilError(settings.error.code, settings.error.message);
  if (definition.consumes === 'decisions') throw needsLog(definition.name);
  const world = worldOf.create(worlds, options.worldOptions);
  if (definition.consumes === 'sequences' && world.action.kind !== 'slate') {
    throw new TendrilError(
      'bad-setting',
      `agent "${definition.name}" learns from shoppers' histories and "${worldOf.id}" has none; accepted: an agent that learns from transitions`,
    );
  }
  const context = {
    observation: world.observation,
    action: world.action,
    rng: rng(seed).fork('agent'),
    ...(world.itemFeatures && { items: world.itemFeatures }),
    ...(options.engine && { engine: options.engine }),
  };
  const fingerprint = contentHash(JSON.stringify([worldOf.id, options.worldOptions ?? {}, worlds, discount]));
  const run = runOf(
    {
      'world or its options': fingerprint,
      agent: definition.name,
      '--seed': seed,
      '--steps': steps,
      '--keep-best': options.keepBest ?? 'last',
    },
    settings.value,
  );
  const kept = checkpoint?.found && openCheckpoint(checkpoint.found, run);
  const from = kept ? bytesOf(kept, 'agent') : options.resume;
  let agent = from
    ? await definition.restore(context, settings.value, from)
    : await definition.create(context, settings.value);

  const watch =
    options.keepBest &&
    bestOnTheWay(
      agent,
      worldOf.create(worlds, options.worldOptions),
      { ...options.keepBest, steps, seed },
      kept?.values.best
        ? {
            ...(kept.values.best as Omit<BestSoFar, 'bytes'> & Record<string, number>),
            bytes: bytesOf(kept, 'best'),
          }
        : undefined,
    );

  const began = clock();
  const returns: number[] = [];
  const { steps: done, learned: report } = await rollout(agent, world, {
    steps,
    seed,
    discount,
    progress,
    onEpisode: ({ reward }) => returns.push(reward),
    ...(watch && { onLesson: (_, step) => watch.look(step) }),
    ...(kept && {
      goOn: {
        actions: kept.arrays.actions as Int32Array | Float32Array,
        chance: kept.values.chance as [number, number, number, number],
        learned: kept.values.learned as Record<string, number>,
      },
    }),
    ...(checkpoint && {
      async onRound(state) {
        if (!checkpoint.due()) return;
        const { actions, chance, learned } = state();
        const { bytes, ...best } = watch?.best() ?? {};
        const values = { chance: [...chance], learned, ...(bytes && { best }) };
        const arrays = { actions, agent: await agent.save(), ...(bytes && { best: bytes }) };
        await checkpoint.keep(packCheckpoint(run, { values, arrays }));
      },
    }),
  });
  const seconds = (clock() - began) / 1000;

  const best = watch?.best();
  if (best) agent = await definition.restore(context, settings.value, best.bytes);

  const judged = worldOf.create(worlds, options.worldOptions);
  const episodes = options.episodes ?? 100;
  const greedy = await meanReturn(judged, agent.policy(), judgeSeed(seed), episodes);
  const bestReturn =
    worldOf.decisions &&
    (await meanReturn(judged, bestPolicy(judged, worldOf.decisions), judgeSeed(seed), episodes));
  const recent = returns.slice(-100);
  return {
    agent,
    model: packModel({ agent: definition.name, items: [], shoppers: [], bytes: await agent.save() }),
    manifest: {
      agent: definition.name,
      format: 1,
      createdAt: clock(),
      seed,
      settings: settings.value,
      data: {
        fingerprint,
        interactions: done,
        shoppers: worlds,
        items: world.action.kind === 'slate' ? world.action.n : 0,
      },
      metrics: {
        ...Object.fromEntries(Object.entries(report).map(([name, value]) => [`fit.${name}`, value])),
        meanReturn: greedy,
        episodes,
        ...(bestReturn !== undefined && { bestReturn }),
        ...(best && { keptStep: best.step }),
        trainReturn: recent.length === 0 ? 0 : recent.reduce((a, b) => a + b, 0) / recent.length,
        steps: done,
        seconds,
      },
      encoding: { kind: 'world', world: worldOf.id, options: { ...options.worldOptions }, discount },
    },
  };
}
