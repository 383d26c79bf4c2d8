import { type Agent, type LearnReport, withinBox } from '../agent/index.ts';
import { actionSize, type Progress, rng, rngFrom, silent } from '../core/index.ts';
import type { Step, World } from '../world/index.ts';
import { rolloutRecorder } from './rollout-recorder.ts';
import { sequenceRecorder } from './sequence-recorder.ts';

export interface RolloutOptions {
  /** Steps of the world in all, over its n rows; rounded up to whole rounds of n, and to whole batches of an agent of rollouts. */
  readonly steps: number;
  readonly seed: number;
  /** Weight of what comes after the next step. */
  readonly discount: number;
  /** False: the agent acts and explores but learns nothing. */
  readonly learn?: boolean;
  /** For agents of sequences: which deepest event types count as interactions; all where missing. */
  readonly interactions?: readonly string[];
  /** For agents of sequences: steps between two lessons. */
  readonly lessonEvery?: number;
  readonly progress?: Progress;
  /** Told of each finished episode: its undiscounted return and length. */
  readonly onEpisode?: (episode: { readonly reward: number; readonly steps: number }) => void;
  /** Where an earlier call stood, to go on from; the agent is to be as it was then. */
  readonly goOn?: RolloutState;
  /** Asked after every round with a way to know where it stands. */
  readonly onRound?: (state: () => RolloutState) => void | Promise<void>;
  /** Told of each lesson and the steps done by then; waited for. */
  readonly onLesson?: (report: LearnReport, steps: number) => void | Promise<void>;
}

/**
 * Where a rollout stands. A world is a function of its seed and the actions it got, so it is brought back by giving it
 * the same actions again, which costs little beside learning.
 */
export interface RolloutState {
  /** All of them in order, n x action size a round. */
  readonly actions: Int32Array | Float32Array;
  /** The random stream of the policy. */
  readonly chance: readonly [number, number, number, number];
  readonly learned: LearnReport;
}

export interface RolloutReport {
  readonly steps: number;
  readonly episodes: number;
  /** Sum of all rewards on the way: what learning itself cost or brought. */
  readonly reward: number;
  /** The agent's last report. */
  readonly learned: LearnReport;
}

/**
 * An agent acts in n worlds at once and learns from what happens: agents of transitions at every round, agents of
 * rollouts when they have as many as they want, agents of sequences in lessons of what the same shoppers answered to, so both kinds learn from the same interactions. A function
 * of (agent, world, options): the same seed, the same rollout.
 */
