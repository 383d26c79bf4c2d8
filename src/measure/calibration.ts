/** Predictions of like confidence: how sure they were on average, and how often they came true. */
export interface ReliabilityBin {
  readonly count: number;
  readonly said: number;
  readonly happened: number;
}

/**
 * The reliability curve: predictions by rising probability in `bins` groups of equal number (so that rare outcomes are not
 * all in one), each with its mean probability and the share that came true.
 */
export function reliability(
  said: ArrayLike<number>,
  happened: ArrayLike<number>,
  bins = 10,
): ReliabilityBin[] {
  const order = Array.from({ length: said.length }, (_, i) => i).sort((a, b) => said[a]! - said[b]! || a - b);
  const groups = Math.min(bins, order.length);
  return Array.from({ length: groups }, (_, g) => {
    const rows = order.slice(
      Math.floor((g * order.length) / groups),
      Math.floor(((g + 1) * order.length) / groups),
    );
    const mean = (of: ArrayLike<number>): number => rows.reduce((sum, i) => sum + of[i]! / rows.length, 0);
    return { count: rows.length, said: mean(said), happened: mean(happened) };
  });
}

/** The expected calibration error (Naeini et al. 2015), over groups of equal number: the mean gap between said and happened. */
export function calibrationError(curve: readonly ReliabilityBin[]): number {
  const all = curve.reduce((sum, { count }) => sum + count, 0);
  return curve.reduce((sum, { count, said, happened }) => sum + (count / all) * Math.abs(said - happened), 0);
}

/** The chance that a case where it happened got a higher number than one where it did not, ties half; NaN without both. */
export function areaUnderCurve(said: ArrayLike<number>, happened: ArrayLike<number>): number {
  const order = Array.from({ length: said.length }, (_, i) => i).sort((a, b) => said[a]! - said[b]!);
  let [positives, ranks] = [0, 0];
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to < order.length && said[order[to]!] === said[order[from]!]) to++;
    for (let i = from; i < to; i++)
      if (happened[order[i]!]! > 0) {
        positives++;
        ranks += (from + to + 1) / 2;
      }
    from = to;
  }
  const negatives = order.length - positives;
  return (ranks - (positives * (positives + 1)) / 2) / (positives * negatives);
}
