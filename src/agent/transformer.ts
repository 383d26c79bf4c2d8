/**
 * A causal transformer that says what a shopper takes next ("Self-Attentive Sequential Recommendation", Kang & McAuley
 * 2018), taught with the softmax over the whole catalogue, or over a sample of it where that is large (Klenitskiy &
 * Vasilev 2023: with it, it beats what came after it). Score of an item = h . its row, h the last place of the history.
 *
 * An epoch goes once through all histories, batches of like length in random order; after each the validation decides
 * whether it was the best so far, and without a better one for `patience` epochs the best one stays.
 *
 * In increments, new interactions are learned in one pass, together with as many histories of before from a bounded random
 * sample of them (reservoir sampling, Vitter 1985), so that what was learned is not forgotten.
 *
 * A shopper without a history gets what is popular: there is nothing to attend to.
 */
import {
  eventTypes,
  historyPlace,
  rngFrom,
  type Sequences,
  type SettingsOf,
  TendrilError,
} from '../core/index.ts';
import type { AgentContext, AgentDefinition, SequenceAgent } from './agent.ts';
import { contentRows } from './content-rows.ts';
import { finite, fitByPasses } from './fit-by-passes.ts';
import { historyMemory } from './history-memory.ts';
import { arrayOf, checkFinite, readModel, restoreArrays, writeModel } from './saved-model.ts';
import { epsilonSetting, itemsOf, scoredPolicy } from './scored-policy.ts';
import { lengthSorted, type Window, windowsOf } from './sequence-windows.ts';
import { transformerModel } from './transformer-model.ts';
import { hiddenPlace } from './transformer-network.ts';
import { bestOfRows, judgeTransformer, observationScores } from './transformer-scores.ts';

const settings = {
  width: {
    type: 'number',
    default: 64,
    min: 4,
    max: 1024,
    integer: true,
    doc: 'numbers an item or a state is described by, a multiple of heads',
  },
  blocks: { type: 'number', default: 2, min: 1, max: 24, integer: true, doc: 'attention blocks' },
  heads: { type: 'number', default: 1, min: 1, max: 64, integer: true, doc: 'attention heads of a block' },
  inner: { type: 'number', default: 256, min: 4, max: 8192, integer: true, doc: 'ReLU units of a block' },
  places: {
    type: 'number',
    default: 50,
    min: 1,
    max: 1000,
    integer: true,
    doc: 'newest interactions it looks at, no more than the observation shows',
  },
  dropout: {
    type: 'number',
    default: 0.5,
    min: 0,
    max: 0.95,
    doc: 'share of numbers dropped while learning',
  },
  learningRate: { type: 'number', default: 0.002, min: 0, max: 1, doc: 'step size of Adam' },
  batchSize: {
    type: 'number',
    default: 128,
    min: 1,
    max: 4096,
    integer: true,
    doc: 'histories in a step; fewer where they are long',
  },
  negatives: {
    type: 'number',
    default: 1024,
    min: 1,
    max: 100_000,
    integer: true,
    doc: 'items that the right one is compared with in a catalogue larger than fullSoftmax',
  },
  fullSoftmax: {
    type: 'number',
    default: 5000,
    min: 0,
    max: 10_000_000,
    integer: true,
    doc: 'largest catalogue that is compared as a whole',
  },
  epochs: {
    type: 'number',
    default: 200,
    min: 1,
    max: 100_000,
    integer: true,
    doc: 'most passes over the histories; without validation all of them',
  },
  patience: {
    type: 'number',
    default: 6,
    min: 1,
    max: 100_000,
    integer: true,
    doc: 'passes without a better validation before it ends',
  },
  averaging: {
    type: 'number',
    default: 0.997,
    min: 0,
    max: 0.99999,
    doc: 'share of the running average of weights that remains after a step; the average is what is kept',
  },
  clipNorm: { type: 'number', default: 0, min: 0, max: 1e6, doc: 'largest norm of the gradient; 0 for any' },
  memory: {
    type: 'number',
    default: 10_000,
    min: 0,
    max: 10_000_000,
    integer: true,
    doc: 'histories kept to be learned again with new ones',
  },
  threads: { type: 'number', default: 2, min: 1, max: 64, integer: true, doc: 'threads of a training step' },
  epsilon: epsilonSetting,
} as const;

type Values = SettingsOf<typeof settings>;

export const transformer: AgentDefinition<typeof settings> = {
  name: 'transformer',
  summary: 'a causal transformer over the history, taught to say what comes next',
  consumes: 'sequences',
  needsEngine: true,
  logits: true,
  settings,
  create: (context, values) => build(context, values),
  restore: (context, values, saved) => build(context, values, saved),
};

/** Validation histories looked at after each epoch. */
const judged = 10_000;

