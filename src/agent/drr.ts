import {
  actionSize,
  historyPlace,
  type Rng,
  rng,
  rngFrom,
  type SettingsOf,
  TendrilError,
} from '../core/index.ts';
import {
  embeddingTable,
  gradientTensors,
  loadKernels,
  parameterInputs,
  parameterTensors,
  reshape,
  slice,
  type Value,
} from '../math/index.ts';
import type { AgentContext, AgentDefinition, TransitionAgent } from './agent.ts';
import { candidateScores } from './candidate-scores.ts';
import { rowsWithContent } from './content-table.ts';
import { encodedRows, encoder as encoderFor } from './dqn-encoder.ts';
import { catalogueTensors, contentColumns } from './dqn-model.ts';
import { dqnSettings } from './dqn-settings.ts';
import { act, type DrrNetworkShape, drrParameters, drrTraining } from './drr-network.ts';
import { stateOf } from './drr-state.ts';
import { historyReader } from './history-tokens.ts';
import { itemProducts } from './item-products.ts';
import { askable } from './relu-tower.ts';
import { chosenSlot, forbidNext, replayBuffer, replayLayout, rowOf, storeRow } from './replay-buffer.ts';
import { replaySettings } from './replay-settings.ts';
import { checkFinite, readModel, restoreArrays, writeModel } from './saved-model.ts';
import { heldRows, restoreReplay } from './saved-replay.ts';
import { epsilonSetting, itemsOf, scoredPolicy } from './scored-policy.ts';
import { targetNetwork } from './target-network.ts';

const { observations: _observations, ...replayed } = replaySettings;

const settings = {
  state: {
    type: 'choice',
    default: 'average',
    choices: ['pairs', 'shopper', 'average', 'attention'],
    doc: 'how the newest items make a state: DRR-p, DRR-u, DRR-ave or attention pooling',
  },
  last: {
    type: 'number',
    default: 5,
    min: 1,
    max: 100,
    integer: true,
    doc: 'newest items that make the state',
  },
  width: {
    type: 'number',
    default: 16,
    min: 1,
    max: 512,
    integer: true,
    doc: 'numbers an item is described by',
  },
  climb: {
    type: 'choice',
    default: 'items',
    choices: ['items', 'point'],
    doc: "what the actor climbs: the critic's values of items, or of the point it names, as published",
  },
  itemContent: dqnSettings.itemContent,
  actorRate: { type: 'number', default: 0.001, min: 0, max: 1, doc: "step size of the actor's Adam" },
  criticRate: { type: 'number', default: 0.003, min: 0, max: 1, doc: "step size of the critic's Adam" },
  ...replayed,
  epsilon: { ...epsilonSetting, default: 0.1 },
} as const;

/**
 * "Deep Reinforcement Learning based Recommendation with Explicit User-Item Interactions Modeling" (DRR, Liu et al. 2018):
 * an actor names a point among the items' rows, items are ranked by their product with it, and a critic says what a point is
 * worth in a state (drr-state.ts). Both learn from replay as in ddpg, towards slowly following copies:
 *
 *   a = m(s) in [-1, 1]^width             score of item i = a . e_i
 *   critic loss = mean (Q(s, e_taken) - (r + discount x Q(s', m(s'); target)))^2
 *   actor loss  = -mean Q(s, m(s)),  the critic held still
 *
 * What was done is the row of the item taken, so that steps anybody took can be learned from; in the paper it is the point
 * that the actor named. The rows are learned by the critic beside the state, where the paper takes those of a matrix
 * factorisation made before. Each slot of a slate counts as a step of its own: the one that was answered to is paid, or all where none was.
 */
export const drr: AgentDefinition<typeof settings> = {
  name: 'drr',
  summary:
    'an actor and a critic on the newest items, pooled or multiplied: ranks by the point the actor names',
  consumes: 'transitions',
  needsEngine: true,
  settings,
  create: async (context, values) => (await build(context, values, context.rng.fork('drr'))).agent,
  async restore(context, values, saved) {
    const made = await build(context, values, rng(0));
    made.load(saved);
    return made.agent;
  },
};

