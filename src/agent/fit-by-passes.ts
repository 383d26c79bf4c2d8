/**
 * Passes over all histories until validation stops getting better: what networks that learn what comes next have in
 * common. Batches of like length in random order; after each pass validation decides whether the averaged weights
 * (weight-average.ts) are the best so far, and without better ones for `patience` passes the best remain. As long as validation
 * has no hit it cannot tell passes apart, and the later one counts as better: it has learned more.
 *
 * What a checkpoint holds, to go on as if nothing had happened:
 *
 *   pass, batches, loss     the pass it was in, how many of its batches were learned, the sum of their losses
 *   best                    pass, hits and NDCG of the best weights
 *   live.*, average.*, best.*    every array of the network; the averages; the best weights
 */
import { type Progress, type Rng, type Sequences, silent, TendrilError } from '../core/index.ts';
import type { FitCheckpoint } from './agent.ts';
import { readModel, restoreArrays, writeModel } from './saved-model.ts';
import { lengthSorted, type Window, type WindowBatch } from './sequence-windows.ts';
import { weightAverage } from './weight-average.ts';

/** A network that is taught batch by batch. */
export interface PassLearner {
  /** One step of learning; answers the mean loss of the batch in nats. */
  update(sequences: Sequences, batch: WindowBatch): Promise<number>;
  /** The weights that validation judges, live; all of them are in `state` too. */
  readonly weights: readonly Float32Array[];
  /** Every array a run needs to go on, live. */
  readonly state: Readonly<Record<string, Float32Array | Float64Array>>;
}

export interface PassOptions {
  readonly batchSize: number;
  /** Longest history in places. */
  readonly places: number;
  readonly epochs: number;
  readonly patience: number;
  /** Share of the average of weights that remains after a step; 0 judges and keeps the newest weights. */
  readonly averaging: number;
  readonly rng: Rng;
  /** Hits and NDCG at 10 on validation of the weights as they are; without it all passes are made. */
  readonly judge?: () => Promise<{ readonly hits: number; readonly ndcg: number }>;
  readonly progress?: Progress;
  readonly checkpoint?: FitCheckpoint;
}

export interface PassReport {
  /** The pass that remains. */
  readonly passes: number;
  readonly loss: number;
  readonly hits: number;
  readonly ndcg: number;
}

const format = 'passes';

export async function fitByPasses(
  learner: PassLearner,
  train: Sequences,
  windows: readonly Window[],
  options: PassOptions,
): Promise<PassReport> {
  const {
    batchSize,
    places,
    epochs,
    patience,
    averaging,
    rng,
    judge,
    progress = silent,
    checkpoint,
  } = options;
  const average = weightAverage(learner.weights, averaging);
  const best = { pass: 0, hits: -1, ndcg: -1, weights: learner.weights.map((array) => array.slice()) };
  const arrays = {
    ...named('live', learner.state),
    ...named('average', average.state),
    ...Object.fromEntries(best.weights.map((array, w) => [`best.${w}`, array])),
  };
  let [pass, skip, loss] = [1, 0, 0];
  if (checkpoint?.found) {
    const { values, ...found } = readModel(format, checkpoint.found);
    restoreArrays({ values, ...found }, arrays);
    [pass, skip, loss] = [values.pass, values.batches, values.loss] as [number, number, number];
    [best.pass, best.hits, best.ndcg] = values.best as [number, number, number];
  }
  for (; pass <= epochs && pass - best.pass <= patience; pass++) {
    const note = `pass ${pass}${best.pass > 0 && judge ? `, best HR@10 ${best.hits.toFixed(4)} + NDCG@10 ${best.ndcg.toFixed(4)} in pass ${best.pass}` : ''}`;
    const batches = lengthSorted(windows, batchSize, places, rng.fork(`order ${pass}`));
    const last = judge ? Math.min(epochs, best.pass + patience) : epochs;
    for (let b = skip; b < batches.length; b++) {
      loss += await learner.update(train, batches[b]!);
      average.follow();
      progress((pass - 1) * batches.length + b + 1, last * batches.length, note);
      if (!checkpoint?.due()) continue;
      const values = { pass, batches: b + 1, loss, best: [best.pass, best.hits, best.ndcg] };
      await checkpoint.keep(writeModel(format, { values, arrays }));
    }
    loss = finite(loss / batches.length);
    average.swap();
    const { hits, ndcg } = judge ? await judge() : { hits: 0, ndcg: 0 };
    if (!judge || hits + ndcg > best.hits + best.ndcg || best.hits <= 0) {
      Object.assign(best, { pass, hits, ndcg });
      learner.weights.forEach((array, w) => {
        best.weights[w]!.set(array);
      });
    }
    average.swap();
    skip = 0;
    if (pass < epochs && pass + 1 - best.pass <= patience) loss = 0;
  }
  learner.weights.forEach((array, w) => {
    array.set(best.weights[w]!);
  });
  return { passes: best.pass, loss, hits: best.hits, ndcg: best.ndcg };
}

/** The loss, or a sentence where it is no number any more. */
export function finite(loss: number): number {
  if (Number.isFinite(loss)) return loss;
  throw new TendrilError(
    'bad-setting',
    `the loss became ${loss}; accepted: a smaller learningRate, or clipNorm 1`,
  );
}

const named = <T>(prefix: string, arrays: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(arrays).map(([name, array]) => [`${prefix}.${name}`, array]));
