import { eventTypes, observationSpec, type Rng, readSettings, rng, TendrilError } from '../../core/index.ts';
import type { Outcome, StepInfo, TabularModel, World, WorldDefinition } from '../world.ts';

/**
 * shop-small-v1: shop-v1's ideas in a shop so small that it is solved exactly. Three observed types of shoppers, three
 * observed levels of satisfaction, five products, slates of two: 9 states, 20 ordered slates. Choice is the same
 * multinomial logit (nothing 0, second slot at half weight); product 4 is clickbait: everybody clicks it, it sells
 * well, and it disappoints, so the slate that earns most at once is not the one that earns most.
 * Observation: the history parts of a shop's observation (one interaction, left empty: it says nothing here), then the
 * type and the level of satisfaction as numbers of a vocabulary, so that an observation is a state. Reward: .1 a click, 1 a purchase. Terminated when the shopper leaves, truncated after 200.
 */
const types = 3;
const levels = 3;
const products = 5;
const maxSteps = 200;

/** Utility of each product for each type; the clickbait last. */
const utility = [
  [0.6, -0.4, -1, -0.2, 1.2],
  [-0.8, 0.7, -0.2, -0.9, 1],
  [-0.6, -0.8, 0.5, 0.4, 1.4],
] as const;
/** Probability of a purchase after a click, and that a click pleases or disappoints (moves satisfaction a level). */
const sells = [0.35, 0.3, 0.4, 0.25, 0.5] as const;
const pleases = [0.5, 0.45, 0.6, 0.4, 0.02] as const;
const disappoints = [0.05, 0.05, 0.02, 0.1, 0.75] as const;
/** Probability that a slate without a click bores, and of leaving at each level. */
const bores = 0.12;
const leaves = [0.35, 0.12, 0.03] as const;
const rewardOfClick = 0.1;

interface SmallOutcome extends Outcome {
  readonly chosen: number;
  readonly bought: boolean;
}

/** Slate number a stands for the ordered pair of products. */
export const smallSlates: readonly (readonly [number, number])[] = Array.from({ length: products }, (_, a) =>
  Array.from({ length: products }, (_, b) => [a, b] as const).filter(([, b]) => b !== a),
).flat();

/** What can follow a slate (-1 for an empty slot) in a state; the world draws from this very list. */
function outcomesOf(state: number, slate: ArrayLike<number>): readonly SmallOutcome[] {
  const type = Math.floor(state / levels);
  const level = state % levels;
  const weights = [0, 1].map((slot) => {
    const item = slate[slot]!;
    const again = slot === 1 && item === slate[0];
    return item < 0 || again ? 0 : Math.exp(utility[type]![item]!) / (slot + 1);
  });
  const total = 1 + weights[0]! + weights[1]!;
  const found: SmallOutcome[] = [];
  const follow = (probability: number, chosen: number, bought: boolean, up: number, down: number): void => {
    const reward = (chosen >= 0 ? rewardOfClick : 0) + (bought ? 1 : 0);
    for (const [share, move] of [
      [up, 1],
      [down, -1],
      [1 - up - down, 0],
    ] as const) {
      const to = Math.min(levels - 1, Math.max(0, level + move));
      const next = type * levels + to;
      const p = probability * share;
      found.push({ probability: p * leaves[to]!, next, reward, terminated: true, chosen, bought });
      found.push({ probability: p * (1 - leaves[to]!), next, reward, terminated: false, chosen, bought });
    }
  };
  follow(1 / total, -1, false, 0, bores);
  weights.forEach((weight, slot) => {
    if (weight === 0) return;
    const item = slate[slot]!;
    const p = weight / total;
    follow(p * sells[item]!, slot, true, pleases[item]!, disappoints[item]!);
    follow(p * (1 - sells[item]!), slot, false, pleases[item]!, disappoints[item]!);
  });
  return found;
}

/** The whole truth, for dynamic programming; actions are numbers of `smallSlates`. */
export const smallShopModel: TabularModel = {
  states: types * levels,
  actions: smallSlates.length,
  start: Float64Array.from({ length: types * levels }, (_, state) => (state % levels === 1 ? 1 / types : 0)),
  maxSteps,
  outcomes: (state, action) => outcomesOf(state, smallSlates[action]!),
};

