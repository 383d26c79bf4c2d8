import { rngFrom, type SettingsOf, type TransitionBatch } from '../core/index.ts';
import type { AgentContext, AgentDefinition, TransitionAgent } from './agent.ts';
import { candidateScores } from './candidate-scores.ts';
import { topK } from './epsilon-greedy.ts';
import { fineTuningModel } from './fine-tuning-model.ts';
import { growFineTuned } from './fine-tuning-numbers.ts';
import { fineTuningSettings } from './fine-tuning-settings.ts';
import { fineTuningStart, loadFineTuned } from './fine-tuning-start.ts';
import { actorCriticHeads, actorCriticScoring, actorCriticStep } from './off-policy-ac-network.ts';
import { logProbPlackettLuce, samplePlackettLuce } from './plackett-luce.ts';
import {
  chosenSlot,
  isAllowed,
  moreClosed,
  numbersOfMask,
  replayBuffer,
  replayLayout,
  rowOf,
  storeRow,
  writeMask,
} from './replay-buffer.ts';
import { arrayOf, writeModel } from './saved-model.ts';
import { heldRows } from './saved-replay.ts';

const {
  // What only values, slates learned by SlateQ and epsilon-greedy policies need.
  conservative: _conservative,
  warmUp: _warmUp,
  nStep: _nStep,
  double: _double,
  slate: _slate,
  choiceWeight: _choiceWeight,
  shrinkage: _shrinkage,
  choiceShrinkage: _choiceShrinkage,
  epsilon: _epsilon,
  epsilonMin: _epsilonMin,
  epsilonDecay: _epsilonDecay,
  ...shared
} = fineTuningSettings;

const settings = {
  ...shared,
  learningRate: { ...shared.learningRate, default: 0.003 },
  replaySize: { ...shared.replaySize, default: 5000 },
  weightCap: {
    type: 'number',
    default: Math.E ** 3,
    min: 1,
    doc: 'largest weight of a step that another policy took, or this one when it was another',
  },
  topK: {
    type: 'boolean',
    default: true,
    doc: 'slates: an item is wanted among the k shown, not above all others',
  },
  entropyWeight: { type: 'number', default: 0.01, min: 0, doc: 'weight of the entropy of the policy' },
  valueWeight: { type: 'number', default: 0.5, min: 0, doc: "weight of the critic's loss" },
} as const;

/**
 * Off-policy actor-critic over the catalogue: a transformer with a softmax policy and a critic, from replayed or logged
 * steps, corrected for who took them (Chen et al. 2019, "Top-K Off-Policy Correction for a REINFORCE Recommender System").
 *
 *   weight = pi(a | s) / beta(a | s), at most weightCap (e^3)        beta: the logged propensity
 *   loss   = -weight x lambda x (r + discount x V(s') [- V(s)]) x log pi(a | s)
 *            + valueWeight x (V(s) - r - discount x V(s'; target))^2 - entropyWeight x entropy + nextWeight x -log p(taken | s)
 *
 * Of a slate of k, drawn without replacement, pi and beta are those of a slot given the earlier ones and what was allowed. Where
 * it was answered to, that item is learned from: lambda = k (1 - pi)^(k - 1), and no baseline. Where it was not, the slate is,
 * with the product of its slots as pi, less the baseline and lambda: so what makes shoppers leave is shown less. The critic takes the replay as it comes, which is why that is short by default.
 */
export const offPolicyAc: AgentDefinition<typeof settings> = {
  name: 'off-policy-ac',
  summary: 'a transformer fine-tuned as actor and critic, corrected for who acted',
  consumes: 'transitions',
  needsEngine: true,
  settings,
  create: (context, values) => build(context, values),
  restore: (context, values, saved) => build(context, values, saved),
  grow(saved, values, growth) {
    const grown = growFineTuned(saved, values, growth);
    const [size] = saved.values.replay as [number, number];
    return {
      ...grown,
      arrays: { ...grown.arrays, replay: moreClosed(arrayOf(saved, 'replay', 'f32'), size, growth) },
    };
  },
};

