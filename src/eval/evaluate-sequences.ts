import {
  type Agent,
  type AgentContext,
  type AgentDefinition,
  actsOnly,
  type FitCheckpoint,
  type LearnReport,
  needsLog,
  outcomesOf,
  type TransitionAgent,
} from '../agent/index.ts';
import {
  gapsPart,
  historyPlace,
  type ItemFeatures,
  type ItemGraph,
  type ObservationSpec,
  observationSpec,
  type Progress,
  readSettings,
  rng,
  type Sequences,
  shopObservation,
  silent,
  TendrilError,
} from '../core/index.ts';
import { behaviourFigures, foreseen, replaySequences, sequenceObserver } from '../learn/index.ts';
import type { Engine } from '../math/index.ts';
import { gainsOf, meanOf } from '../measure/index.ts';
import { type Damage, damagedCases, damages } from './damage.ts';
import { type Ranked, rankCases } from './rank-cases.ts';
import { type Figures, rankingFigures } from './ranking-figures.ts';
import { type Cases, type Split, validationOf } from './split.ts';

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
  readonly graph?: ItemGraph;
  readonly engine?: () => Promise<Engine>;
  /** How agents that learn from transitions are taught; `teachByReplay` where missing. */
  readonly teach?: Teach;
  /** Judges it on at most 1,000 cases with damaged histories as well: `ndcg@10.whole`, and `.dropped` ... for each of `damages`. */
  readonly robustness?: boolean;
  readonly progress?: Progress;
  /** For agents of sequences that learn for long. */
  readonly checkpoint?: FitCheckpoint;
}

/** Answers the agent to be judged: the one it was given, or a better state of it. */
export type Teach = (
  agent: TransitionAgent,
  lesson: Lesson,
) => Promise<{ readonly agent: Agent; readonly report: LearnReport }>;