/** The observation of each state, 9 rows. */
export function smallShopObservations(): Float32Array {
  const { size } = spec;
  const rows = new Float32Array(types * levels * size);
  for (let state = 0; state < types * levels; state++) write(rows, state, state);
  return rows;
}

const spec = observationSpec([
  { name: 'history.items', kind: 'index', size: 1, n: products },
  { name: 'history.types', kind: 'index', size: 1, n: eventTypes.length },
  { name: 'type', kind: 'index', size: 1, n: types },
  { name: 'satisfaction', kind: 'index', size: 1, n: levels },
]);

function write(rows: Float32Array, row: number, state: number): void {
  rows[row * spec.size + 2] = Math.floor(state / levels) + 1;
  rows[row * spec.size + 3] = (state % levels) + 1;
}

export const shopSmallV1: WorldDefinition = {
  id: 'shop-small-v1',
  summary: 'a shop of five products solved exactly: what the best policy earns is known to the last digit',
  options: {},
  doc: {
    observation:
      'the parts of a history of one interaction, left empty; the type of shopper and the level of satisfaction, as numbers 1 to 3.',
    action: 'a slate of 2 of 5 products; -1 is an empty slot.',
    reward: '.1 for a click and 1 for a purchase.',
    dynamics:
      'Three types of shoppers click by a multinomial logit; products please or disappoint; three levels of satisfaction decide over leaving for good, which terminates. Cut off after 200 slates.',
    optimum: '5.757 by value iteration; the slates of largest immediate reward earn 1.708.',
  },
  model(given) {
    checkOptions(given);
    return smallShopModel;
  },
  create(n, given): World {
    checkOptions(given);
    const state = new Int32Array(n);
    const steps = new Int32Array(n);
    const observations = new Float32Array(n * spec.size);
    const finalObservations = new Float32Array(n * spec.size);
    const rewards = new Float32Array(n);
    const terminated = new Uint8Array(n);
    const truncated = new Uint8Array(n);
    let happened: StepInfo[] = [];
    let streams: Rng[] = [];
    const begin = (w: number): void => {
      state[w] = streams[w]!.int(types) * levels + 1;
      steps[w] = 0;
      write(observations, w, state[w]!);
    };
    return {
      id: 'shop-small-v1',
      observation: spec,
      action: { kind: 'slate', k: 2, n: products },
      n,
      reset(seed) {
        streams = Array.from({ length: n }, (_, w) => rng(seed).fork(w));
        for (let w = 0; w < n; w++) begin(w);
        return observations;
      },
      step(actions) {
        happened = [];
        for (let w = 0; w < n; w++) {
          const slate = actions.subarray(w * 2, w * 2 + 2);
          const outcomes = outcomesOf(state[w]!, slate);
          let luck = streams[w]!.float();
          const outcome =
            outcomes.find(({ probability }) => {
              luck -= probability;
              return luck < 0;
            }) ?? outcomes.at(-1)!;
          happened.push(eventsOf(outcome, slate));
          rewards[w] = outcome.reward;
          state[w] = outcome.next;
          steps[w]!++;
          terminated[w] = outcome.terminated ? 1 : 0;
          truncated[w] = !outcome.terminated && steps[w]! >= maxSteps ? 1 : 0;
          write(observations, w, state[w]!);
          if (!terminated[w] && !truncated[w]) continue;
          finalObservations.set(observations.subarray(w * spec.size, (w + 1) * spec.size), w * spec.size);
          begin(w);
        }
        return { observations, rewards, terminated, truncated, finalObservations };
      },
      info: () => happened,
    };
  },
};

function checkOptions(given: Readonly<Record<string, unknown>> | undefined): void {
  const read = readSettings({}, given);
  if (!read.ok) throw new TendrilError(read.error.code, `shop-small-v1: ${read.error.message}`);
}

function eventsOf({ chosen, bought, terminated }: SmallOutcome, slate: ArrayLike<number>): StepInfo {
  const item = chosen < 0 ? -1 : slate[chosen]!;
  const events: { item: number; type: string }[] = [];
  if (item >= 0) events.push({ item, type: 'click' });
  if (bought) events.push({ item, type: 'purchase' });
  if (terminated) events.push({ item: -1, type: 'leave' });
  return { chosen, events };
}
