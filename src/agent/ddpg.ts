import { type Rng, rng, rngFrom, type SettingsOf, TendrilError } from '../core/index.ts';
import {
  add,
  concat,
  gradientOutputs,
  gradientTensors,
  graph,
  loadKernels,
  mean,
  mul,
  type Parameters,
  parameterInputs,
  parameterTensors,
  square,
  stopGradient,
  sub,
  tanh,
  type Value,
} from '../math/index.ts';
import type { AgentContext, AgentDefinition, TransitionAgent } from './agent.ts';
import { type DenseMode, denseEncoder } from './dense-encoder.ts';
import { gaussianPolicy } from './gaussian.ts';
import { askable, reluTower, throughTower, type Weights } from './relu-tower.ts';
import { replayBuffer, replayLayout, rowOf, storeRow } from './replay-buffer.ts';
import { replaySettings } from './replay-settings.ts';
import { readModel, restoreArrays, writeModel } from './saved-model.ts';
import { heldRows, restoreReplay } from './saved-replay.ts';
import { targetNetwork } from './target-network.ts';

const settings = {
  actorRate: { type: 'number', default: 0.0001, min: 0, max: 1, doc: "step size of the actor's Adam" },
  criticRate: { type: 'number', default: 0.001, min: 0, max: 1, doc: "step size of the critic's Adam" },
  noise: {
    type: 'number',
    default: 0.2,
    min: 0.001,
    max: 10,
    doc: 'standard deviation of what is added to actions while learning, in halves of their range',
  },
  ...replaySettings,
} as const;

type Settings = SettingsOf<typeof settings>;

/**
 * Deep deterministic policy gradient (Lillicrap et al. 2016), for actions made of numbers. An actor m names the action,
 * a critic Q says what an action is worth, and the actor climbs the critic; both learn from replay, towards targets of
 * slowly following copies of themselves:
 *
 *   critic loss = mean (Q(s, a) - (r + discount x Q(s', m(s'); target)))^2
 *   actor loss  = -mean Q(s, m(s)),  the critic held still
 *
 * Actions are scaled to [-1, 1], where a tanh keeps the actor. It explores by normal noise of its own for every number and
 * step instead of the paper's correlated noise (Fujimoto et al. 2018 find no difference), so that its policy has densities.
 */
export const ddpg: AgentDefinition<typeof settings> = {
  name: 'ddpg',
  summary: 'deep deterministic policy gradient: actions made of numbers, learned from replay',
  consumes: 'transitions',
  needsEngine: true,
  settings,
  create: async (context, values) => (await build(context, values, context.rng.fork('ddpg'))).agent,
  async restore(context, values, saved) {
    const made = await build(context, values, rng(0));
    made.load(saved);
    return made.agent;
  },
};

const act = (w: Weights, x: Value): Value => tanh(throughTower(w, 'actor', x));
const judge = (w: Weights, x: Value, action: Value): Value =>
  throughTower(w, 'critic', concat([x, action], 1));

/** One update as a graph: losses and the gradients of both networks. */
function trainingGraph(
  actor: Parameters,
  critic: Parameters,
  n: number,
  width: number,
  size: number,
): Uint8Array {
  const g = graph();
  const w = { ...parameterInputs(g, actor), ...parameterInputs(g, critic) };
  const target = { ...parameterInputs(g, actor, 'target.'), ...parameterInputs(g, critic, 'target.') };
  const next = g.input('next', [n, width]);
  const future = mul(g.input('discount', [n, 1]), judge(target, next, act(target, next)));
  const y = stopGradient(add(g.input('reward', [n, 1]), future));

  const dense = g.input('dense', [n, width]);
  const criticLoss = mean(square(sub(judge(w, dense, g.input('action', [n, size])), y)));
  const still = Object.fromEntries(critic.entries.map(({ name }) => [name, stopGradient(w[name]!)]));
  const value = mean(judge(still, dense, act(w, dense)));
  g.output('criticLoss', criticLoss);
  g.output('value', value);
  gradientOutputs(g, sub(criticLoss, value), w);
  return g.bytes();
}

