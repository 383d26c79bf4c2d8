import {
  type Rng,
  rng,
  rngFrom,
  type SettingsOf,
  TendrilError,
  type TransitionBatch,
} from '../core/index.ts';
import {
  adam,
  add,
  exp,
  gradientOutputs,
  gradientTensors,
  graph,
  loadKernels,
  logSoftmax,
  mean,
  minimum,
  mul,
  parameterInputs,
  parameters,
  parameterTensors,
  square,
  stopGradient,
  sub,
  sum,
  type Value,
} from '../math/index.ts';
import type { AgentContext, AgentDefinition, TransitionAgent } from './agent.ts';
import { categoricalPolicy } from './categorical.ts';
import { type DenseMode, denseEncoder } from './dense-encoder.ts';
import { askable, reluTower, throughTower, type Weights } from './relu-tower.ts';
import { replayBuffer, replayLayout, rowOf, storeRow } from './replay-buffer.ts';
import { replaySettings } from './replay-settings.ts';
import { readModel, restoreArrays, writeModel } from './saved-model.ts';
import { heldRows, restoreReplay } from './saved-replay.ts';

const settings = {
  learningRate: { type: 'number', default: 0.001, min: 0, max: 1, doc: 'step size of Adam' },
  temperature: {
    type: 'number',
    default: 0.1,
    min: 1e-6,
    max: 1000,
    doc: 'worth of a nat of entropy, in rewards, to begin with',
  },
  targetEntropy: {
    type: 'number',
    default: 0.3,
    min: 0,
    max: 1,
    doc: 'share of the largest possible entropy that the temperature steers towards',
  },
  ...replaySettings,
} as const;

type Settings = SettingsOf<typeof settings>;

/**
 * Soft actor-critic for discrete actions (Christodoulou 2019, after Haarnoja et al. 2018). It wants reward and to stay
 * undecided: a nat of entropy is worth the temperature T. With few actions every expectation over them is a plain sum:
 *
 *   V(s')       = sum_a pi(a | s') (min(Q1, Q2)(s', a; target) - T log pi(a | s'))
 *   critic loss = mean (Q(s, a) - (r + discount x V(s')))^2, of both
 *   actor loss  = mean sum_a pi(a | s) (T log pi(a | s) - min(Q1, Q2)(s, a))
 *   T falls where the policy has more entropy than is asked for and rises where it has less:
 *   loss of T   = log T x mean(entropy - targetEntropy x log(allowed actions))
 *
 * What a mask forbids has no probability, in the action and in what comes next.
 */
export const sac: AgentDefinition<typeof settings> = {
  name: 'sac',
  summary:
    'soft actor-critic for single choices: learns from replay and keeps exploring as much as is asked for',
  consumes: 'transitions',
  needsEngine: true,
  settings,
  create: async (context, values) => (await build(context, values, context.rng.fork('sac'))).agent,
  async restore(context, values, saved) {
    const made = await build(context, values, rng(0));
    made.load(saved);
    return made.agent;
  },
};

/** Log-probabilities of the choices; those a mask closes are about -1e9. */
const logPolicy = (w: Weights, x: Value, mask: Value): Value =>
  logSoftmax(add(throughTower(w, 'policy', x), mul(sub(mask, 1), 1e9)));

