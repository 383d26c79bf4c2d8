/**
 * Heads beside the one that says which item comes next: the type of the next event, the category of its item, whether
 * something will be bought in this session, whether it is over. Each is a multinomial logistic regression on what the network,
 * as it was taught, holds of the history (and on the type of the newest event), so that the scores of items are those of the
 * network without heads. Of every five shoppers four teach a head and one its temperature.
 *
 * Where types of events taught the network (next-type-head.ts), its states of the shoppers who taught it tell what they did next
 * better than those of others ever will: then heads are taught by every fifth shopper, whose types taught it nothing, and of
 * three of those one teaches the temperature.
 */
import { eventTypes, type Rng, type Sequences } from '../core/index.ts';
import { classChances, fittedTemperature, softmaxRegression } from '../math/index.ts';
import { type Outcome, outcomesOf } from './outcomes.ts';
import type { Chances, Foreseen } from './policy.ts';
import { arrayOf, checkFinite, type SavedModel } from './saved-model.ts';
import type { History } from './transformer-model.ts';
import { historyAt } from './transformer-scores.ts';

export const behaviourNames = ['nextType', 'nextCategory', 'buys', 'leaves'] as const;

/** Moments that the heads are taught by, at most. */
const mostMoments = 20_000;
/** A head is fitted where at least two classes were seen as often as this. */
const leastSeen = 20;
/** The most frequent have a class of their own; the others, where there are any, are 0, "none of them". */
const mostClasses = 64;

/** Every fifth shopper. */
export const isHeldBack = (row: number): boolean => row % 5 === 4;

interface Head {
  /** What each class stands for. */
  readonly codes: Int32Array;
  readonly weights: Float32Array;
  readonly temperature: number;
}

export interface BehaviourHeads {
  /** Answers the temperature of each head that could be fitted, and how many moments there were. */
  fit(
    train: Sequences,
    categories: Int32Array | undefined,
    /** As in `FitOptions`. */
    cut: boolean,
    rng: Rng,
  ): Promise<Readonly<Record<string, number>>>;
  foresee(history: History): Promise<Foreseen | undefined>;
  arrays(): Readonly<Record<string, Float32Array | Int32Array>>;
}

export function behaviourHeads(
  stateOf: (history: History) => Promise<Float32Array>,
  stateWidth: number,
  places: number,
  /** Heads that are wanted. */
  names: readonly (keyof Outcome)[],
  /** True where the types of all but every fifth shopper taught the network. */
  typed: boolean,
  stored?: SavedModel,
): BehaviourHeads {
  const width = stateWidth + eventTypes.length + 1;
  const heads = new Map<string, Head>();
  /** Mean and 1 / deviation of each number of the state. */
  let scale = new Float32Array(2 * stateWidth);
  if (stored) {
    scale = arrayOf(stored, 'behaviour.scale', 'f32', 2 * stateWidth) as typeof scale;
    for (const name of names) {
      if (!stored.arrays[`behaviour.${name}.codes`]) continue;
      const codes = arrayOf(stored, `behaviour.${name}.codes`, 'i32');
      const weights = arrayOf(stored, `behaviour.${name}.weights`, 'f32', codes.length * width);
      const [temperature] = arrayOf(stored, `behaviour.${name}.temperature`, 'f32', 1);
      heads.set(name, { codes, weights, temperature: temperature! });
      checkFinite(stored, [`behaviour.${name}.weights`, `behaviour.${name}.temperature`]);
    }
    checkFinite(stored, ['behaviour.scale']);
  }
  const write = (state: Float32Array, kind: number, out: Float32Array, at: number): void => {
    for (let j = 0; j < stateWidth; j++) out[at + j] = (state[j]! - scale[j]!) * scale[stateWidth + j]!;
    if (kind >= 0) out[at + stateWidth + kind] = 1;
    out[at + width - 1] = 1;
  };

  return {
    async fit(train, categories, cut, rng) {
      heads.clear();
      const moments = typed
        ? momentsOf(train, 5 * mostMoments).filter(({ row }) => isHeldBack(row))
        : momentsOf(train, mostMoments);
      const tempers = (row: number): boolean => (typed ? Math.floor(row / 5) % 3 === 2 : isHeldBack(row));
      const outcome = outcomesOf(train, categories, cut);
      const states = new Float32Array(moments.length * stateWidth);
      for (const [i, { row, end }] of moments.entries()) {
        const to = train.offsets[row]! + end;
        const history = historyAt(train, Math.max(train.offsets[row]!, to - places), to);
        states.set(await stateOf(history), i * stateWidth);
      }
      scale = scaleOf(states, stateWidth);
      const inputs = new Float32Array(moments.length * width);
      moments.forEach(({ row, end }, i) => {
        const kind = train.types?.[train.offsets[row]! + end - 1] ?? -1;
        write(states.subarray(i * stateWidth, (i + 1) * stateWidth), kind, inputs, i * width);
      });
      const outcomes = moments.map(({ row, end }) => outcome(row, end));
      const report: Record<string, number> = { 'behaviour.moments': moments.length };
      for (const name of names) {
        const head = fitHead(
          name,
          outcomes,
          moments.map(({ row }) => tempers(row)),
          inputs,
          width,
          rng.fork(name),
        );
        if (!head) continue;
        heads.set(name, head);
        report[`behaviour.${name}.temperature`] = head.temperature;
      }
      return report;
    },
    async foresee(history) {
      if (history.items.length === 0 || heads.size === 0) return undefined;
      const row = new Float32Array(width);
      write(await stateOf(history), history.kinds?.at(-1) ?? -1, row, 0);
      const found: { -readonly [name in keyof Foreseen]: Chances } = {};
      for (const name of names) {
        const head = heads.get(name);
        if (!head) continue;
        const chances = new Float64Array(head.codes.length);
        classChances(head.weights, row, 0, width, head.temperature, chances);
        found[name] = { codes: head.codes, chances };
      }
      return found;
    },
    arrays: () => ({
      'behaviour.scale': scale,
      ...Object.fromEntries(
        [...heads].flatMap(([name, { codes, weights, temperature }]) => [
          [`behaviour.${name}.codes`, codes],
          [`behaviour.${name}.weights`, weights],
          [`behaviour.${name}.temperature`, Float32Array.of(temperature)],
        ]),
      ),
    }),
  };
}

