import {
  rngFrom,
  type SettingsOf,
  shuffle,
  silent,
  TendrilError,
  type TransitionBatch,
} from '../core/index.ts';
import {
  adam,
  add,
  gradientOutputs,
  gradientTensors,
  graph,
  loadKernels,
  logSumExp,
  max,
  mean,
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
import type { AgentContext, AgentDefinition, DecisionAgent } from './agent.ts';
import { denseEncoder } from './dense-encoder.ts';
import { logProbEpsilonGreedy, sampleEpsilonGreedy, topK } from './epsilon-greedy.ts';
import { holdBack } from './hold-back.ts';
import { loggedRewards } from './logged-rewards.ts';
import { askable, reluTower, throughTower } from './relu-tower.ts';
import { readModel, restoreArrays, writeModel } from './saved-model.ts';
import { epsilonSetting } from './scored-policy.ts';

const settings = {
  alpha: {
    type: 'number',
    default: 0.1,
    min: 0,
    doc: 'how conservative: weight of pushing down what the log does not show, beside the squared error',
  },
  learningRate: { type: 'number', default: 0.001, min: 1e-7, max: 1, doc: 'step size of Adam' },
  passes: { type: 'number', default: 20, min: 1, max: 100_000, integer: true, doc: 'passes over the log' },
  batchSize: { type: 'number', default: 256, min: 1, max: 4096, integer: true, doc: 'rows in an update' },
  hidden: {
    type: 'number',
    default: 64,
    min: 1,
    max: 4096,
    integer: true,
    doc: 'units of each of the two ReLU layers',
  },
  targetRate: {
    type: 'number',
    default: 0.01,
    min: 0,
    max: 1,
    doc: 'share by which the target network approaches the newest numbers at each update',
  },
  validation: {
    type: 'number',
    default: 0.1,
    min: 0,
    max: 0.9,
    doc: 'share of the rows, those of whole shoppers where enough are known, that are not learned from: the pass with the least loss on them is kept; 0, a share of less than one batch, or any discount above 0 keeps the last and learns from all',
  },
  epsilon: epsilonSetting,
} as const;

type Settings = SettingsOf<typeof settings>;

/**
 * Conservative Q-learning on a fixed log (Kumar, Zhou, Tucker & Levine 2020, equation 4 with the uniform prior, CQL(H), for
 * discrete actions): Q-learning that also pushes down the values of all choices and up those of the choices logged,
 *
 *   loss = 1/2 mean (Q(s, a) - y)^2 + alpha x mean (log sum_b exp Q(s, b) - Q(s, a)),   y = r + discount x max_b Q'(s', b)
 *
 * so that a choice the log hardly shows is not chosen for an error of the network. Q' is a slowly following copy. b runs over
 * what was allowed, where the log says it. Rewards
 * are less their mean, over their deviation (where steps follow each other, over it only), so that `alpha` means the same
 * in visits and in money.
 */
export const cql: AgentDefinition<typeof settings> = {
  name: 'cql',
  summary: 'conservative Q-learning on logged choices: what the log hardly shows is not believed to be good',
  consumes: 'decisions',
  needsEngine: true,
  settings,
  create: async (context, values) => build(context, values),
  restore: async (context, values, saved) => build(context, values, saved),
};

/** A batch as a graph: the loss and its gradients. */
function trainingGraph(
  of: ReturnType<typeof parameters>,
  n: number,
  width: number,
  choices: number,
  masked: boolean,
): Uint8Array {
  const g = graph();
  /** What is forbidden is lower than anything. */
  const allowed = (q: Value, name: string): Value => (masked ? add(q, g.input(name, [n, choices])) : q);
  const w = parameterInputs(g, of);
  const target = parameterInputs(g, of, 'target.');
  const q = throughTower(w, 'q', g.input('dense', [n, width]));
  const taken = sum(mul(q, g.input('taken', [n, choices])), { axes: [1], keep: true });
  const ahead = throughTower(target, 'q', g.input('next', [n, width]));
  const next = max(allowed(ahead, 'nextForbidden'), { axes: [1], keep: true });
  const y = stopGradient(add(g.input('reward', [n, 1]), mul(g.input('discount', [n, 1]), next)));
  const error = mul(mean(square(sub(taken, y))), 0.5);
  const gap = mean(sub(logSumExp(allowed(q, 'forbidden')), taken));
  const loss = add(error, mul(gap, g.input('alpha', [])));
  g.output('loss', loss);
  gradientOutputs(g, loss, w);
  return g.bytes();
}

async function build(
  { observation, action, engine, rng: chance }: AgentContext,
  given: Settings,
  saved?: Uint8Array,
): Promise<DecisionAgent> {
  if (!engine) throw new TendrilError('bad-setting', 'cql needs an engine in its context');
  if (action.kind !== 'choice')
    throw new TendrilError(
      'bad-setting',
      `cql makes one choice at a time; it cannot choose actions of kind "${action.kind}"`,
    );
  const { n: choices } = action;
  const encoder = denseEncoder(observation, 'running');
  const width = encoder.size;
  const model = saved && readModel('cql', saved);
  const start = model ? (model.values.rng as [number, number, number, number]) : chance.fork('cql').state();
  const specs = reluTower('q', width, given.hidden, choices);
  const size = Object.values(specs).reduce((all, { shape }) => all + shape.reduce((a, b) => a * b) + 16, 0);
  const kernels = loadKernels({ bytes: 20 * size + 2 ** 16 });
  const of = parameters(specs, rngFrom(start).fork('start'), kernels);
  const first = of.values.slice();
  const target = { ...of, values: kernels.floats(of.values.length) };
  const optimiser = adam(of.values.length, { learningRate: given.learningRate }, kernels);
  const state = { parameters: of.values, ...encoder.state };
  if (model) {
    restoreArrays(model, state);
    encoder.restored();
  }
  const ask = askable(engine, parameterTensors(of), width, choices, (g, dense) =>
    throughTower(parameterInputs(g, of), 'q', dense),
  );

  return {
    name: 'cql',
    consumes: 'decisions',
    async fit(log, { progress = silent } = {}) {
      const draws = rngFrom(start).fork('rows');
      const rows = log.n;
      const n = Math.min(given.batchSize, rows);
      of.values.set(first);
      target.values.set(first);
      optimiser.state.steps[0] = 0;
      for (const moment of optimiser.state.moments) moment.fill(0);
      for (const array of Object.values(encoder.state)) array.fill(0);
      encoder.learn(log.observations, rows);
      const column = (columns: number) => ({ data: new Float32Array(n * columns), shape: [n, columns] });
      const inputs = {
        dense: column(width),
        next: column(width),
        taken: column(choices),
        reward: column(1),
        discount: column(1),
        alpha: { data: Float32Array.of(given.alpha), shape: [] as number[] },
        ...(log.masks && { forbidden: column(choices), nextForbidden: column(choices) }),
      };
      const told = { loss: { data: new Float32Array(1), shape: [] as number[] } };
      const program = await engine.compile(trainingGraph(of, n, width, choices, log.masks !== undefined));
      const run = program.bind(
        { ...parameterTensors(of), ...parameterTensors(target, 'target.'), ...inputs },
        { ...told, ...gradientTensors(of) },
      );
      const load = loader(log, inputs, (observations, to) => encoder.encode(observations, 1, to), choices);
      // Where steps follow each other the loss is against values that still grow: it is least before anything is learned of them.
      const ends = endsThere(log);
      const wanted = ends ? Math.floor((given.validation * rows) / n) * n : 0;
      const { held, rest: train, heldShoppers } = holdBack(log, wanted, wanted / 2, draws);
      const best = { loss: Infinity, values: of.values.slice(), pass: 0 };
      const heldLoss = async (): Promise<number> => {
        let loss = 0;
        const batches = Math.ceil(held.length / n);
        for (let batch = 0; batch < batches; batch++) {
          load(held, batch * n, n);
          await run();
          loss += told.loss.data[0]! / batches;
        }
        return loss;
      };
      let loss = 0;
      for (let pass = 1; pass <= given.passes; pass++) {
        shuffle(train, draws);
        const batches = Math.max(1, Math.floor(train.length / n));
        loss = 0;
        for (let batch = 0; batch < batches; batch++) {
          load(train, batch * n, n);
          await run();
          loss += told.loss.data[0]! / batches;
          optimiser.step(of.values, of.gradients);
          kernels.approach(target.values, of.values, given.targetRate);
        }
        const judged = held.length > 0 ? await heldLoss() : -pass;
        if (judged < best.loss) {
          best.loss = judged;
          best.pass = pass;
          best.values.set(of.values);
        }
        progress(pass, given.passes, 'passes');
      }
      of.values.set(best.values);
      return {
        loss,
        heldOut: held.length,
        ...(heldShoppers !== undefined && { heldOutShoppers: heldShoppers }),
        ...(held.length > 0 && { heldOutLoss: best.loss }),
        bestPass: best.pass,
      };
    },
    policy: () => ({
      observation,
      action,
      async evaluate(observations, n, candidates) {
        const all = await ask((out, from, some) => {
          encoder.encode(observations.subarray(from * observation.size), some, out);
        }, n);
        const kept = candidates ?? Int32Array.from({ length: choices }, (_, a) => a);
        const values = Float32Array.from(
          { length: n * kept.length },
          (_, i) => all[Math.floor(i / kept.length) * choices + kept[i % kept.length]!]!,
        );
        return { n, choices: kept.length, values };
      },
      sample: (scores, i, rng, mask) => sampleEpsilonGreedy(scores, i, 1, given.epsilon, rng, mask),
      logProb: (scores, i, taken, mask) => logProbEpsilonGreedy(scores, i, taken, given.epsilon, mask),
      greedy: (scores, i, mask) => topK(scores, i, 1, mask),
    }),
    save: async () => writeModel('cql', { values: { rng: [...start] }, arrays: state }),
  };
}

/** Whether each choice is judged by itself. */
const endsThere = (log: TransitionBatch): boolean => log.discounts.every((discount) => discount === 0);

/** Fills the inputs with rows `order[from] ..` of the log, beginning again at its end. */
function loader(
  log: TransitionBatch,
  inputs: Readonly<
    Record<'dense' | 'next' | 'taken' | 'reward' | 'discount', { readonly data: Float32Array }> & {
      readonly forbidden?: { readonly data: Float32Array };
      readonly nextForbidden?: { readonly data: Float32Array };
    }
  >,
  encode: (observation: Float32Array, to: Float32Array) => void,
  choices: number,
): (order: Int32Array, from: number, n: number) => void {
  const { mean: usual, deviation } = loggedRewards('cql', log);
  const ends = endsThere(log);
  const size = log.observations.length / log.n;
  const forbid = (to: Float32Array | undefined, i: number, masks: Uint8Array | undefined, row: number) => {
    if (!to || !masks) return;
    for (let a = 0; a < choices; a++) to[i * choices + a] = masks[row * choices + a] ? 0 : -1e9;
  };
  return (order, from, n) => {
    const wide = inputs.dense.data.length / n;
    inputs.taken.data.fill(0);
    for (let i = 0; i < n; i++) {
      const row = order[(from + i) % order.length]!;
      const [at, to] = [row * size, i * wide];
      encode(log.observations.subarray(at, at + size), inputs.dense.data.subarray(to, to + wide));
      if (!ends)
        encode(log.nextObservations.subarray(at, at + size), inputs.next.data.subarray(to, to + wide));
      inputs.taken.data[i * choices + log.actions[row]!] = 1;
      inputs.reward.data[i] = (log.rewards[row]! - (ends ? usual : 0)) / deviation;
      inputs.discount.data[i] = log.discounts[row]!;
      forbid(inputs.forbidden?.data, i, log.masks, row);
      forbid(inputs.nextForbidden?.data, i, log.nextMasks, row);
    }
  };
}