/** A logged probability of 0 counts as e^-50. */
const leastLogProb = -50;

async function build(
  context: AgentContext,
  given: SettingsOf<typeof settings>,
  saved?: Uint8Array,
): Promise<TransitionAgent> {
  const name = 'off-policy-ac';
  const { observation, action } = context;
  const start = fineTuningStart(name, context, given, saved);
  const { items, slots, chance, encoder, histories, body, network } = start;
  const { nextWeight, weightCap, entropyWeight, valueWeight, batchSize } = given;
  const shape = {
    body,
    network,
    heads: {
      ...start.heads,
      mode: 'choice' as const,
      rows: items,
      options: slots,
      dueling: false,
      double: false,
      loss: 'mse' as const,
      choiceWeight: 0,
      shrinkage: 0,
      choiceShrinkage: 0,
    },
    nextWeight,
    conservative: 0,
    frozen: given.bodyLearningRate === 0,
    advantage: false,
  };
  const model = await fineTuningModel({
    ...given,
    ...start.resources,
    shape,
    graphs: {
      headSpecs: actorCriticHeads(shape),
      step: actorCriticStep({ slots, weightCap, topK: given.topK, entropyWeight, valueWeight }),
      scoring: actorCriticScoring,
    },
    encoder,
    histories,
  });
  let draws = chance.fork('replay');
  const plain = replayLayout(observation.size, slots);
  // Behind what every replay keeps: log beta of each slot, whether it is known, and what was allowed.
  const betaAt = plain.width;
  const knownAt = betaAt + slots;
  const allowedAt = knownAt + 1;
  const layout = { ...plain, width: allowedAt + numbersOfMask(items) };
  const replay = replayBuffer(given.replaySize, layout);
  const row = new Float32Array(layout.width);
  const before = new Float32Array(batchSize * observation.size);
  const after = new Float32Array(batchSize * observation.size);
  const counts = { steps: 0, updates: 0, preTrained: 0, owed: 0 };
  let report = { loss: 0, valueLoss: 0, entropy: 0, nextLoss: 0, tdError: 0, weight: 1 };

  if (saved) load(saved);
  else model.numbers.copyToTarget();

  /** The slot that is learned from in the replayed row that begins at `from`: of a single choice its only one; -1 for none. */
  const slotOf = (from: number): number =>
    slots === 1 && action.kind === 'choice'
      ? 0
      : chosenSlot(replay.rows[from + 2 * observation.size + slots + 2]!, slots);

  function draw(acted: boolean): void {
    const { batch } = model;
    let [taken, valued] = [0, 0];
    for (let i = 0; i < batchSize; i++) {
      let from = draws.int(replay.size) * layout.width;
      for (let tries = 0; acted && tries < 20 && slotOf(from) < 0; tries++)
        from = draws.int(replay.size) * layout.width;
      const kept = replay.rows.subarray(from, from + layout.width);
      const tail = 2 * observation.size;
      before.set(kept.subarray(0, observation.size), i * observation.size);
      after.set(kept.subarray(observation.size, tail), i * observation.size);
      const slot = slotOf(from);
      const item = slot < 0 ? -1 : kept[tail + slot]!;
      const reward = kept[tail + slots]!;
      const known = kept[knownAt]!;
      for (let j = 0; j < slots; j++) {
        const shown = kept[tail + j]!;
        const at = i * slots + j;
        batch.actions[at] = Math.max(0, shown);
        batch.open[at] = Number(shown >= 0);
        batch.credit[at] = Number(j === slot && shown >= 0);
        batch.reward[at] = reward;
        batch.behaviour[at] = kept[betaAt + j]!;
      }
      for (let choice = 0; choice < items; choice++)
        batch.closed[i * items + choice] = isAllowed(kept, allowedAt, choice) ? 0 : -1e9;
      batch.discount[i] = kept[tail + slots + 1]!;
      batch.propensity[i] = known;
      // What nobody answered to and no policy showed was made up to fill a log: it tells nothing of a state.
      batch.unanswered[i] = Number(slot < 0 && known === 1);
      batch.valued[i] = Number(slot >= 0 || known === 1);
      valued += batch.valued[i]!;
      batch.taken[i] = Math.max(0, item);
      // A single choice that paid nothing was not taken by the shopper.
      batch.takenWeight[i] = item < 0 || (action.kind === 'choice' && reward <= 0) ? 0 : 1;
      taken += batch.takenWeight[i]!;
    }
    for (let i = 0; i < batchSize; i++) batch.valued[i]! /= Math.max(1, valued);
    for (let i = 0; i < batchSize; i++) batch.takenWeight[i]! /= Math.max(1, taken);
    encoder.encode(before, batchSize, batch.before);
    encoder.encode(after, batchSize, batch.after);
    histories.read(before, batchSize, batch.tokensBefore);
    histories.read(after, batchSize, batch.tokensAfter);
  }

  /** Of the rows whose propensity is known and that are learned from. */
  function meanWeight(weights: Float32Array): number {
    const { propensity, credit, unanswered } = model.batch;
    let [sum, n] = [0, 0];
    for (let i = 0; i < batchSize; i++) {
      const learned = unanswered[i] === 1 || credit.subarray(i * slots, (i + 1) * slots).includes(1);
      if (propensity[i] === 0 || !learned) continue;
      sum += weights[i]!;
      n++;
    }
    return n > 0 ? sum / n : 1;
  }

  async function update(): Promise<void> {
    if (counts.preTrained < given.preTraining) {
      for (; counts.preTrained < given.preTraining; counts.preTrained++) {
        draw(true);
        report = { ...report, nextLoss: await model.preTrain() };
      }
      model.numbers.restartMean();
      model.numbers.copyToTarget();
    }
    draw(false);
    const { errors, weights, loss, valueLoss, entropy, nextLoss } = await model.update();
    report = {
      ...{ loss, valueLoss, entropy, nextLoss },
      tdError: errors.reduce((sum, error, i) => sum + Math.abs(error) * model.batch.valued[i]!, 0),
      weight: meanWeight(weights),
    };
    counts.updates++;
    if (counts.updates % given.targetEvery === 0) model.numbers.copyToTarget();
  }

  function load(bytes: Uint8Array): void {
    const read = loadFineTuned(name, given.body, bytes, model, replay);
    if (!read) {
      counts.preTrained = given.preTraining;
      return;
    }
    draws = rngFrom(read.values.rng as never);
    report = read.values.report as typeof report;
    for (const key of Object.keys(counts) as (keyof typeof counts)[]) counts[key] = Number(read.values[key]);
  }

  return {
    name,
    consumes: 'transitions',
    async learn(batch: TransitionBatch) {
      for (let i = 0; i < batch.n; i++) {
        rowOf(batch, i, plain, row);
        for (let slot = 0; slot < slots; slot++)
          row[betaAt + slot] = Math.max(leastLogProb, batch.logProbs?.[i * slots + slot] ?? 0);
        row[knownAt] = batch.logProbs ? 1 : 0;
        writeMask(batch.masks, i, items, row, allowedAt);
        storeRow(replay, row);
      }
      counts.steps += batch.n;
      if (counts.steps >= given.learningStarts && replay.size > 0)
        counts.owed += batch.n * given.updatesPerStep;
      for (; counts.owed >= 1; counts.owed--) await update();
      return { ...report, steps: counts.steps, updates: counts.updates };
    },
    save: async () =>
      writeModel(name, {
        values: { ...counts, report, replay: [replay.size, replay.next], rng: [...draws.state()] },
        arrays: { ...model.numbers.state, replay: heldRows(replay) },
      }),
    policy: () => ({
      observation,
      action,
      async evaluate(observations, n, candidates) {
        const { scores } = await model.score(observations, n);
        return candidateScores(scores, n, items, candidates);
      },
      sample: (scores, i, stream, mask) => samplePlackettLuce(scores, i, slots, 1, stream, mask),
      logProb: (scores, i, taken, mask) => logProbPlackettLuce(scores, i, taken, 1, mask),
      greedy: (scores, i, mask) => topK(scores, i, slots, mask),
    }),
  };
}