function fitHead(
  name: keyof Outcome,
  outcomes: readonly Outcome[],
  /** Whether a moment teaches the temperature. */
  tempers: readonly boolean[],
  inputs: Float32Array,
  width: number,
  rng: Rng,
): Head | undefined {
  const counts = new Map<number, number>();
  for (const { [name]: code } of outcomes) if (code >= 0) counts.set(code, (counts.get(code) ?? 0) + 1);
  const seen = [...counts]
    .filter(([, count]) => count >= leastSeen)
    .sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  if (seen.length < 2) return undefined;
  const frequent = seen.slice(0, mostClasses - 1).map(([code]) => code);
  // A class that nothing falls into would be given chances all the same.
  const rare = [...counts.keys()].some((code) => !frequent.includes(code));
  const codes = Int32Array.from(new Set(rare ? [...frequent, 0] : frequent)).sort();
  const classOf = (code: number): number => codes.indexOf(codes.includes(code) ? code : 0);
  const pick = (held: boolean) => {
    const rows = [...outcomes.keys()].filter((i) => outcomes[i]![name] >= 0 && tempers[i] === held);
    const own = new Float32Array(rows.length * width);
    rows.forEach((i, r) => {
      own.set(inputs.subarray(i * width, (i + 1) * width), r * width);
    });
    return { own, labels: Int32Array.from(rows, (i) => classOf(outcomes[i]![name])) };
  };
  const [taught, held] = [pick(false), pick(true)];
  const weights = softmaxRegression(taught.own, width, taught.labels, codes.length, rng);
  const temperature = Math.fround(fittedTemperature(weights, held.own, width, held.labels, codes.length));
  return { codes, weights, temperature };
}

/** Every moment after an interaction, or at most so many, evenly chosen. */
function momentsOf({ n, offsets }: Sequences, most: number): { row: number; end: number }[] {
  const total = offsets[n]! - offsets[0]!;
  const size = Math.min(total, most);
  const moments: { row: number; end: number }[] = [];
  let row = 0;
  for (let i = 0; i < size; i++) {
    const entry = offsets[0]! + Math.floor((i * total) / size);
    while (entry >= offsets[row + 1]!) row++;
    moments.push({ row, end: entry - offsets[row]! + 1 });
  }
  return moments;
}

function scaleOf(states: Float32Array, width: number): Float32Array<ArrayBuffer> {
  const n = states.length / width;
  const scale = new Float32Array(2 * width);
  for (let j = 0; j < width; j++) {
    let [sum, squares] = [0, 0];
    for (let i = 0; i < n; i++) {
      sum += states[i * width + j]!;
      squares += states[i * width + j]! ** 2;
    }
    scale[j] = sum / n;
    scale[width + j] = 1 / Math.sqrt(Math.max(1e-6, squares / n - (sum / n) ** 2));
  }
  return scale;
}