async function build(
  { observation, action, engine, items: known }: AgentContext,
  given: SettingsOf<typeof settings>,
  chance: Rng,
): Promise<{ agent: TransitionAgent; load(saved: Uint8Array): void }> {
  const items = itemsOf(action);
  const slots = actionSize(action);
  const place = historyPlace(observation);
  if (!place) throw new TendrilError('bad-setting', 'drr needs an observation with the part "history.items"');
  if (!engine) throw new TendrilError('bad-setting', 'drr needs an engine in its context');
  const { width, hidden, batchSize: n } = given;
  const told = given.itemContent === 'none' ? undefined : known;
  const text = given.itemContent === 'text';
  const encoder = encoderFor(observation, { scalarsOnly: false, historyDecay: 0.8, raw: false, items: told });
  const last = Math.min(given.last, place.size);
  const histories = historyReader(place, last, 0, observation.size);
  const shape: DrrNetworkShape = {
    ...{ items, slots, width, last, dense: encoder.dense, content: told ? contentColumns(told, text) : 0 },
    state: given.state as DrrNetworkShape['state'],
    climb: given.climb as DrrNetworkShape['climb'],
    near: Math.min(8, items),
    others: Math.min(32, items),
    masks: action.kind === 'choice' && given.climb === 'items',
  };
  const content = catalogueTensors(
    { rows: items, content: shape.content, affinity: 0, profile: 0 },
    told,
    text,
  );

  const specs = drrParameters(shape, hidden);
  const numbers = [...Object.values(specs.actor), ...Object.values(specs.critic)].reduce(
    (all, spec) => all + spec.shape.reduce((a, b) => a * b, 1) + 16,
    0,
  );
  const gathered = n * (last + slots);
  const kernels = loadKernels({
    bytes: 4 * (5 * numbers + (4 * width + 1) * items + gathered * (width + 1)) + 2 ** 16,
  });
  const network = (name: 'actor' | 'critic', learningRate: number) =>
    targetNetwork(
      name,
      specs[name],
      { learningRate, targetRate: given.targetRate },
      chance.fork(name),
      kernels,
    );
  const actor = network('actor', given.actorRate);
  const critic = network('critic', given.criticRate);
  // As far from 0 as the points that the actor names.
  const table = embeddingTable(items, width, 0.5, chance.fork('table'), kernels);

  const rows = (columns: number) => ({ data: new Float32Array(n * columns), shape: [n, columns] });
  const side = () => ({ rows: encodedRows(encoder, n), tokens: kernels.ints(n * last), padding: rows(last) });
  const [before, after] = [side(), side()];
  const actions = kernels.ints(n * slots);
  const others = kernels.ints(shape.others);
  const forbidden = new Float32Array(shape.masks ? n * items : 0);
  const inputs = { reward: rows(slots), open: rows(slots), discount: rows(1) };
  const tensorsOf = ({ rows: encoded, tokens, padding }: ReturnType<typeof side>, prefix: string) => ({
    [`${prefix}dense`]: { data: encoded.dense, shape: [n, encoder.dense] },
    [`${prefix}tokens`]: { data: tokens, shape: [n * last] },
    [`${prefix}padding`]: padding,
  });
  const scalar = () => ({ data: new Float32Array(1), shape: [] as number[] });
  const said = { criticLoss: scalar(), value: scalar() };
  const ofHistory = kernels.floats(n * last * width);
  const ofTaken = kernels.floats(n * slots * width);
  const both = [actor, critic];
  const program = await engine.compile(drrTraining(actor.of, critic.of, shape, n));
  const run = program.bind(
    Object.assign(
      {
        ...inputs,
        ...content,
        ...tensorsOf(before, ''),
        ...tensorsOf(after, 'next.'),
        actions: { data: actions, shape: [n * slots] },
        ...(shape.climb === 'items' && { others: { data: others, shape: [1, shape.others] } }),
        ...(shape.masks && { forbidden: { data: forbidden, shape: [n, items] } }),
        table: { data: table.values, shape: [items, width] },
      },
      ...both.flatMap(({ of, target }) => [parameterTensors(of), parameterTensors(target, 'target.')]),
    ),
    Object.assign(
      {
        ...said,
        'rows.history': { data: ofHistory, shape: [n * last, width] },
        'rows.taken': { data: ofTaken, shape: [n * slots, width] },
      },
      ...both.map(({ of }) => gradientTensors(of)),
    ),
  );

  // To be asked, rows of the history's items are looked up outside the graph: [ dense | rows | padding ].
  const askedSize = encoder.dense + last * (width + 1);
  const points = askable(
    engine,
    Object.assign({}, ...both.map(({ of }) => parameterTensors(of))),
    askedSize,
    width,
    (g, asked) => {
      const w = { ...parameterInputs(g, actor.of), ...parameterInputs(g, critic.of) };
      const m = asked.shape[0]!;
      const part = (from: number, to: number): Value => slice(asked, 1, from, to);
      const rowsTo = encoder.dense + last * width;
      const taken = reshape(part(encoder.dense, rowsTo), [m, last, width]);
      return act(w, stateOf(w, shape, part(0, encoder.dense), taken, part(rowsTo, askedSize)));
    },
  );
  const products = itemProducts(items, width);
  const itemsNow = new Float32Array(items * width);
  let stale = true;
  /** Every item's row with its content, made when asked for after it moved. */
  function freshen(): void {
    if (!stale) return;
    stale = false;
    const { offset } = critic.of.entries.find(({ name }) => name === 'content.w') ?? { offset: 0 };
    const data = (content.content?.data ?? new Float32Array(0)) as Float32Array;
    rowsWithContent(itemsNow, table.values, data, shape.content, critic.of.values, offset, width);
    products.fill(itemsNow);
  }

  const layout = replayLayout(observation.size, slots, shape.masks ? items : 0);
  const replay = replayBuffer(given.replaySize, layout);
  const row = new Float32Array(layout.width);
  const seen = new Float32Array(n * observation.size);
  const seenNext = new Float32Array(n * observation.size);
  let draws = chance.fork('replay');
  const counts = { steps: 0, updates: 0, owed: 0 };

  async function update(): Promise<void> {
    let open = 0;
    for (let i = 0; i < n; i++) {
      const from = draws.int(replay.size) * layout.width;
      const kept = replay.rows.subarray(from, from + layout.width);
      const tail = 2 * observation.size;
      seen.set(kept.subarray(0, observation.size), i * observation.size);
      seenNext.set(kept.subarray(observation.size, tail), i * observation.size);
      const chosen = action.kind === 'choice' ? 0 : chosenSlot(kept[tail + slots + 2]!, slots);
      for (let slot = 0; slot < slots; slot++) {
        const item = kept[tail + slot]!;
        actions[i * slots + slot] = Math.max(0, item);
        inputs.open.data[i * slots + slot] = Number(item >= 0);
        // What comes of a slate that nobody answered, a penalty for leaving say, is the doing of all it shows.
        inputs.reward.data[i * slots + slot] = slot === chosen || chosen < 0 ? kept[tail + slots]! : 0;
        open += Number(item >= 0);
      }
      if (shape.masks) forbidNext(forbidden, i, layout, kept);
      inputs.discount.data[i] = kept[tail + slots + 1]!;
    }
    for (let at = 0; at < others.length; at++) others[at] = others.length === items ? at : draws.int(items);
    for (let at = 0; at < n * slots; at++) inputs.open.data[at]! /= Math.max(1, open);
    for (const [of, from] of [
      [before, seen],
      [after, seenNext],
    ] as const) {
      encoder.encode(from, n, of.rows);
      histories.read(from, n, { ...unread, tokens: of.tokens, padding: of.padding.data });
    }
    await run();
    for (const { move } of both) move();
    table.accumulate(before.tokens, ofHistory);
    table.accumulate(actions, ofTaken);
    table.step('adam', { learningRate: given.criticRate });
    counts.updates++;
    stale = true;
  }
  const unread = { kinds: new Float32Array(0), known: new Float32Array(n) };

  const asking = { rows: encodedRows(encoder, mostAsked), history: histories.room(mostAsked) };
  const agent: TransitionAgent = {
    name: 'drr',
    consumes: 'transitions',
    async learn(batch) {
      for (let i = 0; i < batch.n; i++) storeRow(replay, rowOf(batch, i, layout, row));
      counts.steps += batch.n;
      if (counts.steps >= given.learningStarts) {
        counts.owed += batch.n * given.updatesPerStep;
        for (; counts.owed >= 1; counts.owed--) await update();
      }
      const [criticLoss, value] = [said.criticLoss.data[0]!, said.value.data[0]!];
      if (!Number.isFinite(criticLoss + value))
        throw new TendrilError('bad-setting', `the loss became ${criticLoss}; accepted: smaller step sizes`);
      return { criticLoss, value, steps: counts.steps, updates: counts.updates };
    },
    policy: () => {
      const one = scoredPolicy(observation, action, given.epsilon, () => {});
      return {
        ...one,
        async evaluate(observations, count, candidates) {
          freshen();
          const named = await points((out, from, some) => {
            const asked = observations.subarray(from * observation.size, (from + some) * observation.size);
            encoder.encode(asked, some, asking.rows);
            histories.read(asked, some, asking.history);
            const { tokens, padding } = asking.history;
            for (let i = 0; i < some; i++) {
              const at = i * askedSize;
              out.set(asking.rows.dense.subarray(i * encoder.dense, (i + 1) * encoder.dense), at);
              for (let place = 0; place < last; place++) {
                const item = tokens[i * last + place]!;
                out.set(
                  itemsNow.subarray(item * width, (item + 1) * width),
                  at + encoder.dense + place * width,
                );
              }
              out.set(padding.subarray(i * last, (i + 1) * last), at + encoder.dense + last * width);
            }
          }, count);
          const scores = new Float32Array(count * items);
          products.of(named, count, scores);
          return candidateScores(scores, count, items, candidates);
        },
      };
    },
    save: async () =>
      writeModel('drr', {
        values: { ...counts, next: replay.next, rng: [...draws.state()] },
        arrays: { ...state, replay: heldRows(replay) },
      }),
  };
  const state = {
    ...actor.state,
    ...critic.state,
    table: table.values,
    'table.steps': table.state.steps,
    'table.moment1': table.state.moments[0]!,
    'table.moment2': table.state.moments[1]!,
    criticLoss: said.criticLoss.data,
    value: said.value.data,
  };

  function load(saved: Uint8Array): void {
    const read = readModel('drr', saved);
    restoreArrays(read, state);
    checkFinite(read, [...Object.keys(state), 'replay']);
    restoreReplay(replay, read, read.values.next as number);
    draws = rngFrom(read.values.rng as [number, number, number, number]);
    for (const key of Object.keys(counts) as (keyof typeof counts)[])
      counts[key] = read.values[key] as number;
  }

  return { agent, load };
}

/** Observations asked for in one run (relu-tower.ts). */
const mostAsked = 256;
