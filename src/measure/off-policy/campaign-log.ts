import type { BanditLog } from './bandit-log.ts';

/** A logged campaign: choices as a `BanditLog`, with all that came of each and how its features are to be read again. */
export interface CampaignLog extends BanditLog {
  /** What each column of the table became: one number, or one for each word. */
  readonly columns: readonly FeatureColumn[];
  /** What came of each row, by the name of its column; the reward is a formula over these. */
  readonly outcomes: Readonly<Record<string, Float64Array>>;
  /** Whose row it is, numbered by first appearance; where the log does not say, a shopper a row. */
  readonly shopper: Int32Array;
  /** Order of the rows of one shopper, in any unit; the row's number where the log has no times. */
  readonly time: Float64Array;
}

/** A feature: a number, or one of these words (in the order of their numbers). */
export interface FeatureColumn {
  readonly name: string;
  readonly words?: readonly string[];
}

/** Some rows of a log, in this order. */
export function rowsOf(log: CampaignLog, rows: ArrayLike<number>): CampaignLog {
  const n = rows.length;
  const floats = (values: Float64Array): Float64Array =>
    Float64Array.from({ length: n }, (_, i) => values[rows[i]!]!);
  const ints = (values: Int32Array): Int32Array =>
    Int32Array.from({ length: n }, (_, i) => values[rows[i]!]!);
  const features = new Float64Array(n * log.width);
  for (let i = 0; i < n; i++)
    features.set(log.features.subarray(rows[i]! * log.width, (rows[i]! + 1) * log.width), i * log.width);
  const { allowed } = log;
  const width = allowed?.actions.length ?? 0;
  const mask = new Uint8Array(n * width);
  for (let i = 0; i < n; i++)
    if (allowed) mask.set(allowed.mask.subarray(rows[i]! * width, (rows[i]! + 1) * width), i * width);
  return {
    ...log,
    ...(allowed && { allowed: { ...allowed, mask } }),
    n,
    action: ints(log.action),
    propensity: floats(log.propensity),
    reward: floats(log.reward),
    position: ints(log.position),
    shopper: ints(log.shopper),
    time: floats(log.time),
    features,
    outcomes: Object.fromEntries(
      Object.entries(log.outcomes).map(([name, values]) => [name, floats(values)]),
    ),
  };
}