export interface Lesson {
  readonly split: Split;
  readonly context: AgentContext;
  readonly progress: Progress;
  /** NDCG at the length of the lists on at most 2,000 validation cases. */
  readonly judge: (agent: Agent) => Promise<number>;
  readonly restore: (saved: Uint8Array) => Promise<Agent>;
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

const damageNames = ['whole', ...(Object.keys(damages) as Damage[])] as const;

/**
 * Longest history an agent sees. For count agents older interactions weigh less than 1e-19 of the newest with decays of
 * .8 and less; agents that learn from transitions keep every history twice in their replay, so theirs is short.
 */
const longestHistory = { sequences: 200, transitions: 20, rollouts: 20 };

const whyNothing: Readonly<Record<Split['protocol'], string>> = {
  'leave-one-out': 'leave-one-out needs shoppers of three interactions or more, and there is none',
  time: 'the time split needs shoppers who come back to something new after its test begins, and there is none',
  sessions: 'a test session needs two interactions or more (--min-prefix and one), and there is none',
};

/** Fits one agent on a split's training part, picks settings on its validation part, and judges it once on the test. */
export async function evaluateSequences(
  definition: AgentDefinition,
  options: EvaluateOptions,
): Promise<Evaluation> {
  const { split, k, seed, now, items, graph, progress = silent } = options;
  if (definition.consumes === 'rollouts') throw actsOnly(definition.name);
  if (definition.consumes === 'decisions') throw needsLog(definition.name);
  const settings = readSettings(definition.settings, options.settings);
  if (!settings.ok)
    throw new TendrilError(settings.error.code, `${definition.name}: ${settings.error.message}`);
  if (split.test.rows.length === 0)
    throw new TendrilError('too-little-data', `nothing to judge: ${whyNothing[split.protocol]}`);
  const itemCount = split.train.itemCount;
  const longest = Math.min(longestOf(split.test.sequences), longestHistory[definition.consumes]);
  const shown = options.observation ?? shopObservation(itemCount, longest);
  // A blend's parts have the part's name before.
  const asked = Object.entries(settings.value).some(
    ([name, on]) => /(^|\.)timeGaps$/.test(name) && on === true,
  );
  const gaps = asked && split.train.times !== undefined;
  const observation = gaps
    ? observationSpec([...shown.parts, gapsPart(historyPlace(shown)?.size ?? longest)])
    : shown;
  const context: AgentContext = {
    observation,
    action: { kind: 'choice', n: itemCount },
    rng: rng(seed).fork(definition.name),
    ...(items ? { items } : {}),
    ...(graph ? { graph } : {}),
    ...(options.engine ? { engine: await options.engine() } : {}),
  };
  const begin = now();
  let agent = await definition.create(context, settings.value as never);
  let report: LearnReport;
  if (agent.consumes === 'sequences') {
    report = await agent.fit(split.train, {
      validation: validationOf(split.validation, split.repeats),
      cut: split.protocol === 'leave-one-out',
      progress: (done, total, note) => progress(done, total, note ?? 'fit'),
      ...(options.checkpoint && { checkpoint: options.checkpoint }),
    });
    if (split.heldBack) await agent.learn(split.heldBack);
  } else {
    const { validation } = split;
    const sample = evenlyChosen(validation, 2000);
    const watch = sequenceObserver(observation, validation.sequences, split.train, items);
    ({ agent, report } = await (options.teach ?? teachByReplay())(agent as TransitionAgent, {
      split,
      context,
      progress,
      restore: (saved) => definition.restore(context, settings.value as never, saved),
      judge: async (taught) => {
        const { ranks } = await rankCases(taught.policy(), sample, watch, { k, repeats: split.repeats });
        return meanOf(gainsOf('ndcg', ranks, k));
      },
    }));
  }
  const fitted = now();
  const { test, repeats } = split;
  const observe = sequenceObserver(observation, test.sequences, split.train, items);
  const ranked = await rankCases(agent.policy(), test, observe, {
    k,
    repeats,
    progress: (done, total) => progress(done, total, 'judge'),
  });
  const scored = now();
  const policy = agent.policy();
  const behaviour: Record<string, number> = {};
  if (policy.foresee) {
    const outcome = outcomesOf(test.sequences, items?.categories);
    const row = new Float32Array(observation.size);
    const cases = await foreseen(
      policy,
      test.rows.length,
      (c) => {
        observe(test.rows[c]!, test.ends[c]!, row, 0);
        return row;
      },
      (c) => outcome(test.rows[c]!, test.ends[c]!),
    );
    Object.assign(behaviour, behaviourFigures(cases));
  }
  const hurt: Record<string, number> = {};
  const sample = evenlyChosen(test, 1000);
  for (const damage of options.robustness ? damageNames : []) {
    const cases = damage === 'whole' ? sample : damagedCases(sample, damage, rng(seed).fork(damage));
    const watch = sequenceObserver(observation, cases.sequences, split.train, items);
    const { ranks } = await rankCases(agent.policy(), cases, watch, { k, repeats });
    for (const gain of ['hr', 'ndcg'] as const)
      hurt[`${gain}@${k}.${damage}`] = meanOf(gainsOf(gain, ranks, k));
  }
  return {
    agent: definition.name,
    seed,
    figures: { ...rankingFigures(ranked, split, items), ...hurt, ...behaviour },
    report,
    fitSeconds: (fitted - begin) / 1000,
    scoreSeconds: (scored - fitted) / 1000,
    cases: test.rows.length,
    ranked,
  };
}

/**
 * Replays the training histories in random order, at most `passes` times; ends when NDCG on validation has not risen
 * for `patience` passes, and goes back to where it was best. The discount is moderate on purpose: learning offline from
 * takings, the largest of many untried values is always too large, and with .9 a network's values grow without bound.
 */
export function teachByReplay({
  passes = 10,
  patience = 2,
  batchSize = 256,
  discount = 0.5,
  negatives = 3,
  ratingWeight = 0,
} = {}): Teach {
  return async (agent, { split, context, progress, judge, restore }) => {
    let report: LearnReport = {};
    let best = { ndcg: -1, pass: 0, saved: new Uint8Array(0) };
    const perPass = Math.ceil(stepCount(split.train) / Math.max(1, Math.floor(batchSize / (1 + negatives))));
    for (let pass = 1; pass <= passes && pass - best.pass <= patience; pass++) {
      const chance = context.rng.fork(`pass ${pass}`);
      const options = {
        batchSize,
        discount,
        negatives,
        ratingWeight,
        ...(context.items && { items: context.items }),
      };
      let done = (pass - 1) * perPass;
      for (const batch of replaySequences(
        split.train,
        context.observation,
        context.action,
        chance,
        options,
      )) {
        report = await agent.learn(batch);
        progress(++done, passes * perPass, `pass ${pass} of at most ${passes}`);
      }
      const ndcg = await judge(agent);
      if (ndcg > best.ndcg) best = { ndcg, pass, saved: (await agent.save()) as Uint8Array<ArrayBuffer> };
    }
    return {
      agent: await restore(best.saved),
      report: { ...report, passes: best.pass, 'validation.ndcg': best.ndcg },
    };
  };
}

function evenlyChosen({ sequences, rows, ends, targets }: Cases, count: number): Cases {
  const size = Math.min(rows.length, count);
  const pick = (from: Int32Array): Int32Array =>
    Int32Array.from({ length: size }, (_, i) => from[Math.floor((i * rows.length) / size)]!);
  return { sequences, rows: pick(rows), ends: pick(ends), targets: pick(targets) };
}

const stepCount = ({ n, offsets }: Sequences): number => {
  let steps = 0;
  for (let u = 0; u < n; u++) steps += Math.max(0, offsets[u + 1]! - offsets[u]! - 1);
  return steps;
};

function longestOf({ n, offsets }: Sequences): number {
  let longest = 1;
  for (let u = 0; u < n; u++) longest = Math.max(longest, offsets[u + 1]! - offsets[u]!);
  return longest;
}
