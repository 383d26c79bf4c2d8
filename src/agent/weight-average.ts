/**
 * A running average of weights while they are learned (Polyak & Juditsky 1992; with exponential forgetting as in Mean
 * Teacher, Tarvainen & Valpola 2017): steps of Adam with a constant step size wander around a good place, and their
 * average is nearer to it than any of them.
 *
 *   average += part (weights - average),    part = max(1 - decay^r, 9 / (8 + steps / r)),    every r steps
 *
 * so that at first it holds no more than about the last tenth of what was learned.
 */
export interface WeightAverage {
  /** To be called after each step. */
  follow(): void;
  /** Exchanges the numbers of weights and average, which is up to date then; called again, back. */
  swap(): void;
  /** What is needed to go on, live: the averages in the order of the weights, and the steps taken and added. */
  readonly state: Readonly<Record<string, Float32Array | Float64Array>>;
}

/** An addition costs as much as a small step of learning, so not every step is added by itself. */
const stride = 8;

export function weightAverage(weights: readonly Float32Array[], decay: number): WeightAverage {
  const averages = weights.map((array) => array.slice());
  const steps = new Float64Array(2);
  const add = (): void => {
    const [taken, added] = steps as unknown as [number, number];
    const r = taken - added;
    if (r === 0) return;
    const part = Math.max(1 - decay ** r, 9 / (8 + taken / r));
    steps[1] = taken;
    weights.forEach((array, w) => {
      const average = averages[w]!;
      for (let i = 0; i < array.length; i++) average[i]! += part * (array[i]! - average[i]!);
    });
  };
  return {
    follow() {
      steps[0]!++;
      if (steps[0]! - steps[1]! >= stride) add();
    },
    swap() {
      add();
      weights.forEach((array, w) => {
        const kept = array.slice();
        array.set(averages[w]!);
        averages[w]!.set(kept);
      });
    },
    state: { steps, ...Object.fromEntries(averages.map((array, w) => [`weights${w}`, array])) },
  };
}
