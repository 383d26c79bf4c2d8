import { rngFrom, type SettingsOf, TendrilError, type TransitionBatch } from '../core/index.ts';
import type { AgentContext, TransitionAgent } from './agent.ts';
import { candidateScores } from './candidate-scores.ts';
import type { NetworkShape } from './dqn-network.ts';
import { logProbEpsilonGreedy, sampleEpsilonGreedy, topK } from './epsilon-greedy.ts';
import { fineTuningModel } from './fine-tuning-model.ts';
import { fineTuningScoring, fineTuningStep, headParameters } from './fine-tuning-network.ts';
import type { fineTuningSettings } from './fine-tuning-settings.ts';
import { fineTuningStart, loadFineTuned } from './fine-tuning-start.ts';
import { nStep } from './n-step.ts';
import { priorPull } from './prior-pull.ts';
import { chosenSlot, forbidNext, replayBuffer, replayLayout, rowOf, storeRow } from './replay-buffer.ts';
import { fillOptions, fillPulls } from './replayed-options.ts';
import { arrayOf, checkFinite, writeModel } from './saved-model.ts';
import { heldRows } from './saved-replay.ts';

type Settings = SettingsOf<typeof fineTuningSettings>;

/** What an algorithm of this family is. */
export interface FineTuned {
  readonly name: string;
  /** The self-supervised loss is weighted by the advantage of what was taken. */
  readonly advantage: boolean;
  /** Which numbers act: those of the Q-head, or of the self-supervised head. */
  readonly actsBy: 'values' | 'next';
}

/**
 * Fine-tuning of a transformer by reinforcement (fine-tuning-network.ts) from replayed transitions, of single items or of
 * slates (SlateQ), in a world or from a log. `saved` is an earlier run, or a model of the agent `transformer` of the same
 * shape, whose numbers then are the beginning.
 */
