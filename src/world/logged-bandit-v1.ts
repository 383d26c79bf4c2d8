import { type ObservationSpec, type Rng, readSettings, TendrilError } from '../core/index.ts';
import { shopperWords } from './campaign-v1/index.ts';
import { type FeatureWords, type OfferWords, plain, yesOrNo } from './offer-words.ts';
import { vectorWorld } from './vector-world.ts';
import type { WorldDefinition } from './world.ts';

/** Logged choices: what was seen, what was chosen with which probability, and what it brought. */
export interface LoggedRows {
  readonly observation: ObservationSpec;
  /** Of each part of the observation that stands for a word: the words, number 1 first. */
  readonly vocabulary: Readonly<Record<string, readonly string[]>>;
  readonly actions: readonly string[];
  /** n x observation size. */
  readonly observations: Float32Array;
  readonly action: Int32Array;
  readonly propensity: Float64Array;
  readonly reward: Float64Array;
  /** n x actions, 1 where the rules allowed the action; missing where all always were. */
  readonly masks?: Uint8Array;
}

/**
 * logged-bandit-v1: replays a log with known propensities. A row is drawn, its shopper shown, a choice taken; the choice
 * that was logged pays its reward over its propensity, any other 0. So the mean reward of a policy is, on average over its
 * draws, exactly its importance-weighted estimate on the log (`ipw`): true on average, and as noisy as the log is small.
 */
export const loggedBanditV1: WorldDefinition = {
  id: 'logged-bandit-v1',
  summary: 'a replayed log of choices with known propensities: Open Bandit, men, random policy',
  options: {},
  doc: {
    observation:
      "the log's features of a shopper; words are numbered from 1, 0 is one the log does not have.",
    action: 'a choice of the actions of the log; where the log says what its rules allowed, one of these.',
    reward: 'of the choice that was logged its reward (a click) over its propensity; of any other 0.',
    dynamics:
      'Every episode is one row, drawn from the log, and terminates. Needs the rows as option `log`; the command line reads those of Open Bandit from TENDRIL_DATASETS.',
    optimum: "not known. A policy's mean reward is its importance-weighted estimate on the log.",
  },
  /** `log` (LoggedRows) is needed: data, not code. */
  create(n, { log, ...given } = {}) {
    const read = readSettings({}, given);
    if (!read.ok) throw new TendrilError(read.error.code, read.error.message);
    if (!isRows(log))
      throw new TendrilError('no-such-file', 'logged-bandit-v1 needs the rows of a log as option "log"');
    const { observation, actions, masks } = log;
    return vectorWorld('logged-bandit-v1', n, () => {
      let row = 0;
      const show = (stream: Rng, out: Float32Array): void => {
        row = stream.int(log.action.length);
        out.set(log.observations.subarray(row * observation.size, (row + 1) * observation.size));
      };
      return {
        observation,
        action: { kind: 'choice', n: actions.length },
        reset: show,
        step: ([choice]) => ({
          reward: choice === log.action[row] ? log.reward[row]! / log.propensity[row]! : 0,
          terminated: true,
        }),
        ...(masks && {
          mask: (out: Uint8Array) =>
            out.set(masks.subarray(row * actions.length, (row + 1) * actions.length)),
        }),
      };
    });
  },
};

/** The same world over other rows, with their words. */
export function loggedBandit(log: LoggedRows): WorldDefinition {
  return {
    ...loggedBanditV1,
    create: (n, options) => loggedBanditV1.create(n, { ...options, log }),
    stored: log.observations,
    words: wordsOf(log),
  };
}

const isRows = (log: unknown): log is LoggedRows =>
  typeof log === 'object' && log !== null && (log as Partial<LoggedRows>).action instanceof Int32Array;

/**
 * A log says no more of its columns than their names, so neither does an explanation; but for a log with all the
 * features of campaign-v1, which are said as there.
 */
function wordsOf(log: LoggedRows): OfferWords {
  const { observation, actions } = log;
  const names = observation.parts.map(({ name }) => name);
  const known: Readonly<Record<string, FeatureWords>> = Object.keys(shopperWords).every((name) =>
    names.includes(name),
  )
    ? shopperWords
    : {};
  const features = names.map((name, i) => [name, known[name] ?? columnWords(log, name, i)] as const);
  return { features: Object.fromEntries(features), action: (action) => actions[action]! };
}

function columnWords({ vocabulary, ...log }: LoggedRows, name: string, column: number): FeatureWords {
  const label = name.replaceAll('_', ' ');
  const words = vocabulary[name];
  if (words === undefined && isFlag(log, column))
    return {
      label,
      value: ([x]) => yesOrNo(x!),
      clause: (shopper) => `is ${shopper[name]![0]! > 0 ? '' : 'not '}marked "${label}"`,
      flag: true,
    };
  const value = ([x]: Float32Array): string => (words ? (words[x! - 1] ?? 'unknown') : plain(x!));
  return { label, value, clause: (shopper) => `has "${label}": ${value(shopper[name]!)}` };
}

/** Whether a column holds 0 and 1 and nothing else. A log's parts are one number each. */
function isFlag(
  { observation: { size }, observations }: Omit<LoggedRows, 'vocabulary'>,
  at: number,
): boolean {
  const seen = new Set<number>();
  for (let i = at; i < observations.length && seen.size < 3; i += size) seen.add(observations[i]!);
  return seen.size === 2 && seen.has(0) && seen.has(1);
}
