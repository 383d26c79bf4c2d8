import type { AgentContext, AgentDefinition, LearnReport, TransitionAgent } from '../agent/index.ts';
import {
  type ItemFeatures,
  type ObservationSpec,
  type Progress,
  readSettings,
  rng,
  type Sequences,
  shopObservation,
  silent,
  TendrilError,
} from '../core/index.ts';
import { replaySequences, sequenceObserver } from '../learn/index.ts';
import type { Engine } from '../math/index.ts';
import { type Ranked, rankCases } from './rank-cases.ts';
import { type Figures, rankingFigures } from './ranking-figures.ts';
import { type Split, validationOf } from './split.ts';

export interface EvaluateOptions {
  readonly split: Split;
  /** Length of the lists. */
  readonly k: number;
  readonly seed: number;
  /** Milliseconds; for the seconds in the results only. */
  readonly now: () => number;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly observation?: ObservationSpec;
  readonly items?: ItemFeatures;
  readonly engine?: () => Promise<Engine>;
  /** How agents that learn from transitions are taught; `teachByReplay` where missing. */
  readonly teach?: Teach;
  readonly progress?: Progress;
}

export type Teach = (agent: TransitionAgent, lesson: Lesson) => Promise<LearnReport>;

export interface Lesson {
  readonly split: Split;
  readonly context: AgentContext;
  readonly progress: Progress;
}

export interface Evaluation {
  readonly agent: string;
  readonly seed: number;
  readonly figures: Figures;
  /** What the agent said when it had learned, e.g. the settings it picked. */
  readonly report: LearnReport;
  readonly fitSeconds: number;
  readonly scoreSeconds: number;
  /** Cases judged. */
  readonly cases: number;
  readonly ranked: Ranked;
}

/** Longest history an agent sees: with decays of .8 and less, older interactions weigh less than 1e-19 of the newest. */
const longestHistory = 200;

/** Fits one agent on a split's training part, picks settings on its validation part, and judges it once on the test. */
export async function evaluateSequences(
  definition: AgentDefinition,
  options: EvaluateOptions,
): Promise<Evaluation> {
  const { split, k, seed, now, items, progress = silent } = options;
  const settings = readSettings(definition.settings, options.settings);
  if (!settings.ok)
    throw new TendrilError(settings.error.code, `${definition.name}: ${settings.error.message}`);
  if (split.test.rows.length === 0)
    throw new TendrilError('no-data', `nothing to judge: the ${split.protocol} split has no test cases`);
  const itemCount = split.train.itemCount;
  const observation = options.observation ?? shopObservation(itemCount, historyLength(split.test.sequences));
  const context: AgentContext = {
    observation,
    action: { kind: 'choice', n: itemCount },
    rng: rng(seed).fork(definition.name),
    ...(items ? { items } : {}),
    ...(options.engine ? { engine: await options.engine() } : {}),
  };
  const begin = now();
  const agent = await definition.create(context, settings.value as never);
  let report: LearnReport;
  if (agent.consumes === 'sequences') {
    report = await agent.fit(split.train, {
      validation: validationOf(split.validation, split.repeats),
      progress: (done, total, note) => progress(done, total, note ?? 'fit'),
    });
    if (split.heldBack) await agent.learn(split.heldBack);
  } else {
    report = await (options.teach ?? teachByReplay())(agent, { split, context, progress });
  }
  const fitted = now();
  const { test, repeats } = split;
  const observe = sequenceObserver(observation, test.sequences, split.train, items);
  const ranked = await rankCases(agent.policy(), test, observe, {
    k,
    repeats,
    progress: (done, total) => progress(done, total, 'judge'),
  });
  return {
    agent: definition.name,
    seed,
    figures: rankingFigures(ranked, split, items),
    report,
    fitSeconds: (fitted - begin) / 1000,
    scoreSeconds: (now() - fitted) / 1000,
    cases: test.rows.length,
    ranked,
  };
}

/** Replays the training histories `passes` times in random order. */
export function teachByReplay({
  passes = 10,
  batchSize = 256,
  discount = 0.9,
  negatives = 3,
  ratingWeight = 0,
} = {}): Teach {
  return async (agent, { split, context, progress }) => {
    let report: LearnReport = {};
    const stepsPerBatch = Math.max(1, Math.floor(batchSize / (1 + negatives)));
    const perPass = Math.ceil(stepCount(split.train) / stepsPerBatch);
    let done = 0;
    for (let pass = 0; pass < passes; pass++) {
      const batches = replaySequences(
        split.train,
        context.observation,
        context.action,
        context.rng.fork(`pass ${pass}`),
        {
          batchSize,
          discount,
          negatives,
          ratingWeight,
          ...(context.items ? { items: context.items } : {}),
        },
      );
      for (const batch of batches) {
        report = await agent.learn(batch);
        progress(++done, passes * perPass, 'fit');
      }
    }
    return { ...report, passes };
  };
}

const stepCount = ({ n, offsets }: Sequences): number => {
  let steps = 0;
  for (let u = 0; u < n; u++) steps += Math.max(0, offsets[u + 1]! - offsets[u]! - 1);
  return steps;
};

function historyLength({ n, offsets }: Sequences): number {
  let longest = 1;
  for (let u = 0; u < n; u++) longest = Math.max(longest, offsets[u + 1]! - offsets[u]!);
  return Math.min(longest, longestHistory);
}