export async function rollout(agent: Agent, world: World, options: RolloutOptions): Promise<RolloutReport> {
  const { seed, discount, learn = true, lessonEvery = 500, progress = silent, goOn, onRound } = options;
  const { n, action } = world;
  const size = actionSize(action);
  // Shoppers answer to one slot of a slate, also where it is a part of the decision.
  const answers =
    action.kind === 'slate' ||
    (action.kind === 'composite' && action.specs.some(({ spec }) => spec.kind === 'slate'));
  const width = world.observation.size;
  const policy = agent.policy();
  const chance = goOn ? rngFrom(goOn.chance) : rng(seed).fork('policy');
  const recorder = sequenceRecorder(n, action.kind === 'slate' ? action.n : 0, options.interactions);
  const batches =
    learn && agent.consumes === 'rollouts' ? rolloutRecorder(world, agent.rolloutSteps, discount) : undefined;
  const batchSteps = agent.consumes === 'rollouts' ? agent.rolloutSteps * n : n;
  const steps = Math.ceil(options.steps / batchSteps) * batchSteps;
  const returns = new Float64Array(n);
  const lengths = new Int32Array(n);
  let learned: LearnReport = goOn?.learned ?? {};
  let episodes = 0;
  let reward = 0;
  let taught = 0;
  let done = 0;
  const again = (goOn?.actions.length ?? 0) / Math.max(1, size);
  const taken: (Int32Array | Float32Array)[] = [];
  const state = (): RolloutState => ({
    actions: joined(taken, n * size, action.kind === 'box'),
    chance: chance.state(),
    learned,
  });
  let observations = world.reset(seed).slice();
  while (done < steps) {
    const masks = world.masks?.().slice();
    const choices = masks ? masks.length / n : 0;
    const known = done < again;
    const actions = action.kind === 'box' ? new Float32Array(n * size) : new Int32Array(n * size);
    const logProbs = new Float32Array(n * size);
    if (known) actions.set(goOn!.actions.subarray(done * size, (done + n) * size) as Int32Array);
    const scores = known ? undefined : await policy.evaluate(observations, n);
    for (let w = 0; scores && w < n; w++) {
      const sample = policy.sample(scores, w, chance, masks?.subarray(w * choices, (w + 1) * choices));
      actions.set(sample.action as Int32Array, w * size);
      logProbs.set(sample.logProbs, w * size);
    }
    if (onRound) taken.push(actions);
    // Learned from is what was drawn, whose density is known; the world takes it within its bounds.
    const step = world.step(action.kind === 'box' ? withinBox(action, actions) : actions);
    const info = answers ? world.info?.() : undefined;
    done += n;
    for (let w = 0; w < n; w++) {
      reward += step.rewards[w]!;
      returns[w]! += step.rewards[w]!;
      lengths[w]!++;
      const ended = step.terminated[w]! + step.truncated[w]! > 0;
      if (info) recorder.took(w, info[w]!, ended);
      if (!ended) continue;
      episodes++;
      options.onEpisode?.({ reward: returns[w]!, steps: lengths[w]! });
      returns[w] = 0;
      lengths[w] = 0;
    }
    const batch = batches?.took(observations, actions, masks, step, info);
    const next = step.observations.slice();
    if (learn && !known && agent.consumes === 'transitions') {
      const nextMasks = world.masks?.().slice();
      learned = await agent.learn({
        n,
        observations,
        actions,
        rewards: step.rewards.slice(),
        nextObservations: followed(step, width),
        discounts: Float32Array.from(step.terminated, (over) => (over ? 0 : discount)),
        terminated: step.terminated.slice(),
        truncated: step.truncated.slice(),
        logProbs,
        ...(masks && { masks }),
        ...(nextMasks && { nextMasks: openWhereEnded(nextMasks, step, choices) }),
        ...(info && { chosen: Int32Array.from(info, ({ chosen }) => chosen) }),
      });
      await options.onLesson?.(learned, done);
    } else if (batch && !known && agent.consumes === 'rollouts') {
      learned = await agent.learn({ ...batch, progress: (done - batchSteps) / steps });
      await options.onLesson?.(learned, done);
    } else if (learn && agent.consumes === 'sequences' && (done - taught >= lessonEvery || done >= steps)) {
      const { sequences, newFrom } = recorder.lesson();
      if (sequences.n > 0 && !known) learned = await agent.learn(sequences, newFrom);
      taught = done;
      if (!known) await options.onLesson?.(learned, done);
    }
    if (!known) await onRound?.(state);
    if (known) progress(done, again, 'as before');
    else progress(Math.min(done, steps), steps, '');
    observations = next;
  }
  return { steps: done, episodes, reward, learned };
}

function joined(
  rounds: readonly (Int32Array | Float32Array)[],
  each: number,
  real: boolean,
): Int32Array | Float32Array {
  const all = real ? new Float32Array(rounds.length * each) : new Int32Array(rounds.length * each);
  rounds.forEach((actions, round) => {
    all.set(actions as Int32Array, round * each);
  });
  return all;
}

/** n rows of what followed: the final observation where an episode ended. */
function followed(step: Step, width: number): Float32Array {
  const next = step.observations.slice();
  for (let w = 0; w < step.terminated.length; w++) {
    if (step.terminated[w] || step.truncated[w]) {
      next.set(step.finalObservations.subarray(w * width, (w + 1) * width), w * width);
    }
  }
  return next;
}

/** The mask at hand after an end is the next episode's; what the final observation allowed is not known: all. */
function openWhereEnded(masks: Uint8Array, step: Step, choices: number): Uint8Array {
  for (let w = 0; w < step.terminated.length; w++) {
    if (step.terminated[w] || step.truncated[w]) masks.fill(1, w * choices, (w + 1) * choices);
  }
  return masks;
}
