import type { Agent, LearnReport } from '../agent/index.ts';
import { actionSize, type Progress, rng, silent } from '../core/index.ts';
import type { Step, World } from '../world/index.ts';
import { sequenceRecorder } from './sequence-recorder.ts';

export interface RolloutOptions {
  /** Steps of the world in all, over its n rows; rounded up to whole rounds of n. */
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
  /** Told of each lesson and the steps done by then; waited for. */
  readonly onLesson?: (report: LearnReport, steps: number) => void | Promise<void>;
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
 * sequences in lessons of what the same shoppers answered to, so both kinds learn from the same interactions. A function
 * of (agent, world, options): the same seed, the same rollout.
 */
export async function rollout(agent: Agent, world: World, options: RolloutOptions): Promise<RolloutReport> {
  const { steps, seed, discount, learn = true, lessonEvery = 500, progress = silent } = options;
  const { n, action } = world;
  const size = actionSize(action);
  const width = world.observation.size;
  const policy = agent.policy();
  const chance = rng(seed).fork('policy');
  const recorder = sequenceRecorder(n, action.kind === 'slate' ? action.n : 0, options.interactions);
  const returns = new Float64Array(n);
  const lengths = new Int32Array(n);
  let learned: LearnReport = {};
  let episodes = 0;
  let reward = 0;
  let taught = 0;
  let done = 0;
  let observations = world.reset(seed).slice();
  while (done < steps) {
    const masks = world.masks?.().slice();
    const choices = masks ? masks.length / n : 0;
    const scores = await policy.evaluate(observations, n);
    const actions = action.kind === 'box' ? new Float32Array(n * size) : new Int32Array(n * size);
    const logProbs = new Float32Array(n * size);
    for (let w = 0; w < n; w++) {
      const sample = policy.sample(scores, w, chance, masks?.subarray(w * choices, (w + 1) * choices));
      actions.set(sample.action as Int32Array, w * size);
      logProbs.set(sample.logProbs, w * size);
    }
    const step = world.step(actions);
    const info = action.kind === 'slate' ? world.info?.() : undefined;
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
    const next = step.observations.slice();
    if (learn && agent.consumes === 'transitions') {
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
    } else if (learn && agent.consumes === 'sequences' && (done - taught >= lessonEvery || done >= steps)) {
      const { sequences, newFrom } = recorder.lesson();
      if (sequences.n > 0) learned = await agent.learn(sequences, newFrom);
      taught = done;
      await options.onLesson?.(learned, done);
    }
    progress(Math.min(done, steps), steps);
    observations = next;
  }
  return { steps: done, episodes, reward, learned };
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
