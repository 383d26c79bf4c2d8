import {
  actionSize,
  eventTypes,
  historyPlace,
  type Rng,
  rng,
  rngFrom,
  type SettingsOf,
  TendrilError,
} from '../core/index.ts';
import {
  adam,
  embeddingTable,
  gradientTensors,
  linearTransposed,
  loadKernels,
  parameterInputs,
  parameters,
  parameterTensors,
  reshape,
  slice,
  type Value,
} from '../math/index.ts';
import type { AgentContext, AgentDefinition, TransitionAgent } from './agent.ts';
import { candidateScores } from './candidate-scores.ts';
import { rowsWithContent } from './content-table.ts';
import {
  type DecisionShape,
  decisionParameters,
  decisionState,
  decisionTraining,
} from './decision-transformer-network.ts';
import { encodedRows, encoder as encoderFor } from './dqn-encoder.ts';
import { catalogueTensors, contentColumns } from './dqn-model.ts';
import { dqnSettings } from './dqn-settings.ts';
import { topK } from './epsilon-greedy.ts';
import { historyReader } from './history-tokens.ts';
import { nStep } from './n-step.ts';
import { logProbPlackettLuce, samplePlackettLuce } from './plackett-luce.ts';
import { askable } from './relu-tower.ts';
import { chosenSlot, replayBuffer, replayLayout, rowOf, storeRow } from './replay-buffer.ts';
import { replaySettings } from './replay-settings.ts';
import { runningStatistics } from './running-statistics.ts';
import { arrayOf, checkFinite, readModel, restoreArrays, writeModel } from './saved-model.ts';
import { heldRows, restoreReplay } from './saved-replay.ts';
import { itemsOf } from './scored-policy.ts';
import { checkHeads } from './transformer.ts';

const { batchSize, replaySize, learningStarts, updatesPerStep } = replaySettings;

const settings = {
  target: {
    type: 'number',
    default: 0.95,
    min: 0,
    max: 1,
    doc: 'the return asked for: what this share of the steps learned from does not exceed',
  },
  horizon: {
    type: 'number',
    default: 10,
    min: 1,
    max: 10_000,
    integer: true,
    doc: 'steps of a return, fewer where the episode ends; 1: the reward alone',
  },
  width: {
    type: 'number',
    default: 32,
    min: 4,
    max: 1024,
    integer: true,
    doc: 'numbers a token has, a multiple of heads',
  },
  blocks: { type: 'number', default: 2, min: 1, max: 24, integer: true, doc: 'attention blocks' },
  heads: { type: 'number', default: 1, min: 1, max: 64, integer: true, doc: 'attention heads of a block' },
  inner: { type: 'number', default: 64, min: 4, max: 8192, integer: true, doc: 'ReLU units of a block' },
  places: {
    type: 'number',
    default: 10,
    min: 1,
    max: 1000,
    integer: true,
    doc: 'newest interactions it looks at',
  },
  itemContent: dqnSettings.itemContent,
  learningRate: { type: 'number', default: 0.003, min: 0, max: 1, doc: 'step size of Adam' },
  temperature: {
    type: 'number',
    default: 1,
    min: 0.001,
    max: 100,
    doc: 'what the logits are divided by where it draws; less is greedier',
  },
  ...{ batchSize, replaySize, learningStarts, updatesPerStep },
} as const;

/**
 * Decision transformer (Chen et al. 2021, "Decision Transformer: Reinforcement Learning via Sequence Modeling"): learns, without
 * values and without bootstrapping, what was done where a given return followed; asked for a high return it does what led there.
 *
 *   R(t)  = r(t) + discount x r(t+1) + ...  over `horizon` steps        "return-to-go"
 *   loss  = -log p(a(t) | items and events so far, what is observed, R(t))
 *   acts  by p(. | ..., R*), R* the `target` quantile of the returns learned from
 *
 * The paper puts the return-to-go before every step of the context; here it is asked for now only: what earlier steps paid
 * shows in the kinds of events, so that their returns follow from the newest one. Of a slate that was answered to, that item was
 * what was done; of one that was not, any of its items.
 */
