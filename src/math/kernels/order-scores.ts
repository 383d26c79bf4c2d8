/** The best of many scores by counting instead of comparing: what a processor guesses wrong half the time costs it most. */
export interface TopK {
  readonly items: Int32Array;
  readonly scores: Float32Array;
}

type Numbers = Float32Array | Float64Array;

const steps = 1024;
const counts = new Int32Array(steps + 1);

/**
 * A number that at least k of the first n values reach, and not many more: the values are counted in 1,024 equal steps from
 * the smallest to the largest. -Infinity where there are fewer than k.
 */
export function nearlyLargest(values: Numbers, n: number, k: number): number {
  if (n < Math.max(1, k)) return -Infinity;
  const { low, scale } = stepsOf(values, 0, n, steps);
  if (scale === Infinity) return low;
  counts.fill(0);
  for (let i = 0; i < n; i++) counts[Math.floor((values[i]! - low) * scale)]!++;
  let step = steps;
  for (let above = counts[step]!; above < k; above += counts[step]!) step--;
  // A little further down than the edge of that step, which is rounded.
  return low + (step - 0.001) / scale;
}

/** The best k of the first n rows, best first, ties to the lowest number; what is given is put in another order. */
export function bestScored(rows: Int32Array, scores: Float64Array, n: number, k: number): TopK {
  const least = nearlyLargest(scores, n, k);
  let held = 0;
  for (let i = 0; i < n; i++) {
    if (scores[i]! < least) continue;
    rows[held] = rows[i]!;
    scores[held++] = scores[i]!;
  }
  sort(scores, rows, 0, held);
  const best = Math.min(k, held);
  return { items: rows.slice(0, best), scores: Float32Array.from(scores.subarray(0, best)) };
}

/** Sorts from .. to: shared out to as many steps as there are, which then hold few each; again where they do not. */
function sort(scores: Float64Array, rows: Int32Array, from: number, to: number): void {
  const n = to - from;
  if (n <= 16) {
    insert(scores, rows, from, to);
    return;
  }
  const { low, scale } = stepsOf(scores, from, to, n - 1);
  if (scale === Infinity) {
    rows.subarray(from, to).sort();
    return;
  }
  // Steps downwards, each at first with the place where it begins and then with where it ends.
  const stepOf = (score: number): number => n - 1 - Math.floor((score - low) * scale);
  const places = new Int32Array(n + 1);
  for (let i = from; i < to; i++) places[stepOf(scores[i]!) + 1]!++;
  for (let step = 1; step <= n; step++) places[step]! += places[step - 1]!;
  const [oldScores, oldRows] = [scores.slice(from, to), rows.slice(from, to)];
  for (let i = 0; i < n; i++) {
    const at = from + places[stepOf(oldScores[i]!)]!++;
    scores[at] = oldScores[i]!;
    rows[at] = oldRows[i]!;
  }
  for (let step = 0, begin = 0; step < n; begin = places[step++]!)
    if (places[step]! - begin > 1) sort(scores, rows, from + begin, from + places[step]!);
}

function insert(scores: Float64Array, rows: Int32Array, from: number, to: number): void {
  for (let i = from + 1; i < to; i++) {
    const [score, row] = [scores[i]!, rows[i]!];
    let at = i;
    for (; at > from && isBefore(score, row, scores[at - 1]!, rows[at - 1]!); at--) {
      scores[at] = scores[at - 1]!;
      rows[at] = rows[at - 1]!;
    }
    scores[at] = score;
    rows[at] = row;
  }
}

const isBefore = (score: number, row: number, other: number, otherRow: number): boolean =>
  score > other || (score === other && row < otherRow);

/** The smallest, and steps per unit up to the largest. */
function stepsOf(values: Numbers, from: number, to: number, count: number): { low: number; scale: number } {
  let [low, high] = [Infinity, -Infinity];
  for (let i = from; i < to; i++) {
    const value = values[i]!;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return { low, scale: count / (high - low) };
}
