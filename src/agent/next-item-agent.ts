/**
 * What every network is that reads a history and says what comes next, beside its layers (transformer.ts, gru.ts, lstm.ts).
 *
 * An epoch goes once through all histories, batches of like length in random order; after each the validation decides
 * whether it was the best so far, and without a better one for `patience` epochs the best one stays.
 *
 * In increments, new interactions are learned in one pass, together with as many histories of before from a bounded random
 * sample of them (reservoir sampling, Vitter 1985), so that what was learned is not forgotten.
 *
 * A shopper without a history gets what is popular: there is nothing to read.
 */
import {
  eventTypes,
  gapBuckets,
  historyPlace,
  rngFrom,
  type Sequences,
  type SettingsOf,
  TendrilError,
} from '../core/index.ts';
import { addCounts } from './add-counts.ts';
import type { AgentContext, SequenceAgent } from './agent.ts';
import { behaviourHeads, behaviourNames, isHeldBack } from './behaviour-heads.ts';
import { candidateScores } from './candidate-scores.ts';
import { contentRows } from './content-rows.ts';
import { finite, fitByPasses } from './fit-by-passes.ts';
import { type Growth, withMoreRows } from './grow-model.ts';
import { historyMemory } from './history-memory.ts';
import { neighbourRows } from './neighbour-rows.ts';
import { orAsBefore } from './or-as-before.ts';
import {
  arrayOf,
  checkFinite,
  readModel,
  restoreArrays,
  type SavedModel,
  writeModel,
} from './saved-model.ts';
import { epsilonSetting, itemsOf, scoredPolicy } from './scored-policy.ts';
import { lengthSorted, type Window, windowsOf } from './sequence-windows.ts';
import { tokenParts, tokenSettings } from './token-parts.ts';
import { type SequenceNetwork, transformerModel } from './transformer-model.ts';
import { hiddenPlace, type TransformerShape } from './transformer-network.ts';
import { bestOfRows, historyOf, judgeTransformer, observationScores } from './transformer-scores.ts';

/** What every one of them can be told; an agent gives its own defaults and shape beside. */
export const nextItemSettings = {
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
    default: 0.5,
    min: 0,
    max: 0.95,
    doc: 'share of numbers dropped while learning',
  },
  learningRate: { type: 'number', default: 0.002, min: 0, max: 1, doc: 'step size of Adam' },
  rowRate: {
    type: 'number',
    default: 1,
    min: 0,
    max: 10,
    doc: "step size of the items' rows, as a share of learningRate; small steps keep them near where they began",
  },
  rowLength: {
    type: 'number',
    default: 0,
    min: 0,
    max: 100,
    doc: "length that a step gives the items' rows it moves, so that none is liked by all for being long; 0 leaves them as long as they become",
  },
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
    default: 4,
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
  firstLength: {
    type: 'number',
    default: 0.3,
    min: 0,
    max: 100,
    doc: "length of an item's first row (of rowLength, where that is not 0), made from what it is taken near; 0 for rows drawn at random",
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
  ...tokenSettings,
  behaviour: {
    type: 'boolean',
    default: false,
    doc: 'heads beside the next item: next type of event, next category, will buy, will leave',
  },
  typeLoss: {
    type: 'number',
    default: 0,
    min: 0,
    max: 100,
    doc: "weight, beside the next item's loss, of that of the next event's type, which a second head then teaches the network; needs histories with types; 0 for none",
  },
  threads: { type: 'number', default: 2, min: 1, max: 64, integer: true, doc: 'threads of a training step' },
  epsilon: epsilonSetting,
} as const;

/** What one of them saved, for more items; what `priceBuckets` and `reviewSentiment` would say of those is not known before the next teaching. */
export const growNextItem = (
  saved: SavedModel,
  { width }: { readonly width: number },
  growth: Growth,
): SavedModel =>
  withMoreRows(
    saved,
    growth,
    {
      table: { width, start: 'alike' },
      'table.moment1': { width, start: 0 },
      'table.moment2': { width, start: 0 },
      counts: { width: 1, start: 0 },
      'token.priceBuckets': { width: 1, start: -1 },
      'token.reviewSentiment': { width: 1, start: -1 },
    },
    'counts',
  );

/** Validation histories looked at after each epoch. */
const judged = 10_000;

/** The layers of an agent: the transformer's sizes, and another network over the same inputs where it is none. */
export interface Layers {
  readonly heads: number;
  readonly blocks: number;
  readonly inner: number;
  network?(shape: TransformerShape): SequenceNetwork;
}