export async function fineTuned(
  algorithm: FineTuned,
  context: AgentContext,
  settings: Settings,
  saved?: Uint8Array,
): Promise<TransitionAgent> {
  const { name } = algorithm;
  const { observation, action } = context;
  if (algorithm.advantage && settings.bodyLearningRate === 0)
    throw new TendrilError(
      'bad-setting',
      `bodyLearningRate 0 would leave the actor of ${name} as it is; accepted: above 0`,
    );
  const start = fineTuningStart(name, context, settings, saved);
  const { items, slots, chance, encoder, histories, body, network } = start;
  const mode = action.kind === 'choice' ? 'choice' : (settings.slate as 'slateq' | 'top-k');
  const heads: NetworkShape = {
    ...start.heads,
    mode,
    rows: mode === 'slateq' ? items + 1 : items,
    options: mode === 'slateq' ? slots + 1 : slots,
    dueling: true,
    double: settings.double,
    loss: 'huber',
    choiceWeight: settings.choiceWeight,
    shrinkage: mode === 'slateq' ? settings.shrinkage : 0,
    choiceShrinkage: mode === 'slateq' ? settings.choiceShrinkage : 0,
  };
  const shape = {
    body,
    network,
    heads,
    nextWeight: settings.nextWeight,
    conservative: settings.conservative,
    frozen: settings.bodyLearningRate === 0,
    advantage: algorithm.advantage,
  };
  const model = await fineTuningModel({
    ...settings,
    ...start.resources,
    shape,
    graphs: { headSpecs: headParameters(shape), step: fineTuningStep, scoring: fineTuningScoring },
    encoder,
    histories,
  });
  let draws = chance.fork('replay');
  const layout = replayLayout(observation.size, slots, mode === 'choice' ? items : 0);
  const replay = replayBuffer(settings.replaySize, layout);
  const returns = nStep(settings.nStep, layout);
  const prior = mode === 'slateq' ? priorPull(heads.rows, observation.size, slots) : undefined;
  const row = new Float32Array(layout.width);
  const before = new Float32Array(settings.batchSize * observation.size);
  const after = new Float32Array(settings.batchSize * observation.size);

  // What changes beside the arrays; saved as it stands.
  const counts = { steps: 0, episodes: 0, updates: 0, preTrained: 0, owed: 0 };
  let report = { loss: 0, choiceLoss: 0, nextLoss: 0, tdError: 0 };
  const epsilon = (): number =>
    settings.epsilonMin +
    (settings.epsilon - settings.epsilonMin) * Math.exp(-settings.epsilonDecay * counts.episodes);

  const take = (complete: Float32Array): void => {
    if (prior && replay.size === replay.capacity) {
      const from = replay.next * layout.width;
      prior.count(replay.rows.subarray(from, from + layout.width), -1);
    }
    prior?.count(complete, 1);
    storeRow(replay, complete);
  };

  /** Draws a batch; `acted` draws only steps where something was taken. */
  function draw(acted: boolean): void {
    const { batch } = model;
    const n = settings.batchSize;
    let wanted = 0;
    for (let i = 0; i < n; i++) {
      let from = draws.int(replay.size) * layout.width;
      // Half of the slates of a shop or more are left without an answer; a few draws find one that was answered.
      for (let tries = 0; acted && tries < 20 && takenOf(from) < 0; tries++)
        from = draws.int(replay.size) * layout.width;
      before.set(replay.rows.subarray(from, from + observation.size), i * observation.size);
      after.set(
        replay.rows.subarray(from + observation.size, from + 2 * observation.size),
        i * observation.size,
      );
      const taken = takenOf(from);
      batch.taken[i] = Math.max(0, taken);
      batch.takenWeight[i] = taken < 0 ? 0 : 1;
      wanted += batch.takenWeight[i]!;
      const tail = replay.rows.subarray(from + 2 * observation.size, from + layout.width);
      fillOptions(heads, batch, i, tail);
      for (let option = 0; option < heads.options; option++)
        batch.takenHot[i * heads.options + option] = Number(
          mode === 'choice' || option === chosenSlot(tail[slots + 2]!, slots),
        );
      forbidNext(batch.forbidden, i, layout, replay.rows.subarray(from, from + layout.width));
      if (prior) fillPulls(prior, batch, i, heads.options);
    }
    for (let i = 0; i < n; i++) batch.takenWeight[i]! /= Math.max(1, wanted);
    encoder.encode(before, n, batch.before);
    encoder.encode(after, n, batch.after);
    histories.read(before, n, batch.tokensBefore);
    histories.read(after, n, batch.tokensAfter);
  }

  /** The item that was taken in the replayed row that begins at `from`, or -1. Of a single choice: the item, if it paid. */
  function takenOf(from: number): number {
    const at = from + 2 * observation.size;
    if (mode === 'choice') return replay.rows[at + slots]! > 0 ? replay.rows[at]! : -1;
    const slot = chosenSlot(replay.rows[at + slots + 2]!, slots);
    return slot < 0 ? -1 : replay.rows[at + slot]!;
  }

  async function update(): Promise<void> {
    if (counts.preTrained < settings.preTraining) {
      for (; counts.preTrained < settings.preTraining; counts.preTrained++) {
        draw(true);
        report = { ...report, nextLoss: await model.preTrain() };
      }
      model.numbers.restartMean();
      model.numbers.copyToTarget();
    }
    draw(false);
    model.batch.warm[0] = counts.updates < settings.warmUp ? 1 : 0;
    const result = await model.update();
    counts.updates++;
    let absolute = 0;
    for (const error of result.errors) absolute += Math.abs(error);
    const { loss, choiceLoss, nextLoss } = result;
    report = { loss, choiceLoss, nextLoss, tdError: absolute / settings.batchSize };
    if (counts.updates % settings.targetEvery === 0) model.numbers.copyToTarget();
  }

  if (saved) load(saved);
  else model.numbers.copyToTarget();

  function load(bytes: Uint8Array): void {
    const read = loadFineTuned(name, settings.body, bytes, model, replay);
    if (!read) {
      counts.preTrained = settings.preTraining;
      return;
    }
    prior?.recount(replay);
    returns.restore(arrayOf(read, 'waiting.rows', 'f32'), arrayOf(read, 'waiting.lengths', 'i32'));
    checkFinite(read, ['waiting.rows']);
    draws = rngFrom(read.values.rng as never);
    report = read.values.report as typeof report;
    for (const key of Object.keys(counts) as (keyof typeof counts)[]) counts[key] = Number(read.values[key]);
  }

  return {
    name,
    consumes: 'transitions',
    async learn(batch: TransitionBatch) {
      for (let i = 0; i < batch.n; i++) {
        const ended = batch.terminated[i] === 1 || batch.truncated[i] === 1;
        returns.push(rowOf(batch, i, layout, row), ended, take);
        if (ended && !batch.invented?.[i]) counts.episodes++;
      }
      counts.steps += batch.n;
      if (counts.steps >= settings.learningStarts && replay.size > 0)
        counts.owed += batch.n * settings.updatesPerStep;
      for (; counts.owed >= 1; counts.owed--) await update();
      const { steps, episodes, updates } = counts;
      return { ...report, epsilon: epsilon(), steps, episodes, updates };
    },
    async save() {
      const waiting = returns.waiting();
      return writeModel(name, {
        values: { ...counts, report, replay: [replay.size, replay.next], rng: [...draws.state()] },
        arrays: {
          ...model.numbers.state,
          replay: heldRows(replay),
          'waiting.rows': waiting.rows,
          'waiting.lengths': waiting.lengths,
        },
      });
    },
    policy: () => ({
      observation,
      action,
      async evaluate(observations, n, candidates) {
        const scored = await model.score(observations, n);
        const all = algorithm.actsBy === 'next' ? scored.next : scored.scores;
        return candidateScores(all, n, items, candidates);
      },
      ...(algorithm.actsBy === 'next' && { best: model.bestNext }),
      sample: (scores, i, stream, mask) => sampleEpsilonGreedy(scores, i, slots, epsilon(), stream, mask),
      logProb: (scores, i, taken, mask) => logProbEpsilonGreedy(scores, i, taken, epsilon(), mask),
      greedy: (scores, i, mask) => topK(scores, i, slots, mask),
    }),
  };
}
