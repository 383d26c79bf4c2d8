import {
  actionSize,
  type Rng,
  rng,
  rngFrom,
  type SettingsOf,
  TendrilError,
  type TransitionBatch,
} from '../core/index.ts';
import type { AgentContext, AgentDefinition, TransitionAgent } from './agent.ts';
import { candidateScores } from './candidate-scores.ts';
import { encoder as encoderFor } from './dqn-encoder.ts';
import { contentColumns, dqnModel, type ModelOptions, type TrainingBatch } from './dqn-model.ts';
import type { NetworkShape } from './dqn-network.ts';
import { dqnSettings } from './dqn-settings.ts';
import { dqnTower, fitsTower } from './dqn-tower.ts';
import { logProbEpsilonGreedy, sampleEpsilonGreedy, topK } from './epsilon-greedy.ts';
import { nStep } from './n-step.ts';
import { priorPull } from './prior-pull.ts';
import { drawByPriority, priorities, setPriority } from './prioritised-replay.ts';
import { forbidNext, replayBuffer, replayLayout, rowOf, storeRow, withAllAllowed } from './replay-buffer.ts';
import { fillOptions, fillPulls } from './replayed-options.ts';
import { arrayOf, readModel, restoreArrays, writeModel } from './saved-model.ts';
import { itemsOf } from './scored-policy.ts';
import { type ShopperFactors, shopperFactors } from './shopper-factors.ts';

/**
 * Deep Q-learning (Mnih et al. 2015): a network learns Q(s, a), the discounted reward to come, from replayed
 * transitions, towards targets of a slowly changing copy of itself:
 *
 *   y = r + discount x max Q(s', a'; target)        loss = (y - Q(s, a))^2, or Huber's
 *   epsilon(t) = epsilonMin + (epsilon - epsilonMin) x exp(-epsilonDecay x t),  t = episode;   or in a straight line by steps
 *
 * Of single choices the maximum is over those that are allowed in s', where the world or the log says so.
 *
 * Slates of a shop are learned by SlateQ (Ie et al. 2019): Q of an item given that the shopper chooses it, learned only
 * on the item that was chosen (or on choosing nothing), and a choice model estimated beside it; slate-value.ts puts the
 * two together. `slate: 'top-k'` learns every item shown by itself and shows the k best: the plain way, to compare.
 *
 * With `asPrinted` it is the source document's algorithm and nothing else.
 */
export const dqn: AgentDefinition<typeof dqnSettings> = {
  name: 'dqn',
  summary: 'deep Q-network with replay and target network; slates by SlateQ',
  consumes: 'transitions',
  needsEngine: true,
  settings: dqnSettings,
  create: async (context, settings) => (await build(context, settings, context.rng.fork('dqn'))).agent,
  async restore(context, settings, saved) {
    const made = await build(context, settings, rng(0));
    made.load(saved);
    return made.agent;
  },
};

type Settings = SettingsOf<typeof dqnSettings>;

/** What the document prints, whatever else was set. */
const printed = {
  loss: 'mse',
  optimiser: 'sgd',
  clipNorm: 0,
  double: false,
  dueling: false,
  prioritised: false,
  nStep: 1,
  averaging: 0,
  itemContent: 'none',
  slate: 'top-k',
} as const;