export async function nextItemAgent(
  name: string,
  { heads, blocks, inner, network }: Layers,
  context: AgentContext,
  values: SettingsOf<typeof nextItemSettings>,
  saved?: Uint8Array,
): Promise<SequenceAgent> {
  const { observation, action, engine } = context;
  const stored = saved && readModel(name, saved);
  const chance = stored ? rngFrom(stored.values.rng as never) : context.rng.fork(name);
  const lengthNow = Number(stored?.values.rowLength ?? 0);
  if (stored && lengthNow !== values.rowLength)
    throw new TendrilError(
      'bad-model',
      `${name} was taught with rowLength ${lengthNow}, not ${values.rowLength}`,
    );
  const n = itemsOf(action);
  const place = historyPlace(observation);
  if (!place)
    throw new TendrilError('bad-setting', `${name} needs an observation with the part "history.items"`);
  if (!engine) throw new TendrilError('bad-setting', `${name} needs an engine in its context`);
  const places = Math.min(values.places, place.size);
  if (values.timeGaps && place.gaps < 0)
    throw new TendrilError('bad-setting', 'timeGaps needs histories with times; there are none here');
  const parts = tokenParts(
    place.types >= 0 ? eventTypes.length : 0,
    values,
    () => context.items,
    stored && { model: stored, items: n },
  );
  const kinds = parts.columns;
  const negatives = n > values.fullSoftmax ? values.negatives : 0;
  const { width, typeLoss } = values;
  const shape = { items: n, kinds, places, width, heads, blocks, inner, negatives, typeLoss };
  const model = await transformerModel({
    ...values,
    shape,
    parts,
    ...(network && { network: network(shape) }),
    engine,
    rng: chance,
  });
  const counts = new Float64Array(n);
  let memory = historyMemory(values.memory, parts.gaps);
  if (stored) {
    restoreArrays(stored, { ...model.state, counts });
    checkFinite(stored, [...Object.keys(model.state), 'counts']);
    for (const name of ['memory.offsets', 'memory.items']) arrayOf(stored, name, 'i32');
    memory = historyMemory(values.memory, parts.gaps, {
      seen: Number(stored.values.seen),
      arrays: stored.arrays,
    });
  }

  const rows = bestOfRows(model, counts, place, places);
  const typed = typeLoss > 0;
  const names = values.behaviour ? behaviourNames : typed ? (['nextType'] as const) : [];
  const behaviour =
    names.length > 0 ? behaviourHeads(rows.stateOf, width, places, names, typed, stored) : undefined;
  /** Items nobody took yet stand where what resembles them does; from their first interaction they are learned like any. */
  const placeNewItems = async (): Promise<void> => {
    if (context.items && context.items.n === n && counts.includes(0))
      contentRows(context.items, counts, model.weights[1], values.width);
    await rows.changed();
  };
  const checkTold = (sequences: Sequences): void => {
    if (parts.gaps && !sequences.times)
      throw new TendrilError('bad-setting', 'timeGaps needs histories with times; these have none');
    if (typed && !sequences.types)
      throw new TendrilError('bad-setting', 'typeLoss needs histories with types of events; these have none');
  };
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
    async fit(train, { validation, cut = false, progress, checkpoint }) {
      checkTold(train);
      if (typed && train.types!.every((type) => type === train.types![0]))
        throw new TendrilError(
          'bad-setting',
          'typeLoss needs events of several types; all these are of one, which teaches nothing',
        );
      const windows = windowsOf(train, places, undefined, typed ? isHeldBack : undefined);
      if (windows.length === 0)
        throw new TendrilError('no-data', 'no shopper has two interactions: there is no next one to learn');
      model.reset();
      counts.fill(0);
      memory = historyMemory(values.memory, parts.gaps);
      for (const item of train.items) counts[item]!++;
      if (values.firstLength > 0 && !checkpoint?.found)
        neighbourRows(
          train,
          model.weights[1],
          values.width,
          values.rowLength || values.firstLength,
          chance.fork('first rows'),
        );
      const { passes, loss, hits, ndcg } = await fitByPasses(model, train, windows, {
        ...values,
        places,
        rng: chance,
        ...(validation && { judge: () => judgeTransformer(model, validation, places, judged) }),
        ...(progress && { progress }),
        ...(checkpoint && { checkpoint }),
      });
      memory.remember(train, chance.fork('memory'));
      await placeNewItems();
      const foreseen = await behaviour?.fit(train, context.items?.categories, cut, chance.fork('behaviour'));
      return {
        ...foreseen,
        interactions: train.items.length,
        shoppers: train.n,
        passes,
        loss,
        ...(validation && { 'validation.hr@10': hits, 'validation.ndcg@10': ndcg }),
      };
    },
    async learn(more, newFrom) {
      checkTold(more);
      // No types: rows of a lesson have other numbers, so whose types were held back from the network is not known here.
      const noTypes = (): boolean => true;
      const windows = windowsOf(more, places, newFrom, noTypes);
      const at = model.state.steps![0];
      const old = memory.recall(windows.length, n, chance.fork(`recall ${at}`));
      const teach = async (): Promise<number> => {
        addCounts(counts, more, newFrom);
        const found = windows.length > 0 ? await pass(more, windows) : 0;
        if (old.n > 0) await pass(old, windowsOf(old, places, undefined, noTypes));
        await placeNewItems();
        return found;
      };
      const loss = await orAsBefore([...Object.values(model.state), counts], teach, rows.changed);
      memory.remember(more, chance.fork(`memory ${at}`));
      return { interactions: more.items.length, shoppers: more.n, loss };
    },
    async save() {
      const { seen, arrays } = memory.saved();
      return writeModel(name, {
        values: { seen, rng: [...chance.state()], rowLength: values.rowLength },
        arrays: { ...model.state, counts, ...arrays, ...parts.arrays, ...behaviour?.arrays() },
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
            doc: `float32: 1 in the column of the type of event${parts.gaps ? `, and in column ${eventTypes.length} + floor(log2(1 + seconds since the event before)) (at most ${gapBuckets - 1}) but for the oldest` : ''}, else 0`,
          },
        }),
      },
      outputs: { scores: { shape: [1, n], doc: 'float32: a number for each item, larger is better' } },
    }),
    policy: () => ({
      ...scoredPolicy(observation, action, values.epsilon, () => {}),
      best: rows.best,
      ...(behaviour && { foresee: (row) => behaviour.foresee(historyOf(row, 0, place, places)) }),
      async evaluate(observations, count, candidates) {
        const all = await observationScores(model, counts, place, places, observations, count);
        return candidateScores(all, count, n, candidates);
      },
    }),
  };
}
