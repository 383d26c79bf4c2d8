/**
 * What the agents gru and lstm are beside their cells: passes over all histories until validation stops getting better, in
 * increments new interactions together with old ones from a bounded random sample, and popularity for who has no
 * history. The transformer is taught in the same way, by the same steps.
 */
import {
  eventTypes,
  historyPlace,
  rngFrom,
  type Sequences,
  type SettingsOf,
  TendrilError,
} from '../core/index.ts';
import type { AgentContext, SequenceAgent } from './agent.ts';
import { finite, fitByPasses } from './fit-by-passes.ts';
import { historyMemory } from './history-memory.ts';
import { type Cell, recurrentNetwork } from './recurrent-network.ts';
import { arrayOf, checkFinite, readModel, restoreArrays, writeModel } from './saved-model.ts';
import { epsilonSetting, itemsOf, scoredPolicy } from './scored-policy.ts';
import { lengthSorted, type Window, windowsOf } from './sequence-windows.ts';
import { transformerModel } from './transformer-model.ts';
import { judgeTransformer, observationScores } from './transformer-scores.ts';

export const recurrentSettings = {
  width: {
    type: 'number',
    default: 64,
    min: 4,
    max: 1024,
    integer: true,
    doc: 'numbers an item or a state is described by',
  },
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
    default: 0.2,
    min: 0,
    max: 0.95,
    doc: 'share of numbers dropped while learning',
  },
  learningRate: { type: 'number', default: 0.001, min: 0, max: 1, doc: 'step size of Adam' },
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
    default: 256,
    min: 1,
    max: 100_000,
    integer: true,
    doc: 'items that the right one is compared with in a catalogue larger than fullSoftmax',
  },
  fullSoftmax: {
    type: 'number',
    default: 20_000,
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
    default: 10,
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

type Values = SettingsOf<typeof recurrentSettings>;

/** Validation histories looked at after each epoch. */
const judged = 10_000;

export async function recurrentAgent(
  name: string,
  cell: Cell,
  context: AgentContext,
  values: Values,
  saved?: Uint8Array,
): Promise<SequenceAgent> {
  const { observation, action, engine } = context;
  const stored = saved && readModel(name, saved);
  const chance = stored ? rngFrom(stored.values.rng as never) : context.rng.fork(name);
  const n = itemsOf(action);
  const place = historyPlace(observation);
  if (!place)
    throw new TendrilError('bad-setting', `${name} needs an observation with the part "history.items"`);
  if (!engine) throw new TendrilError('bad-setting', `${name} needs an engine in its context`);
  const places = Math.min(values.places, place.size);
  const shape = {
    items: n,
    kinds: place.types >= 0 ? eventTypes.length : 0,
    places,
    width: values.width,
    heads: 1,
    blocks: 1,
    inner: values.width,
    negatives: n > values.fullSoftmax ? values.negatives : 0,
  };
  const network = recurrentNetwork(cell, shape);
  const model = await transformerModel({ ...values, shape, network, engine, rng: chance });
  const counts = new Float64Array(n);
  let memory = historyMemory(values.memory);
  if (stored) {
    restoreArrays(stored, { ...model.state, counts });
    checkFinite(stored, [...Object.keys(model.state), 'counts']);
    for (const name of ['memory.offsets', 'memory.items']) arrayOf(stored, name, 'i32');
    memory = historyMemory(values.memory, { seen: Number(stored.values.seen), arrays: stored.arrays });
  }

  const pass = async (sequences: Sequences, windows: readonly Window[]): Promise<number> => {
    const order = chance.fork(`order ${model.state.steps![0]}`);
    const batches = lengthSorted(windows, values.batchSize, places, order);
    let loss = 0;
    for (const batch of batches) loss += (await model.update(sequences, batch)) / batches.length;
    return finite(loss);
  };

  return {
    name,
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
      return { interactions: more.items.length, shoppers: more.n, loss };
    },
    async save() {
      const { seen, arrays } = memory.saved();
      return writeModel(name, {
        values: { seen, rng: [...chance.state()] },
        arrays: { ...model.state, counts, ...arrays },
      });
    },
    policy: () => ({
      ...scoredPolicy(observation, action, values.epsilon, () => {}),
      async evaluate(observations, rows, candidates) {
        const all = await observationScores(model, counts, place, places, observations, rows);
        if (!candidates) return { n: rows, choices: n, values: all };
        const some = new Float32Array(rows * candidates.length);
        for (let row = 0; row < rows; row++)
          candidates.forEach((item, c) => {
            some[row * candidates.length + c] = all[row * n + item]!;
          });
        return { n: rows, choices: candidates.length, values: some };
      },
    }),
  };
}
