import type { TransitionAgent } from '../agent/index.ts';
import { type Rng, rng, rngFrom, silent, TendrilError, type TransitionBatch } from '../core/index.ts';
import type { Log } from '../log/index.ts';
import { parseReward } from '../reward/index.ts';
import { bytesOf, openCheckpoint, packCheckpoint, runOf } from './checkpoint.ts';
import type { ShopData } from './shop-data.ts';
import type { TrainOnShopOptions } from './train-on-shop-options.ts';
import { transitionsOfLog } from './transitions-of-log.ts';
import { validate } from './validate.ts';

const batchRows = 256;
const defaultSteps = 30_000;
/** How often the validation is looked at in a whole run, and how often in a row it may fail to improve. */
const judgements = 10;
const patience = 3;

interface Best {
  readonly score: number;
  readonly saved: Uint8Array;
  readonly metrics: Record<string, number>;
}

/**
 * An agent of transitions learns from a log, in random order, until its steps are done or the validation has stopped
 * improving; answers the agent of the best moment. What a checkpoint holds:
 *
 *   done, since, worse, report    where the run stands
 *   order, batches                the random stream as the pass began, and how many of its batches are learned
 *   agent, best                   bytes: as it is now, and as it was when the validation was best
 */
export async function learnTransitions(
  first: TransitionAgent,
  log: Log,
  data: ShopData,
  {
    definition,
    settings = {},
    seed,
    steps,
    reward,
    discount = 0.5,
    slate = 10,
    takings = 'refusals',
    progress = silent,
    resume,
    checkpoint,
  }: TrainOnShopOptions & { readonly reward: string },
  restore: (saved: Uint8Array) => Promise<TransitionAgent>,
): Promise<{ readonly agent: TransitionAgent; readonly metrics: Record<string, number> }> {
  const formula = parseReward(reward);
  if (!formula.ok) throw new TendrilError(formula.error.code, formula.error.message);
  if ((settings.nStep ?? 1) !== 1) {
    throw new TendrilError(
      'bad-setting',
      `setting "nStep" is ${settings.nStep}; accepted when learning from a log, in random order: 1`,
    );
  }
  const heldAt = heldBackTimes(data);
  const { taken, decided } = await transitionsOfLog(log, {
    encoder: data.encoder,
    context: data.context,
    action: { kind: 'slate', k: slate, n: data.catalogue.size },
    reward: formula.value,
    discount,
    rng: rng(seed).fork('negatives'),
    takings,
    until: (shopper) => heldAt.get(shopper) ?? Infinity,
  });
  const total = taken.n + decided.n;
  const budget = steps ?? Math.min(5 * total, defaultSteps);
  const round = Math.max(batchRows, Math.ceil(budget / judgements));
  const run = runOf(
    {
      data: [data.fingerprint, data.labels, data.encoder.encoding.profile],
      agent: definition.name,
      '--seed': seed,
      '--reward': reward,
      '--discount': discount,
      slate,
      '--steps': budget,
      '--takings': takings,
    },
    settings as Readonly<Record<string, unknown>>,
  );
  const kept = checkpoint?.found && openCheckpoint(checkpoint.found, run);

  let agent = first;
  let random = rng(seed).fork('order');
  let done = 0;
  let since = 0;
  let worse = 0;
  let skip = 0;
  let report: Record<string, number> = {};
  let best: Best;
  if (kept) {
    const { values } = kept;
    agent = await restore(bytesOf(kept, 'agent'));
    random = rngFrom(values.order as [number, number, number, number]);
    [done, since, worse, skip] = [values.done, values.since, values.worse, values.batches] as number[] as [
      number,
      number,
      number,
      number,
    ];
    report = values.report as Record<string, number>;
    best = {
      score: Number(values.score),
      saved: bytesOf(kept, 'best'),
      metrics: values.metrics as Record<string, number>,
    };
  } else best = { score: -1, saved: await agent.save(), metrics: {} };

  const judge = async (): Promise<boolean> => {
    const figures = await validate(agent.policy(), data);
    progress(done, budget, `ndcg@10 ${figures['ndcg@10'].toFixed(4)}`);
    if (figures['ndcg@10'] > best.score) {
      best = {
        score: figures['ndcg@10'],
        saved: await agent.save(),
        metrics: { ...named('fit', report), ...figures, steps: done },
      };
      worse = 0;
    } else worse++;
    return worse < patience;
  };
  if (resume && !kept) await judge();
  training: while (done < budget && total > 0) {
    const order = random.state();
    let batches = 0;
    for (const batch of shuffledBatches([taken, decided], random)) {
      if (done >= budget) break;
      if (++batches <= skip) continue;
      report = await agent.learn(batch);
      done += batch.n;
      since += batch.n;
      progress(Math.min(done, budget), budget);
      if (since >= round) {
        since = 0;
        if (!(await judge())) break training;
      }
      if (!checkpoint?.due()) continue;
      const { score, metrics, saved } = best;
      await checkpoint.keep(
        packCheckpoint(run, {
          values: { done, since, worse, batches, order, report, score, metrics },
          arrays: { agent: await agent.save(), best: saved },
        }),
      );
    }
    skip = 0;
  }
  if (since > 0 || done === 0) await judge();
  agent = await restore(best.saved);
  return { agent, metrics: best.metrics };
}

/** One pass over all rows in random order; a batch holds rows of one kind. */
function* shuffledBatches(kinds: readonly TransitionBatch[], random: Rng): Generator<TransitionBatch> {
  const orders = kinds.map(({ n }) => shuffled(n, random));
  const starts = kinds.flatMap(({ n }, kind) =>
    Array.from({ length: Math.ceil(n / batchRows) }, (_, i) => ({ kind, from: i * batchRows })),
  );
  for (const at of shuffled(starts.length, random)) {
    const { kind, from } = starts[at]!;
    yield rowsOf(kinds[kind]!, orders[kind]!.subarray(from, from + batchRows));
  }
}

function shuffled(n: number, random: Rng): Int32Array {
  const order = Int32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = random.int(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

function rowsOf(all: TransitionBatch, rows: Int32Array): TransitionBatch {
  const n = rows.length;
  const take = <T extends Float32Array | Int32Array | Uint8Array>(from: T): T => {
    const width = from.length / all.n;
    const to = new (from.constructor as new (length: number) => T)(n * width);
    rows.forEach((row, i) => {
      to.set(from.subarray(row * width, (row + 1) * width), i * width);
    });
    return to;
  };
  return {
    n,
    observations: take(all.observations),
    actions: take(all.actions),
    rewards: take(all.rewards),
    nextObservations: take(all.nextObservations),
    discounts: take(all.discounts),
    terminated: take(all.terminated),
    truncated: take(all.truncated),
    ...(all.logProbs && { logProbs: take(all.logProbs) }),
    ...(all.chosen && { chosen: take(all.chosen) }),
    ...(all.invented && { invented: take(all.invented) }),
  };
}

function heldBackTimes({ shoppers, sequences, train }: ShopData): Map<string, number> {
  const held = new Map<string, number>();
  shoppers.forEach((shopper, u) => {
    const end = sequences.offsets[u + 1]!;
    const fitted = train.offsets[u + 1]! - train.offsets[u]!;
    if (fitted < end - sequences.offsets[u]!) held.set(shopper, sequences.times![end - 1]!);
  });
  return held;
}

export const named = (prefix: string, report: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(report).map(([name, value]) => [`${prefix}.${name}`, value]));