/** One update as a graph: losses and the gradients of all parameters. */
function trainingGraph(
  of: ReturnType<typeof parameters>,
  n: number,
  width: number,
  choices: number,
): Uint8Array {
  const g = graph();
  const w = parameterInputs(g, of);
  const target = parameterInputs(g, of, 'target.');
  const overChoices = (x: Value): Value => sum(x, { axes: [1], keep: true });
  const temperature = stopGradient(exp(w.logTemperature!));

  const next = g.input('next', [n, width]);
  const nextLogs = logPolicy(w, next, g.input('nextMask', [n, choices]));
  const nextQ = minimum(throughTower(target, 'q1', next), throughTower(target, 'q2', next));
  const value = overChoices(mul(exp(nextLogs), sub(nextQ, mul(nextLogs, temperature))));
  const y = stopGradient(add(g.input('reward', [n, 1]), mul(g.input('discount', [n, 1]), value)));

  const dense = g.input('dense', [n, width]);
  const taken = g.input('taken', [n, choices]);
  const [q1, q2] = [throughTower(w, 'q1', dense), throughTower(w, 'q2', dense)];
  const lossOf = (q: Value): Value => mean(square(sub(overChoices(mul(q, taken)), y)));
  const criticLoss = add(lossOf(q1), lossOf(q2));

  const logs = logPolicy(w, dense, g.input('mask', [n, choices]));
  const q = stopGradient(minimum(q1, q2));
  const policyLoss = mean(overChoices(mul(exp(logs), sub(mul(logs, temperature), q))));

  const entropies = mul(overChoices(mul(exp(logs), logs)), -1);
  const excess = stopGradient(mean(sub(entropies, g.input('wanted', [n, 1]))));
  const loss = add(add(criticLoss, policyLoss), sum(mul(w.logTemperature!, excess)));
  g.output('criticLoss', criticLoss);
  g.output('policyLoss', policyLoss);
  g.output('entropy', mean(entropies));
  gradientOutputs(g, loss, w);
  return g.bytes();
}