async function build(context: AgentContext, values: Values, saved?: Uint8Array): Promise<SequenceAgent> {
  const { observation, action, engine } = context;
  const stored = saved && readModel('transformer', saved);
  const chance = stored ? rngFrom(stored.values.rng as never) : context.rng.fork('transformer');
  const n = itemsOf(action);
  const place = historyPlace(observation);
  if (!place)
    throw new TendrilError('bad-setting', 'transformer needs an observation with the part "history.items"');
  if (!engine) throw new TendrilError('bad-setting', 'transformer needs an engine in its context');
  if (values.width % values.heads !== 0)
    throw new TendrilError(
      'bad-setting',
      `width ${values.width} cannot be shared by ${values.heads} heads; accepted: a multiple of heads`,
    );
  const places = Math.min(values.places, place.size);
  const kinds = place.types >= 0 ? eventTypes.length : 0;
  const model = await transformerModel({
    ...values,
    shape: {
      items: n,
      kinds,
      places,
      width: values.width,
      heads: values.heads,
      blocks: values.blocks,
      inner: values.inner,
      negatives: n > values.fullSoftmax ? values.negatives : 0,
    },
    engine,
    rng: chance,
  });
  const counts = new Float64Array(n);
  let memory = historyMemory(values.memory);
  if (stored) {
    restoreArrays(stored, { ...model.state, counts });
    checkFinite(stored, [...Object.keys(model.state), 'counts']);
    for (const name of ['memory.offsets', 'memory.items']) arrayOf(stored, name, 'i32');
    memory = historyMemory(values.memory, { seen: Number(stored.values.seen), arrays: stored.arrays });
  }

  const rows = bestOfRows(model, counts, place, places);
  /** Items nobody took yet stand where what resembles them does; from their first interaction they are learned like any. */
  const placeNewItems = (): void => {
    rows.changed();
    if (context.items && context.items.n === n && counts.includes(0))
      contentRows(context.items, counts, model.weights[1], values.width);
  };
  const pass = async (sequences: Sequences, windows: readonly Window[]): Promise<number> => {
    const order = chance.fork(`order ${model.state.steps![0]}`);
    const batches = lengthSorted(windows, values.batchSize, places, order);
    let loss = 0;
    for (const batch of batches) loss += (await model.update(sequences, batch)) / batches.length;
    return finite(loss);
  };

  return {
    name: 'transformer',
    consumes: 'sequences',
    async fit(train, { validation, progress, checkpoint }) {
      const windows = windowsOf(train, places);
      if (windows.length === 0)
        throw new TendrilError('no-data', 'no shopper has two interactions: there is no next one to learn');
      model.reset();
      counts.fill(0);
      memory = historyMemory(values.memory);
      for (const item of train.items) counts[item]!++;
      const { passes, loss, hits, ndcg } = await fitByPasses(model, train, windows, {
        ...values,
        places,
        rng: chance,
        ...(validation && { judge: () => judgeTransformer(model, validation, places, judged) }),
        ...(progress && { progress }),
        ...(checkpoint && { checkpoint }),
      });
      memory.remember(train, chance.fork('memory'));
      placeNewItems();
      return {
        interactions: train.items.length,
        shoppers: train.n,
        passes,
        loss,
        ...(validation && { 'validation.hr@10': hits, 'validation.ndcg@10': ndcg }),
      };
    },
    async learn(more, newFrom) {
      for (let u = 0; u < more.n; u++)
        for (let p = more.offsets[u]! + (newFrom?.[u] ?? 0); p < more.offsets[u + 1]!; p++)
          counts[more.items[p]!]!++;
      const windows = windowsOf(more, places, newFrom);
      const at = model.state.steps![0];
      const old = memory.recall(windows.length, n, chance.fork(`recall ${at}`));
      const loss = windows.length > 0 ? await pass(more, windows) : 0;
      if (old.n > 0) await pass(old, windowsOf(old, places));
      memory.remember(more, chance.fork(`memory ${at}`));
      placeNewItems();
      return { interactions: more.items.length, shoppers: more.n, loss };
    },
    async save() {
      const { seen, arrays } = memory.saved();
      return writeModel('transformer', {
        values: { seen, rng: [...chance.state()] },
        arrays: { ...model.state, counts, ...arrays },
      });
    },
    onnx: () => ({
      bytes: model.onnx(),
      inputs: {
        'history.items': {
          shape: [places],
          doc: 'int32: numbers of the items of the history from 0, newest last; any where there is none',
        },
        'history.padding': {
          shape: [1, 1, 1, places],
          doc: `float32: 0 at a place of the history, ${hiddenPlace} where there is none`,
        },
        ...(kinds > 0 && {
          'history.kinds': {
            shape: [places, kinds],
            doc: 'float32: 1 in the column of the type of event, else 0',
          },
        }),
      },
      outputs: { scores: { shape: [1, n], doc: 'float32: a number for each item, larger is better' } },
    }),
    policy: () => ({
      ...scoredPolicy(observation, action, values.epsilon, () => {}),
      best: rows.best,
      async evaluate(observations, count, candidates) {
        const all = await observationScores(model, counts, place, places, observations, count);
        if (!candidates) return { n: count, choices: n, values: all };
        const some = new Float32Array(count * candidates.length);
        for (let row = 0; row < count; row++)
          candidates.forEach((item, c) => {
            some[row * candidates.length + c] = all[row * n + item]!;
          });
        return { n: count, choices: candidates.length, values: some };
      },
    }),
  };
}
