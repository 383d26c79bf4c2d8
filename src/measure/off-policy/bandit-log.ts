/**
 * Logged bandit feedback: each row one choice of one action, with the probability it had when it was chosen, and what
 * came of it. From such a log another policy can be judged that never ran (off-policy evaluation).
 */
export interface BanditLog {
  readonly n: number;
  /** Names of the actions that were ever chosen; `action` counts in them. */
  readonly actions: readonly string[];
  readonly action: Int32Array;
  /** The probability the logging policy gave to the action it chose: above 0, at most 1. */
  readonly propensity: Float64Array;
  readonly reward: Float64Array;
  /** Where it was shown, where the log says so; else one position without a name. */
  readonly positions: readonly string[];
  readonly position: Int32Array;
  /** What was known before the choice, `width` numbers a row; may be none. */
  readonly features: Float64Array;
  readonly width: number;
  /** Whose row it is, by number, where the log says so; else a shopper a row. */
  readonly shopper?: Int32Array;
  /** True where nobody drew lots: propensities are estimated, and what they do not know may explain any difference. */
  readonly observational?: boolean;
  /** What the rules left in each row, where the log says so; else every action. */
  readonly allowed?: AllowedActions;
  /** Rows in which the shopper was in the shop when the choice was made, where the log says so. */
  readonly atVisits?: number;
}

export interface AllowedActions {
  /** Those of the log in its order, then those that were allowed and never chosen. */
  readonly actions: readonly string[];
  /** n x `actions.length`: 1 where the action was allowed; of the chosen one always. */
  readonly mask: Uint8Array;
}

/** The policy to judge, as probabilities of every action in every row of a log. */
export interface TargetPolicy {
  /** Those of the log in its order, then those the log never shows. */
  readonly actions: readonly string[];
  /** One line of `actions.length` probabilities a context. */
  readonly probabilities: Float64Array;
  /** Which of these lines holds for each row of the log. */
  readonly context: Int32Array;
}

/** Every action of the log alike. */
export function uniformTarget(log: BanditLog): TargetPolicy {
  const { length } = log.actions;
  return {
    actions: log.actions,
    probabilities: new Float64Array(length).fill(1 / length),
    context: new Int32Array(log.n),
  };
}