async function build(
  { observation, action, engine }: AgentContext,
  given: Settings,
  chance: Rng,
): Promise<{ agent: TransitionAgent; load(saved: Uint8Array): void }> {
  if (!engine) throw new TendrilError('bad-setting', 'sac needs an engine in its context');
  if (action.kind !== 'choice')
    throw new TendrilError(
      'bad-setting',
      `sac makes one choice at a time; it cannot choose actions of kind "${action.kind}"`,
    );
  const { n: choices } = action;
  const n = given.batchSize;
  const encoder = denseEncoder(observation, given.observations as DenseMode);
  const width = encoder.size;
  const specs = {
    ...reluTower('policy', width, given.hidden, choices),
    ...reluTower('q1', width, given.hidden, choices),
    ...reluTower('q2', width, given.hidden, choices),
    logTemperature: { shape: [1], start: Math.log(given.temperature) },
  };
  const numbers = Object.values(specs).reduce(
    (all, { shape }) => all + shape.reduce((a, b) => a * b) + 16,
    0,
  );
  const kernels = loadKernels({ bytes: 20 * numbers + 2 ** 16 });
  const of = parameters(specs, chance.fork('start'), kernels);
  const target = { ...of, values: kernels.floats(of.values.length) };
  target.values.set(of.values);
  const optimiser = adam(of.values.length, { learningRate: given.learningRate }, kernels);

  const rows = (columns: number) => ({ data: new Float32Array(n * columns), shape: [n, columns] });
  const inputs = {
    dense: rows(width),
    next: rows(width),
    taken: rows(choices),
    mask: rows(choices),
    nextMask: rows(choices),
    reward: rows(1),
    discount: rows(1),
    wanted: rows(1),
  };
  const scalar = () => ({ data: new Float32Array(1), shape: [] as number[] });
  const told = { criticLoss: scalar(), policyLoss: scalar(), entropy: scalar() };
  const program = await engine.compile(trainingGraph(of, n, width, choices));
  const run = program.bind(
    { ...parameterTensors(of), ...parameterTensors(target, 'target.'), ...inputs },
    { ...told, ...gradientTensors(of) },
  );
  const policyOnly = { ...of, entries: of.entries.filter(({ name }) => name.startsWith('policy.')) };
  const logitsOf = askable(engine, parameterTensors(policyOnly), width, choices, (g, dense) =>
    throughTower(parameterInputs(g, policyOnly), 'policy', dense),
  );

  // A row of the replay ends with what was allowed before and after.
  const plain = replayLayout(observation.size, 1);
  const layout = { ...plain, width: plain.width + 2 * choices };
  const replay = replayBuffer(given.replaySize, layout);
  const row = new Float32Array(layout.width);
  const before = new Float32Array(n * observation.size);
  const after = new Float32Array(n * observation.size);
  let draws = chance.fork('replay');
  const counts = { steps: 0, updates: 0, owed: 0 };

  function take(batch: TransitionBatch, i: number): void {
    rowOf(batch, i, plain, row);
    for (let c = 0; c < choices; c++) {
      row[plain.width + c] = batch.masks?.[i * choices + c] ?? 1;
      row[plain.width + choices + c] = batch.nextMasks?.[i * choices + c] ?? 1;
    }
    storeRow(replay, row);
  }

  async function update(): Promise<void> {
    inputs.taken.data.fill(0);
    for (let i = 0; i < n; i++) {
      const from = draws.int(replay.size) * layout.width;
      const drawn = replay.rows.subarray(from, from + layout.width);
      before.set(drawn.subarray(0, observation.size), i * observation.size);
      after.set(drawn.subarray(observation.size, 2 * observation.size), i * observation.size);
      const [chosen, reward, discount] = drawn.subarray(2 * observation.size) as unknown as number[];
      inputs.taken.data[i * choices + chosen!] = 1;
      inputs.reward.data[i] = reward!;
      inputs.discount.data[i] = discount!;
      const mask = drawn.subarray(plain.width, plain.width + choices);
      inputs.mask.data.set(mask, i * choices);
      inputs.nextMask.data.set(drawn.subarray(plain.width + choices), i * choices);
      inputs.wanted.data[i] = given.targetEntropy * Math.log(mask.reduce((sum, open) => sum + open, 0));
    }
    encoder.encode(before, n, inputs.dense.data);
    encoder.encode(after, n, inputs.next.data);
    await run();
    optimiser.step(of.values, of.gradients);
    kernels.approach(target.values, of.values, given.targetRate);
    counts.updates++;
  }

  const temperatureAt = of.entries.find(({ name }) => name === 'logTemperature')!.offset;
  const agent: TransitionAgent = {
    name: 'sac',
    consumes: 'transitions',
    async learn(batch) {
      for (let i = 0; i < batch.n; i++) take(batch, i);
      encoder.learn(batch.observations, batch.n);
      counts.steps += batch.n;
      if (counts.steps >= given.learningStarts) {
        counts.owed += batch.n * given.updatesPerStep;
        for (; counts.owed >= 1; counts.owed--) await update();
      }
      return {
        criticLoss: told.criticLoss.data[0]!,
        policyLoss: told.policyLoss.data[0]!,
        entropy: told.entropy.data[0]!,
        temperature: Math.exp(of.values[temperatureAt]!),
        steps: counts.steps,
        updates: counts.updates,
      };
    },
    policy: () =>
      categoricalPolicy(observation, action, (observations, count) =>
        logitsOf((out, from, some) => {
          encoder.encode(observations.subarray(from * observation.size), some, out);
        }, count),
      ),
    save: async () =>
      writeModel('sac', {
        values: { ...counts, next: replay.next, rng: [...draws.state()] },
        arrays: { ...state, replay: heldRows(replay) },
      }),
  };

  const [m, v] = optimiser.state.moments;
  const state = {
    parameters: of.values,
    target: target.values,
    'optimiser.steps': optimiser.state.steps,
    'optimiser.moment1': m!,
    'optimiser.moment2': v!,
    criticLoss: told.criticLoss.data,
    policyLoss: told.policyLoss.data,
    entropy: told.entropy.data,
    ...encoder.state,
  };

  function load(saved: Uint8Array): void {
    const read = readModel('sac', saved);
    restoreArrays(read, state);
    encoder.restored();
    restoreReplay(replay, read, read.values.next as number);
    draws = rngFrom(read.values.rng as [number, number, number, number]);
    for (const key of Object.keys(counts) as (keyof typeof counts)[])
      counts[key] = read.values[key] as number;
  }

  return { agent, load };
}