async function build(
  context: AgentContext,
  given: Settings,
  chance: Rng,
): Promise<{ agent: TransitionAgent; load(saved: Uint8Array): void }> {
  const settings = given.asPrinted ? { ...given, ...printed } : given;
  const { observation, action } = context;
  const items = itemsOf(action);
  const slots = actionSize(action);
  const mode = action.kind === 'choice' ? 'choice' : settings.slate;
  const known = settings.itemContent === 'none' ? undefined : context.items;
  const { userSpecific, biased } = settings;
  const shoppers =
    userSpecific || biased ? shopperFactors(observation, items, chance.fork('shoppers')) : undefined;
  const plain = encoderFor(observation, {
    scalarsOnly: settings.asPrinted,
    historyDecay: settings.historyDecay,
    raw: settings.observations === 'raw',
    items: known,
  });
  const encoder = userSpecific ? shoppers!.widen(plain) : plain;
  const text = settings.itemContent === 'text';
  const shape: NetworkShape = {
    mode,
    items,
    rows: mode === 'slateq' ? items + 1 : items,
    options: mode === 'slateq' ? slots + 1 : slots,
    slots,
    dense: encoder.dense,
    history: encoder.history,
    affinity: encoder.affinity,
    profile: encoder.profile,
    content: known ? contentColumns(known, text) : 0,
    hidden: settings.hidden,
    width: settings.embedding,
    dueling: settings.dueling,
    double: settings.double,
    loss: settings.loss as 'mse' | 'huber',
    choiceWeight: settings.choiceWeight,
    shrinkage: mode === 'slateq' ? settings.shrinkage : 0,
    choiceShrinkage: mode === 'slateq' ? settings.choiceShrinkage : 0,
  };
  const options: ModelOptions = {
    shape,
    encoder,
    items: known,
    contentText: text,
    engine: context.engine,
    rng: chance.fork('start'),
    batchSize: settings.batchSize,
    optimiser: settings.optimiser as 'adam' | 'sgd',
    options: { learningRate: settings.learningRate },
    clipNorm: settings.clipNorm,
    averaging: settings.averaging,
    threads: settings.threads,
  };
  const model = fitsTower(shape) ? dqnTower(options) : await dqnModel(options);
  let draws = chance.fork('replay');
  const layout = replayLayout(observation.size, slots, mode === 'choice' ? items : 0);
  const replay = replayBuffer(settings.replaySize, layout);
  const weighted = settings.prioritised ? priorities(settings.replaySize) : undefined;
  const prior = mode === 'slateq' ? priorPull(shape.rows, observation.size, slots) : undefined;
  const returns = nStep(settings.nStep, layout);
  const row = new Float32Array(layout.width);
  const picked = new Int32Array(settings.batchSize);
  const before = new Float32Array(settings.batchSize * observation.size);
  const after = new Float32Array(settings.batchSize * observation.size);

  // What changes beside the arrays; saved as it stands.
  const counts = { steps: 0, episodes: 0, updates: 0, owed: 0, waiting: 0 };
  let watched = new Float32Array(0);
  let report = { loss: 0, choiceLoss: 0, tdError: 0, meanMaxQ: 0 };
  const epsilon = (): number => {
    const { epsilonMin, epsilonDecay, epsilonSteps } = settings;
    const left =
      epsilonSteps > 0
        ? Math.max(0, 1 - counts.steps / epsilonSteps)
        : Math.exp(-epsilonDecay * counts.episodes);
    return epsilonMin + (settings.epsilon - epsilonMin) * left;
  };

  const take = (complete: Float32Array): void => {
    if (prior) {
      const from = replay.next * layout.width;
      if (replay.size === replay.capacity) prior.count(replay.rows.subarray(from, from + layout.width), -1);
      prior.count(complete, 1);
    }
    const at = storeRow(replay, complete);
    if (weighted) setPriority(weighted, at, settings.priorityExponent);
  };

  async function update(): Promise<void> {
    const n = settings.batchSize;
    const { size } = observation;
    if (weighted) {
      const beta =
        settings.priorityCorrection +
        (1 - settings.priorityCorrection) * Math.min(1, counts.updates / settings.priorityUpdates);
      drawByPriority(weighted, replay.size, beta, draws, picked, model.batch.importance);
    } else {
      for (let i = 0; i < n; i++) picked[i] = draws.int(replay.size);
    }
    for (let i = 0; i < n; i++) {
      const from = picked[i]! * layout.width;
      const replayed = replay.rows.subarray(from, from + layout.width);
      for (let c = 0, to = i * size; c < size; c++, to++) {
        before[to] = replayed[c]!;
        after[to] = replayed[size + c]!;
      }
      fillOptions(shape, model.batch, i, replayed.subarray(2 * size));
      forbidNext(model.batch.forbidden, i, layout, replayed);
      if (biased) lessBias(shoppers!, shape, model.batch, i, before, i * observation.size);
      if (prior) fillPulls(prior, model.batch, i, shape.options);
    }
    encoder.encode(before, n, model.batch.before);
    encoder.encode(after, n, model.batch.after);
    const result = await model.update();
    counts.updates++;
    let absolute = 0;
    for (let i = 0; i < n; i++) {
      absolute += Math.abs(result.errors[i]!);
      if (biased) shoppers!.correct(shoppers!.rowOf(before, i * observation.size, false), result.errors[i]!);
      if (weighted) setPriority(weighted, picked[i]!, settings.priorityExponent, result.errors[i]!);
    }
    report = { ...report, loss: result.loss, choiceLoss: result.choiceLoss, tdError: absolute / n };
    if (counts.updates % settings.targetEvery === 0) model.copyToTarget();
    if (counts.updates % settings.watchEvery === 1 || settings.watchEvery === 1) await watch();
  }

  /** Mean of the best value over the first states ever seen: the curve that shows Q-values converging. */
  async function watch(): Promise<void> {
    const n = watched.length / observation.size;
    if (n === 0) return;
    const { values } = await model.score(watched, n);
    report = { ...report, meanMaxQ: values.reduce((sum, value) => sum + value, 0) / n };
  }

  const agent: TransitionAgent = {
    name: 'dqn',
    consumes: 'transitions',
    async learn(batch: TransitionBatch) {
      for (let i = 0; i < batch.n; i++) {
        const ended = batch.terminated[i] === 1 || batch.truncated[i] === 1;
        returns.push(rowOf(batch, i, layout, row), ended, take);
        if (ended && !batch.invented?.[i]) counts.episodes++;
        if (shoppers) takeAnswers(shoppers, batch, i, slots, observation.size);
      }
      counts.steps += batch.n;
      if (watched.length < watchedStates * observation.size) {
        const room = watchedStates - watched.length / observation.size;
        const more = batch.observations.subarray(0, Math.min(batch.n, room) * observation.size);
        const grown = new Float32Array(watched.length + more.length);
        grown.set(watched);
        grown.set(more, watched.length);
        watched = grown;
      }
      counts.waiting += batch.n;
      if (counts.waiting >= settings.updateEvery) {
        if (counts.steps >= settings.learningStarts && replay.size > 0)
          counts.owed += counts.waiting * settings.updatesPerStep;
        counts.waiting = 0;
        for (; counts.owed >= 1; counts.owed--) await update();
      }
      const { steps, episodes, updates } = counts;
      return { ...report, epsilon: epsilon(), steps, episodes, updates };
    },
    async save() {
      const waiting = returns.waiting();
      const ofShoppers = shoppers?.state();
      return writeModel('dqn', {
        values: {
          ...counts,
          report,
          replay: [replay.size, replay.next],
          keepsAllowed: true,
          rng: [...draws.state()],
          largest: weighted?.largest ?? 1,
          ...(ofShoppers && { shoppers: ofShoppers.rng }),
        },
        arrays: {
          ...model.state,
          replay: replay.rows.subarray(0, replay.size * layout.width),
          watched,
          'waiting.rows': waiting.rows,
          'waiting.lengths': waiting.lengths,
          ...(weighted && { priorities: weighted.tree }),
          ...ofShoppers?.arrays,
        },
      });
    },
    policy: () => ({
      observation,
      action,
      async evaluate(observations, n, candidates) {
        const { scores } = await model.score(observations, n);
        return candidateScores(scores, n, items, candidates);
      },
      sample: (scores, i, stream, mask) => sampleEpsilonGreedy(scores, i, slots, epsilon(), stream, mask),
      logProb: (scores, i, taken, mask) => logProbEpsilonGreedy(scores, i, taken, epsilon(), mask),
      greedy: (scores, i, mask) => topK(scores, i, slots, mask),
    }),
  };

  function load(saved: Uint8Array): void {
    const { values, arrays } = readModel('dqn', saved);
    const all = { values, arrays };
    // Models of before what is allowed next was kept do not tell: everything was.
    const rowsIn = (name: string): Float32Array => {
      const saved = arrayOf(all, name, 'f32');
      return layout.choices > 0 && values.keepsAllowed !== true ? withAllAllowed(saved, layout) : saved;
    };
    restoreArrays(all, model.state);
    const [size, next] = values.replay as [number, number];
    const rows = rowsIn('replay');
    if (rows.length !== size * layout.width)
      throw new TendrilError('bad-model', `the saved replay does not hold ${size} rows of this world`);
    if (size > settings.replaySize)
      throw new TendrilError(
        'bad-model',
        `the saved replay holds ${size} rows, replaySize is ${settings.replaySize}`,
      );
    for (let i = 0; i < size; i++) storeRow(replay, rows.subarray(i * layout.width, (i + 1) * layout.width));
    replay.next = next % settings.replaySize;
    prior?.recount(replay);
    shoppers?.restore(all);
    watched = arrayOf(all, 'watched', 'f32').slice();
    returns.restore(rowsIn('waiting.rows'), arrayOf(all, 'waiting.lengths', 'i32'));
    if (weighted) {
      weighted.tree.set(arrayOf(all, 'priorities', 'f64', weighted.tree.length));
      weighted.largest = values.largest as number;
    }
    draws = rngFrom(values.rng as [number, number, number, number]);
    report = values.report as typeof report;
    // Models of before `updateEvery` do not tell what was waiting: nothing was.
    for (const key of Object.keys(counts) as (keyof typeof counts)[])
      counts[key] = (values[key] ?? 0) as number;
  }

  model.copyToTarget();
  return { agent, load };
}

/** States on which the mean of the best value is watched. */
const watchedStates = 256;

/** What the shopper of row i answered: the reward to what was taken, 0 to what was shown beside it or left. */
function takeAnswers(
  shoppers: ShopperFactors,
  { observations, actions, rewards, chosen }: TransitionBatch,
  i: number,
  slots: number,
  width: number,
): void {
  const shopper = shoppers.rowOf(observations, i * width, true);
  for (let slot = 0; slot < slots; slot++) {
    const item = actions[i * slots + slot]!;
    if (item >= 0) shoppers.take(shopper, item, !chosen || chosen[i] === slot ? rewards[i]! : 0);
  }
}

/** Takes the shopper's bias out of what row i of the training batch is learned towards. */
function lessBias(
  shoppers: ShopperFactors,
  { options }: NetworkShape,
  batch: TrainingBatch,
  i: number,
  observations: Float32Array,
  at: number,
): void {
  const bias = shoppers.biasOf(shoppers.rowOf(observations, at, false));
  for (let option = i * options; option < (i + 1) * options; option++)
    batch.reward[option]! -= (1 - batch.discount[i]!) * bias;
}
