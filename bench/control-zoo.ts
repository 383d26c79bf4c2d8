import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A run of bench/peers/rl-zoo.json in this project's words: what `trainInWorld` takes. */
export interface ZooRun {
  readonly agent: 'ppo' | 'a2c' | 'dqn';
  readonly world: string;
  readonly steps: number;
  /** Seeds 1 to this. */
  readonly seeds: number;
  readonly worlds: number;
  readonly discount: number;
  readonly settings: Readonly<Record<string, string | number | boolean>>;
  /** Ends with the best policy on the way: 20 looks, 20 episodes each, as `tendril train --keep-best`. */
  readonly keepBest?: true;
}

type Words = Readonly<Record<string, string | number | boolean>>;
interface Written {
  readonly algorithm: 'ppo' | 'a2c' | 'dqn';
  readonly world: string;
  readonly steps: number;
  readonly seeds: number;
  readonly envs: number;
  readonly normalised: boolean;
  readonly settings: Words;
  readonly network: { readonly net_arch: readonly number[] };
}

/** The zoo's "lin_0.001": falls from this to 0. */
function schedule(value: unknown): [value: number, schedule: 'constant' | 'linear'] {
  const text = String(value);
  return text.startsWith('lin_') ? [Number(text.slice(4)), 'linear'] : [Number(text), 'constant'];
}

function settingsOf({ algorithm, steps, normalised, settings: s, network }: Written): ZooRun['settings'] {
  const [learningRate, learningRateSchedule] = schedule(s.learning_rate);
  const [hidden, second] = network.net_arch as [number, number];
  if (algorithm === 'dqn') {
    const every = Number(s.train_freq);
    const updates = Number(s.gradient_steps) < 0 ? every : Number(s.gradient_steps);
    return {
      learningRate,
      hidden,
      embedding: second,
      replaySize: Number(s.buffer_size),
      learningStarts: Number(s.learning_starts),
      batchSize: Number(s.batch_size),
      updateEvery: every,
      updatesPerStep: updates / every,
      // There in steps, here in updates. Nothing moves between two bursts, so one copy a burst is as many as matter.
      targetEvery: Math.max(updates, Math.round((Number(s.target_update_interval) * updates) / every)),
      epsilon: Number(s.exploration_initial_eps),
      epsilonMin: Number(s.exploration_final_eps),
      epsilonSteps: Math.round(Number(s.exploration_fraction) * steps),
      clipNorm: Number(s.max_grad_norm),
      observations: 'raw',
      dueling: false,
      averaging: 0,
    };
  }
  const shared = {
    learningRate,
    learningRateSchedule,
    hidden,
    rolloutSteps: Number(s.n_steps),
    gaeLambda: Number(s.gae_lambda),
    normaliseAdvantages: s.normalize_advantage === true,
    entropyWeight: Number(s.ent_coef),
    valueWeight: Number(s.vf_coef),
    clipNorm: Number(s.max_grad_norm),
    observations: normalised ? 'running' : 'raw',
    scaleRewards: normalised,
  };
  if (algorithm === 'a2c') return { ...shared, optimiser: 'rmsprop' };
  const [clip, clipSchedule] = schedule(s.clip_range);
  return { ...shared, batchSize: Number(s.batch_size), epochs: Number(s.n_epochs), clip, clipSchedule };
}

const names: Readonly<Record<string, string>> = {
  'CartPole-v1': 'cart-pole-v1',
  'Acrobot-v1': 'acrobot-v1',
  'MountainCar-v0': 'mountain-car-v0',
};

/** The hyper-parameters of RL Baselines3 Zoo for the control worlds, from the file that Stable-Baselines3 is run by. */
export const zooRuns: readonly ZooRun[] = (
  JSON.parse(readFileSync(join(import.meta.dirname, 'peers/rl-zoo.json'), 'utf8')) as { runs: Written[] }
).runs.map((run) => ({
  agent: run.algorithm,
  world: names[run.world]!,
  steps: run.steps,
  seeds: run.seeds,
  worlds: run.envs,
  discount: Number(run.settings.gamma),
  settings: settingsOf(run),
}));

export function zooRun(agent: ZooRun['agent'], world: string): ZooRun {
  const found = zooRuns.find((run) => run.agent === agent && run.world === world);
  if (!found) throw new Error(`the zoo has no run of ${agent} in ${world}`);
  return found;
}
