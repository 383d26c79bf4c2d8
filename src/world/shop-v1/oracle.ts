import type { ShopParameters } from './parameters.ts';
import { type ShopOptions, type ShopWorld, shopWorld } from './shop-world.ts';
import { type Future, type Truth, truthOf } from './truth.ts';

/**
 * The policy that knows everything: the shopper's tastes, intent and satisfaction, the items' quality, the formulas. Each
 * slate is the exact best (truth.ts) for its immediate reward plus a value of what follows. That value is an estimate:
 * least squares on the returns of 300 lives played by the oracle itself, in satisfaction, place in the visit, visits left
 * and how much this shopper's shelf is worth; two rounds of policy iteration from the myopic oracle, and the round that
 * earned most on lives of its own is kept. So it is a strong reference, not a proven maximum: what it may miss is the
 * finer effect of today's slate on later ones. On the small shop the maximum itself is known (small-shop.ts).
 */
export interface Oracle {
  /** Coefficients of the value of what follows; undefined: the myopic oracle was best. */
  readonly coefficients: Float64Array | undefined;
  /** Mean reward of a life in each round, the first being myopic. */
  readonly rounds: readonly number[];
}

const rounds = 2;
const lives = 300;

export function trainOracle(parameters: ShopParameters, options: ShopOptions, seed = 20_201): Oracle {
  const world = shopWorld(parameters, lives, options);
  let coefficients: Float64Array | undefined;
  let best: { coefficients: Float64Array | undefined; reward: number } | undefined;
  const earned: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const played = playLives(world, oracleTruth(world, { coefficients }), seed + round);
    // Rounds are compared on the same lives, which none was fitted on.
    const compared = playLives(world, oracleTruth(world, { coefficients }), seed - 1).reward;
    earned.push(compared);
    if (!best || compared > best.reward) best = { coefficients, reward: compared };
    coefficients = leastSquares(played.features, played.returns);
  }
  return { coefficients: best!.coefficients, rounds: earned };
}

/** The truth of a world with the oracle's view of the future; `best(w)` is the oracle's slate. */
export function oracleTruth(world: ShopWorld, oracle: Pick<Oracle, 'coefficients'>): Truth {
  if (!oracle.coefficients) return truthOf(world);
  const { visits } = world.hidden.options;
  const shelf = shelfWorth(world);
  const c = oracle.coefficients;
  const half = featureCount / 2;
  const future: Future = (w, satisfaction, slate, visit) => {
    const worth = shelf(w);
    const left = 1 - visit / visits;
    const square = satisfaction * satisfaction;
    const of = (f: number): number => c[f]! + worth * c[f + half]!;
    const value =
      of(0) +
      of(1) * fading[slate]! +
      of(2) * satisfaction +
      of(3) * square +
      left * (of(4) + of(5) * satisfaction + of(6) * square);
    return value > 0 ? value : 0;
  };
  return truthOf(world, future);
}

const featureCount = 14;
/** exp(-slate / 6): a visit's first slates have the best of the shelf before them. */
const fading = Float64Array.from({ length: 64 }, (_, slate) => Math.exp(-slate / 6));

/** What the value is linear in; `future` above is the same sum written out. */
function describe(satisfaction: number, slate: number, left: number, shelf: number): Float64Array {
  const square = satisfaction * satisfaction;
  const base = [1, fading[slate]!, satisfaction, square, left, left * satisfaction, left * square];
  return Float64Array.from([...base, ...base.map((x) => x * shelf)]);
}

/** Immediate worth of the best slate at the first sight of a shopper: how good the shop is for this shopper. */
function shelfWorth(world: ShopWorld): (w: number) => number {
  const myopic = truthOf(world);
  const { keyA, keyB } = world.hidden.lives;
  const ofA = new Int32Array(world.n);
  const ofB = new Int32Array(world.n);
  const worths = new Float64Array(world.n).fill(-1);
  return (w) => {
    if (worths[w]! < 0 || ofA[w] !== keyA[w] || ofB[w] !== keyB[w]) {
      worths[w] = myopic.best(w).worth;
      ofA[w] = keyA[w]!;
      ofB[w] = keyB[w]!;
    }
    return worths[w]!;
  };
}

/** One life in each world: mean reward, and (state, return) of every slate. */
function playLives(
  world: ShopWorld,
  truth: Truth,
  seed: number,
): { reward: number; features: Float64Array[]; returns: Float64Array } {
  const { hidden, n, action } = world;
  const shelf = shelfWorth(world);
  world.reset(seed);
  const features: Float64Array[] = [];
  const owner: number[] = [];
  const gained: number[] = [];
  const living = new Uint8Array(n).fill(1);
  const actions = new Int32Array(n * action.k).fill(-1);
  let total = 0;
  for (let alive = n; alive > 0; ) {
    const before = features.length;
    for (let w = 0; w < n; w++) {
      if (!living[w]) continue;
      actions.set(truth.best(w).slate, w * action.k);
      const { satisfaction, slate, visit } = hidden.lives;
      features.push(describe(satisfaction[w]!, slate[w]!, 1 - visit[w]! / hidden.options.visits, shelf(w)));
      owner.push(w);
    }
    const { rewards, terminated, truncated } = world.step(actions);
    for (let row = before; row < features.length; row++) gained.push(rewards[owner[row]!]!);
    for (let w = 0; w < n; w++) {
      if (!living[w]) continue;
      total += rewards[w]!;
      if (terminated[w] || truncated[w]) {
        living[w] = 0;
        alive--;
      }
    }
  }
  const returns = new Float64Array(features.length);
  const toGo = new Float64Array(n);
  for (let row = features.length - 1; row >= 0; row--) {
    toGo[owner[row]!]! += gained[row]!;
    returns[row] = toGo[owner[row]!]!;
  }
  return { reward: total / n, features, returns };
}

/** Ridge regression through the normal equations, by Gaussian elimination. */
function leastSquares(features: readonly Float64Array[], targets: Float64Array): Float64Array {
  const d = featureCount;
  const matrix = Array.from({ length: d }, (_, i) => {
    const row = new Float64Array(d + 1);
    row[i] = 1e-3 * features.length;
    return row;
  });
  for (let r = 0; r < features.length; r++) {
    const x = features[r]!;
    for (let i = 0; i < d; i++) {
      const row = matrix[i]!;
      for (let j = 0; j < d; j++) row[j]! += x[i]! * x[j]!;
      row[d]! += x[i]! * targets[r]!;
    }
  }
  for (let i = 0; i < d; i++) {
    for (let r = i + 1; r < d; r++) {
      const factor = matrix[r]![i]! / matrix[i]![i]!;
      for (let j = i; j <= d; j++) matrix[r]![j]! -= factor * matrix[i]![j]!;
    }
  }
  const solution = new Float64Array(d);
  for (let i = d - 1; i >= 0; i--) {
    let rest = matrix[i]![d]!;
    for (let j = i + 1; j < d; j++) rest -= matrix[i]![j]! * solution[j]!;
    solution[i] = rest / matrix[i]![i]!;
  }
  return solution;
}