async function build(
  { observation, action, engine }: AgentContext,
  given: Settings,
  chance: Rng,
): Promise<{ agent: TransitionAgent; load(saved: Uint8Array): void }> {
  if (!engine) throw new TendrilError('bad-setting', 'ddpg needs an engine in its context');
  if (action.kind !== 'box')
    throw new TendrilError(
      'bad-setting',
      `ddpg chooses numbers within bounds; it cannot choose actions of kind "${action.kind}"; accepted: a world such as virtual-taobao-v0`,
    );
  const { size, low, high } = action;
  const [middle, half] = [(low + high) / 2, (high - low) / 2];
  const n = given.batchSize;
  const encoder = denseEncoder(observation, given.observations as DenseMode);
  const width = encoder.size;

  const network = (specs: ReturnType<typeof reluTower>, learningRate: number, name: string) => {
    const numbers = Object.values(specs).reduce(
      (all, { shape }) => all + shape.reduce((a, b) => a * b) + 16,
      0,
    );
    const kernels = loadKernels({ bytes: 20 * numbers + 2 ** 16 });
    return targetNetwork(
      name,
      specs,
      { learningRate, targetRate: given.targetRate },
      chance.fork(name),
      kernels,
    );
  };
  const actor = network(reluTower('actor', width, given.hidden, size), given.actorRate, 'actor');
  const critic = network(reluTower('critic', width + size, given.hidden, 1), given.criticRate, 'critic');

  const rows = (columns: number) => ({ data: new Float32Array(n * columns), shape: [n, columns] });
  const inputs = {
    dense: rows(width),
    next: rows(width),
    action: rows(size),
    reward: rows(1),
    discount: rows(1),
  };
  const scalar = () => ({ data: new Float32Array(1), shape: [] as number[] });
  const told = { criticLoss: scalar(), value: scalar() };
  const program = await engine.compile(trainingGraph(actor.of, critic.of, n, width, size));
  const both = [actor, critic];
  const run = program.bind(
    Object.assign(
      { ...inputs },
      ...both.flatMap(({ of, target }) => [parameterTensors(of), parameterTensors(target, 'target.')]),
    ),
    Object.assign({ ...told }, ...both.map(({ of }) => gradientTensors(of))),
  );
  const actions = askable(engine, parameterTensors(actor.of), width, size, (g, dense) =>
    act(parameterInputs(g, actor.of), dense),
  );

  const layout = replayLayout(observation.size, size);
  const replay = replayBuffer(given.replaySize, layout);
  const row = new Float32Array(layout.width);
  const before = new Float32Array(n * observation.size);
  const after = new Float32Array(n * observation.size);
  let draws = chance.fork('replay');
  const counts = { steps: 0, updates: 0, owed: 0 };

  async function update(): Promise<void> {
    for (let i = 0; i < n; i++) {
      const from = draws.int(replay.size) * layout.width;
      const drawn = replay.rows.subarray(from, from + layout.width);
      before.set(drawn.subarray(0, observation.size), i * observation.size);
      after.set(drawn.subarray(observation.size, 2 * observation.size), i * observation.size);
      const rest = drawn.subarray(2 * observation.size);
      // What was done is what the world took: the number drawn, put on the bounds where it lay outside.
      for (let k = 0; k < size; k++)
        inputs.action.data[i * size + k] = Math.min(1, Math.max(-1, (rest[k]! - middle) / half));
      inputs.reward.data[i] = rest[size]!;
      inputs.discount.data[i] = rest[size + 1]!;
    }
    encoder.encode(before, n, inputs.dense.data);
    encoder.encode(after, n, inputs.next.data);
    await run();
    for (const { move } of both) move();
    counts.updates++;
  }

  const agent: TransitionAgent = {
    name: 'ddpg',
    consumes: 'transitions',
    async learn(batch) {
      for (let i = 0; i < batch.n; i++) storeRow(replay, rowOf(batch, i, layout, row));
      encoder.learn(batch.observations, batch.n);
      counts.steps += batch.n;
      if (counts.steps >= given.learningStarts) {
        counts.owed += batch.n * given.updatesPerStep;
        for (; counts.owed >= 1; counts.owed--) await update();
      }
      const { steps, updates } = counts;
      return { criticLoss: told.criticLoss.data[0]!, value: told.value.data[0]!, steps, updates };
    },
    policy: () =>
      gaussianPolicy(observation, action, async (observations, count) => {
        const means = await actions((out, from, some) => {
          encoder.encode(observations.subarray(from * observation.size), some, out);
        }, count);
        const scores = new Float32Array(2 * means.length).fill(Math.log(given.noise * half));
        for (let i = 0; i < means.length; i++)
          scores[2 * size * Math.floor(i / size) + (i % size)] = middle + half * means[i]!;
        return scores;
      }),
    save: async () =>
      writeModel('ddpg', {
        values: { ...counts, next: replay.next, rng: [...draws.state()] },
        arrays: { ...state, replay: heldRows(replay) },
      }),
  };

  const state = {
    ...actor.state,
    ...critic.state,
    criticLoss: told.criticLoss.data,
    value: told.value.data,
    ...encoder.state,
  };

  function load(saved: Uint8Array): void {
    const read = readModel('ddpg', saved);
    restoreArrays(read, state);
    encoder.restored();
    restoreReplay(replay, read, read.values.next as number);
    draws = rngFrom(read.values.rng as [number, number, number, number]);
    for (const key of Object.keys(counts) as (keyof typeof counts)[])
      counts[key] = read.values[key] as number;
  }

  return { agent, load };
}