export const decisionTransformer: AgentDefinition<typeof settings> = {
  name: 'decision-transformer',
  summary: 'a transformer taught what was done where a return followed, asked for a high one',
  consumes: 'transitions',
  needsEngine: true,
  settings,
  create: async (context, values) =>
    (await build(context, values, context.rng.fork('decision-transformer'))).agent,
  async restore(context, values, saved) {
    const made = await build(context, values, rng(0));
    made.load(saved);
    return made.agent;
  },
};

/** Observations asked for in one run (relu-tower.ts), and returns whose quantile is looked up. */
const mostAsked = 256;
const returnsLookedAt = 10_000;

async function build(
  { observation, action, engine, items: known }: AgentContext,
  given: SettingsOf<typeof settings>,
  chance: Rng,
): Promise<{ agent: TransitionAgent; load(saved: Uint8Array): void }> {
  const name = 'decision-transformer';
  const items = itemsOf(action);
  const slots = actionSize(action);
  const place = historyPlace(observation);
  if (!place)
    throw new TendrilError('bad-setting', `${name} needs an observation with the part "history.items"`);
  if (!engine) throw new TendrilError('bad-setting', `${name} needs an engine in its context`);
  checkHeads(given);
  const { width, blocks, heads, inner, batchSize: n } = given;
  const told = given.itemContent === 'none' ? undefined : known;
  const text = given.itemContent === 'text';
  const encoder = encoderFor(observation, { scalarsOnly: false, historyDecay: 0.8, raw: false, items: told });
  const kinds = place.types >= 0 ? eventTypes.length : 0;
  const places = Math.min(given.places, place.size);
  const histories = historyReader(place, places, kinds, observation.size);
  const shape: DecisionShape = {
    body: { items, kinds, places: places + 1, width, heads, blocks, inner, negatives: 0 },
    dense: encoder.dense,
    content: told ? contentColumns(told, text) : 0,
  };
  const content = catalogueTensors(
    { rows: items, content: shape.content, affinity: 0, profile: 0 },
    told,
    text,
  );

  const specs = decisionParameters(shape);
  const numbers = Object.values(specs).reduce(
    (all, spec) => all + spec.shape.reduce((a, b) => a * b, 1) + 16,
    0,
  );
  const kernels = loadKernels({
    bytes: 4 * (4 * numbers + (5 * width + 2) * items + n * places * (width + 1)) + 2 ** 16,
  });
  const of = parameters(specs, chance.fork('parameters'), kernels);
  const optimiser = adam(of.values.length, { learningRate: given.learningRate }, kernels);
  const table = embeddingTable(items, width, 0.1, chance.fork('table'), kernels);

  const rows = (columns: number) => ({ data: new Float32Array(n * columns), shape: [n, columns] });
  const encoded = encodedRows(encoder, n);
  const tokens = { ...histories.room(n), tokens: kernels.ints(n * places) };
  const inputs = { toGo: rows(1), weights: rows(1) };
  const actions = new Int32Array(n);
  const loss = { data: new Float32Array(1), shape: [] as number[] };
  const ofTokens = kernels.floats(n * places * width);
  const ofTable = kernels.floats(items * width);
  const everyRow = kernels.ints(items);
  for (let item = 0; item < items; item++) everyRow[item] = item;
  const program = await engine.compile(decisionTraining(of, shape, n));
  const run = program.bind(
    {
      ...parameterTensors(of),
      ...inputs,
      ...content,
      table: { data: table.values, shape: [items, width] },
      tokens: { data: tokens.tokens, shape: [n * places] },
      ...(kinds > 0 && { 'history.kinds': { data: tokens.kinds, shape: [n, places, kinds] } }),
      padding: { data: tokens.padding, shape: [n, places] },
      dense: { data: encoded.dense, shape: [n, encoder.dense] },
      actions: { data: actions, shape: [n, 1] },
    },
    {
      ...gradientTensors(of),
      loss,
      'rows.tokens': { data: ofTokens, shape: [n * places, width] },
      'rows.table': { data: ofTable, shape: [items, width] },
    },
  );

  // To be asked, rows of the history's items are looked up outside the graph: [ dense | return | padding | kinds | rows ].
  const itemsNow = new Float32Array(items * width);
  const sizes = [encoder.dense, 1, places, places * kinds, places * width];
  const from = sizes.map((_, i) => sizes.slice(0, i).reduce((a, b) => a + b, 0));
  const askedSize = sizes.reduce((a, b) => a + b, 0);
  const logits = askable(
    engine,
    { ...parameterTensors(of), items: { data: itemsNow, shape: [items, width] } },
    askedSize,
    items,
    (g, asked) => {
      const m = asked.shape[0]!;
      const part = (i: number): Value => slice(asked, 1, from[i]!, from[i]! + sizes[i]!);
      const state = decisionState(parameterInputs(g, of), shape, {
        dense: part(0),
        toGo: part(1),
        padding: part(2),
        kinds: kinds > 0 ? reshape(part(3), [m, places, kinds]) : undefined,
        items: reshape(part(4), [m * places, width]),
      });
      return linearTransposed(state, g.input('items', [items, width]));
    },
  );
  const asking = { rows: encodedRows(encoder, mostAsked), history: histories.room(mostAsked) };

  const layout = replayLayout(observation.size, slots);
  const replay = replayBuffer(given.replaySize, layout);
  const returns = nStep(given.horizon, layout);
  const returnAt = 2 * observation.size + slots;
  const statistics = runningStatistics(1);
  const row = new Float32Array(layout.width);
  const seen = new Float32Array(n * observation.size);
  let draws = chance.fork('replay');
  const counts = { steps: 0, updates: 0, owed: 0 };
  const state = {
    parameters: of.values,
    'parameters.steps': optimiser.state.steps,
    'parameters.moment1': optimiser.state.moments[0]!,
    'parameters.moment2': optimiser.state.moments[1]!,
    table: table.values,
    'table.steps': table.state.steps,
    'table.moment1': table.state.moments[0]!,
    'table.moment2': table.state.moments[1]!,
    'returns.count': statistics.count,
    'returns.means': statistics.means,
    'returns.squares': statistics.squares,
    loss: loss.data,
  };
  const scaled = (value: number): number =>
    (value - statistics.means[0]!) / Math.sqrt(statistics.variance(0) + 1e-8);

  let fresh = false;
  let wanted = 0;
  /** Rows with content, and the return to ask for: made when asked for after something was learned. */
  function freshen(): void {
    if (fresh) return;
    fresh = true;
    const { offset } = of.entries.find(({ name }) => name === 'content.w') ?? { offset: 0 };
    const data = (content.content?.data ?? new Float32Array(0)) as Float32Array;
    rowsWithContent(itemsNow, table.values, data, shape.content, of.values, offset, width);
    const held = Float32Array.from(
      { length: Math.min(replay.size, returnsLookedAt) },
      (_, i) => replay.rows[((replay.next + replay.size - 1 - i) % replay.size) * layout.width + returnAt]!,
    ).sort();
    wanted = held.length > 0 ? held[Math.max(0, Math.ceil(given.target * held.length) - 1)]! : 0;
  }

  async function update(): Promise<void> {
    let learned = 0;
    for (let i = 0; i < n; i++) {
      const at = draws.int(replay.size) * layout.width;
      const kept = replay.rows.subarray(at, at + layout.width);
      seen.set(kept.subarray(0, observation.size), i * observation.size);
      const chosen = action.kind === 'choice' ? 0 : chosenSlot(kept[returnAt + 2]!, slots);
      const item = kept[returnAt - slots + (chosen < 0 ? draws.int(slots) : chosen)]!;
      actions[i] = Math.max(0, item);
      inputs.weights.data[i] = Number(item >= 0);
      inputs.toGo.data[i] = scaled(kept[returnAt]!);
      learned += Number(item >= 0);
    }
    for (let i = 0; i < n; i++) inputs.weights.data[i]! /= Math.max(1, learned);
    encoder.encode(seen, n, encoded);
    histories.read(seen, n, tokens);
    await run();
    optimiser.step(of.values, of.gradients);
    table.accumulate(tokens.tokens, ofTokens);
    table.accumulate(everyRow, ofTable);
    table.step('adam', { learningRate: given.learningRate });
    counts.updates++;
    if (!Number.isFinite(loss.data[0]!))
      throw new TendrilError(
        'bad-setting',
        `the loss became ${loss.data[0]}; accepted: a smaller learningRate`,
      );
  }

  const agent: TransitionAgent = {
    name,
    consumes: 'transitions',
    async learn(batch) {
      fresh = false;
      for (let i = 0; i < batch.n; i++) {
        const ended = batch.terminated[i] === 1 || batch.truncated[i] === 1;
        returns.push(rowOf(batch, i, layout, row), ended, (complete) => {
          statistics.add(complete.subarray(returnAt, returnAt + 1), 1);
          storeRow(replay, complete);
        });
      }
      counts.steps += batch.n;
      if (counts.steps >= given.learningStarts && replay.size > 0) {
        counts.owed += batch.n * given.updatesPerStep;
        for (; counts.owed >= 1; counts.owed--) await update();
      }
      freshen();
      return {
        loss: loss.data[0]!,
        target: wanted,
        meanReturn: statistics.means[0]!,
        steps: counts.steps,
        updates: counts.updates,
      };
    },
    policy: () => ({
      observation,
      action,
      async evaluate(observations, count, candidates) {
        freshen();
        const scores = await logits((out, first, some) => {
          const asked = observations.subarray(first * observation.size, (first + some) * observation.size);
          encoder.encode(asked, some, asking.rows);
          histories.read(asked, some, asking.history);
          const { tokens: taken, padding, kinds: oneHot } = asking.history;
          const parts = [asking.rows.dense, Float32Array.of(scaled(wanted)), padding, oneHot];
          for (let i = 0; i < some; i++) {
            const at = i * askedSize;
            parts.forEach((part, p) => {
              const size = sizes[p]!;
              out.set(p === 1 ? part : part.subarray(i * size, (i + 1) * size), at + from[p]!);
            });
            for (let slot = 0; slot < places; slot++) {
              const item = taken[i * places + slot]!;
              out.set(itemsNow.subarray(item * width, (item + 1) * width), at + from[4]! + slot * width);
            }
          }
        }, count);
        return candidateScores(scores, count, items, candidates);
      },
      sample: (scores, i, stream, mask) =>
        samplePlackettLuce(scores, i, slots, given.temperature, stream, mask),
      logProb: (scores, i, taken, mask) => logProbPlackettLuce(scores, i, taken, given.temperature, mask),
      greedy: (scores, i, mask) => topK(scores, i, slots, mask),
    }),
    save: async () => {
      const waiting = returns.waiting();
      return writeModel(name, {
        values: { ...counts, next: replay.next, rng: [...draws.state()] },
        arrays: {
          ...state,
          replay: heldRows(replay),
          'waiting.rows': waiting.rows,
          'waiting.lengths': waiting.lengths,
        },
      });
    },
  };

  function load(saved: Uint8Array): void {
    const read = readModel(name, saved);
    restoreArrays(read, state);
    checkFinite(read, [...Object.keys(state), 'replay', 'waiting.rows']);
    restoreReplay(replay, read, read.values.next as number);
    returns.restore(arrayOf(read, 'waiting.rows', 'f32'), arrayOf(read, 'waiting.lengths', 'i32'));
    draws = rngFrom(read.values.rng as [number, number, number, number]);
    for (const key of Object.keys(counts) as (keyof typeof counts)[])
      counts[key] = read.values[key] as number;
  }

  return { agent, load };
}
