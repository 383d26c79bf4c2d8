import type { Agent, AgentDefinition, LearnReport, Policy } from '../agent/index.ts';
import {
  actionSize,
  type Clock,
  contentHash,
  type Progress,
  type Rng,
  readSettings,
  rng,
  silent,
  TendrilError,
} from '../core/index.ts';
import type { Engine } from '../math/index.ts';
import type { Manifest } from '../registry/index.ts';
import type { Step, World, WorldDefinition } from '../world/index.ts';
import { packModel } from './model-file.ts';

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
  /** Episodes the greedy policy is judged on afterwards, with a seed of its own; 100 where missing. */
  readonly episodes?: number;
  readonly engine?: Engine;
  readonly clock: Clock;
  readonly progress?: Progress;
  /** The agent's bytes of an earlier run with the same settings, to go on from. */
  readonly resume?: Uint8Array;
}

export interface TrainedInWorld {
  readonly agent: Agent;
  readonly model: Uint8Array;
  readonly manifest: Omit<Manifest, 'version'>;
}

/**
 * Trains an agent of transitions by letting it act: a function of (world, settings, seed). Its metrics are
 * `meanReturn` of the greedy policy over fresh episodes, `trainReturn` of the last episodes while it still explored,
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
    clock,
    progress = silent,
  } = options;
  const settings = readSettings(definition.settings, options.settings);
  if (!settings.ok) throw new TendrilError(settings.error.code, settings.error.message);
  if (definition.consumes !== 'transitions') {
    throw new TendrilError(
      'bad-setting',
      `agent "${definition.name}" learns from shoppers' histories, not by acting in a world; accepted: an agent that learns from transitions`,
    );
  }
  const world = worldOf.create(worlds, options.worldOptions);
  const context = {
    observation: world.observation,
    action: world.action,
    rng: rng(seed).fork('agent'),
    ...(world.itemFeatures && { items: world.itemFeatures }),
    ...(options.engine && { engine: options.engine }),
  };
  const agent = options.resume
    ? await definition.restore(context, settings.value, options.resume)
    : await definition.create(context, settings.value);
  if (agent.consumes !== 'transitions')
    throw new TypeError(`${definition.name} is not what its definition says`);

  const began = clock();
  const returns: number[] = [];
  let report: LearnReport = {};
  let done = 0;
  const policy = agent.policy();
  await act(
    world,
    policy,
    rng(seed).fork('chance'),
    seed,
    async (taken, observations, step, logProbs, chosen) => {
      report = await agent.learn({
        n: world.n,
        observations,
        actions: taken,
        rewards: step.rewards.slice(),
        nextObservations: nextOf(world, step),
        discounts: Float32Array.from(step.terminated, (ended) => (ended ? 0 : discount)),
        terminated: step.terminated.slice(),
        truncated: step.truncated.slice(),
        logProbs,
        ...(chosen && { chosen }),
      });
      done += world.n;
      progress(Math.min(done, steps), steps);
      return done < steps;
    },
    returns,
  );
  const seconds = (clock() - began) / 1000;

  const judged = worldOf.create(worlds, options.worldOptions);
  const greedy = await meanReturn(
    judged,
    policy,
    rng(seed)
      .fork('judge')
      .int(2 ** 31),
    options.episodes ?? 100,
  );
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
        fingerprint: contentHash(JSON.stringify([worldOf.id, options.worldOptions ?? {}, worlds, discount])),
        interactions: done,
        shoppers: worlds,
        items: world.action.kind === 'slate' ? world.action.n : 0,
      },
      metrics: {
        ...Object.fromEntries(Object.entries(report).map(([name, value]) => [`fit.${name}`, value])),
        meanReturn: greedy,
        trainReturn: recent.length === 0 ? 0 : recent.reduce((a, b) => a + b, 0) / recent.length,
        steps: done,
        seconds,
      },
      encoding: { kind: 'world', world: worldOf.id, options: { ...options.worldOptions }, discount },
    },
  };
}

type Taken = (
  actions: Int32Array | Float32Array,
  observations: Float32Array,
  step: Step,
  logProbs: Float32Array,
  chosen: Int32Array | undefined,
) => Promise<boolean>;

/** Acts with exploration until `taken` answers false; the returns of ended episodes are put on `returns`. */
async function act(
  world: World,
  policy: Policy,
  chance: Rng,
  seed: number,
  taken: Taken,
  returns: number[],
): Promise<void> {
  const { n } = world;
  const size = actionSize(world.action);
  const choices = world.masks?.().length;
  const running = new Float64Array(n);
  let observations = world.reset(seed).slice();
  for (let going = true; going; ) {
    const scores = await policy.evaluate(observations, n);
    const masks = choices === undefined ? undefined : world.masks!();
    const actions = world.action.kind === 'box' ? new Float32Array(n * size) : new Int32Array(n * size);
    const logProbs = new Float32Array(n * size);
    for (let i = 0; i < n; i++) {
      const mask = masks?.subarray((i * masks.length) / n, ((i + 1) * masks.length) / n);
      const sample = policy.sample(scores, i, chance, mask);
      actions.set(sample.action as Int32Array, i * size);
      logProbs.set(sample.logProbs, i * size);
    }
    const step = world.step(actions);
    const chosen =
      world.action.kind === 'slate'
        ? Int32Array.from(world.info?.() ?? [], (info) => info.chosen)
        : undefined;
    for (let i = 0; i < n; i++) {
      running[i]! += step.rewards[i]!;
      if (step.terminated[i] || step.truncated[i]) {
        returns.push(running[i]!);
        running[i] = 0;
      }
    }
    const next = step.observations.slice();
    going = await taken(actions, observations, step, logProbs, chosen?.length === n ? chosen : undefined);
    observations = next;
  }
}

/** What followed: the final observation where an episode ended, else the next one. */
function nextOf({ n, observation }: World, step: Step): Float32Array {
  const next = step.observations.slice();
  const { size } = observation;
  for (let i = 0; i < n; i++) {
    if (step.terminated[i] || step.truncated[i])
      next.set(step.finalObservations.subarray(i * size, (i + 1) * size), i * size);
  }
  return next;
}

/** Undiscounted return of the greedy policy, the mean of the first `episodes / n` episodes of each world. */
export async function meanReturn(
  world: World,
  policy: Policy,
  seed: number,
  episodes: number,
): Promise<number> {
  const { n } = world;
  const size = actionSize(world.action);
  const each = Math.ceil(episodes / n);
  const ended = new Int32Array(n);
  const running = new Float64Array(n);
  let sum = 0;
  let observations = world.reset(seed);
  while (ended.some((count) => count < each)) {
    const scores = await policy.evaluate(observations.slice(), n);
    const masks = world.masks?.();
    const actions = world.action.kind === 'box' ? new Float32Array(n * size) : new Int32Array(n * size);
    for (let i = 0; i < n; i++) {
      const mask = masks?.subarray((i * masks.length) / n, ((i + 1) * masks.length) / n);
      actions.set(policy.greedy(scores, i, mask) as Int32Array, i * size);
    }
    const step = world.step(actions);
    for (let i = 0; i < n; i++) {
      running[i]! += step.rewards[i]!;
      if (!step.terminated[i] && !step.truncated[i]) continue;
      if (ended[i]! < each) sum += running[i]!;
      ended[i]!++;
      running[i] = 0;
    }
    observations = step.observations;
  }
  return sum / (each * n);
}
