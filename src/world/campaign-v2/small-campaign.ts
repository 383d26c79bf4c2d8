import { observationSpec, readSettings, TendrilError } from '../../core/index.ts';
import { tabularWorld } from '../tabular-world.ts';
import type { Outcome, TabularModel, World, WorldDefinition } from '../world.ts';

/**
 * campaign-small-v2: campaign-v2's ideas in a world so small that it is solved exactly. Sixteen half-weeks; a shopper who is
 * moved by discounts or not, tires, answers late, and may leave; three discounts in the budget. Everything is observed:
 *
 *   state = (half-week, kind of shopper, tired 0..3, answer on its way: none, to a message, to a discount, budget 0..3)
 *
 * In a half-week: who is written to may leave for good, which costs `lost`; else the message may put an answer on its way in place
 * of another; an answer on its way comes with chance `comes` and pays; then the shopper is a step more tired, or
 * without a message perhaps one less.
 */
const halfWeeks = 16;
const kinds = 2;
const tiredSteps = 4;
const answers = 3;
const budgets = 4;

/** Chance that a message or a discount brings an answer, and what that pays, for who is moved by discounts or not. */
const pulls = [
  [0.2, 0.25],
  [0.2, 0.5],
] as const;
const pays = [
  [3, 1],
  [3, 4],
] as const;
const comes = 0.5;
const recovers = 0.5;
/** By how tired the shopper is: what is left of a pull, and the chance of leaving when written to. */
const dulls = [1, 0.7, 0.45, 0.25] as const;
const leaves = [0.005, 0.02, 0.06, 0.15] as const;
const lost = 6;
const costOfSending = 0.01;

interface SmallState {
  readonly halfWeek: number;
  readonly kind: number;
  readonly tired: number;
  readonly answer: number;
  readonly budget: number;
}

const numberOf = ({ halfWeek, kind, tired, answer, budget }: SmallState): number =>
  (((halfWeek * kinds + kind) * tiredSteps + tired) * answers + answer) * budgets + budget;

function stateOf(number: number): SmallState {
  const digit = (size: number): number => {
    const value = number % size;
    number = Math.floor(number / size);
    return value;
  };
  const [budget, answer, tired, kind] = [digit(budgets), digit(answers), digit(tiredSteps), digit(kinds)];
  return { halfWeek: number, kind, tired, answer, budget };
}

/** Actions: 0 no contact, 1 a message, 2 a discount, which without budget is not sent. */
const actions = ['no contact', 'message', 'discount'] as const;
const mayDo = ({ budget }: SmallState, action: number): boolean => action < 2 || budget > 0;

function outcomesOf(state: SmallState, action: number): readonly Outcome[] {
  const { halfWeek, kind, tired, answer, budget } = state;
  const sent = mayDo(state, action) ? action : 0;
  const last = halfWeek === halfWeeks - 1;
  const found: Outcome[] = [];
  const follow = (probability: number, reward: number, left: boolean, next: Partial<SmallState>): void => {
    const to = {
      ...state,
      budget: budget - (sent === 2 ? 1 : 0),
      halfWeek: halfWeek + (last ? 0 : 1),
      ...next,
    };
    found.push({ probability, reward, terminated: last || left, next: numberOf(to) });
  };
  const leaving = sent > 0 ? leaves[tired]! : 0;
  const cost = sent > 0 ? costOfSending : 0;
  follow(leaving, -cost - lost, true, {});
  const pull = sent > 0 ? pulls[kind]![sent - 1]! * dulls[tired]! : 0;
  const after: readonly (readonly [number, number])[] =
    sent > 0
      ? [[1, Math.min(tiredSteps - 1, tired + 1)]]
      : [
          [recovers, Math.max(0, tired - 1)],
          [1 - recovers, tired],
        ];
  for (const [chance, waiting] of [
    [pull, sent],
    [1 - pull, answer],
  ] as const)
    for (const [share, tiredAfter] of after) {
      const p = (1 - leaving) * chance * share;
      const came = waiting > 0 ? comes : 0;
      if (waiting > 0)
        follow(p * came, pays[kind]![waiting - 1]! - cost, false, { tired: tiredAfter, answer: 0 });
      follow(p * (1 - came), -cost, false, { tired: tiredAfter, answer: waiting });
    }
  return found;
}

const states = halfWeeks * kinds * tiredSteps * answers * budgets;

/** The whole truth, for dynamic programming. */
export const smallCampaignModel: TabularModel = {
  states,
  actions: actions.length,
  start: Float64Array.from({ length: states }, (_, number) => {
    const { halfWeek, tired, answer, budget } = stateOf(number);
    return halfWeek + tired + answer === 0 && budget === budgets - 1 ? 1 / kinds : 0;
  }),
  maxSteps: halfWeeks,
  outcomes: (state, action) => outcomesOf(stateOf(state), action),
};

const spec = observationSpec([
  { name: 'halfWeeksLeft', kind: 'real', size: 1, low: 0, high: halfWeeks },
  { name: 'discountSensitive', kind: 'index', size: 1, n: 1 },
  { name: 'tired', kind: 'index', size: 1, n: tiredSteps - 1 },
  { name: 'answerOnItsWay', kind: 'index', size: 1, n: answers - 1 },
  { name: 'budgetLeft', kind: 'index', size: 1, n: budgets - 1 },
]);

function write(number: number, rows: Float32Array, row: number): void {
  const { halfWeek, kind, tired, answer, budget } = stateOf(number);
  rows.set([halfWeeks - halfWeek, kind, tired, answer, budget], row * spec.size);
}

function writeMask(number: number, masks: Uint8Array, row: number): void {
  const state = stateOf(number);
  for (let a = 0; a < actions.length; a++) masks[row * actions.length + a] = mayDo(state, a) ? 1 : 0;
}

/** Observation and mask of each state, in the order of their numbers. */
export function smallCampaignStates(): { readonly observations: Float32Array; readonly masks: Uint8Array } {
  const observations = new Float32Array(states * spec.size);
  const masks = new Uint8Array(states * actions.length);
  for (let state = 0; state < states; state++) {
    write(state, observations, state);
    writeMask(state, masks, state);
  }
  return { observations, masks };
}

function checkOptions(given: Readonly<Record<string, unknown>> | undefined): void {
  const read = readSettings({}, given);
  if (!read.ok) throw new TendrilError(read.error.code, `campaign-small-v2: ${read.error.message}`);
}

export const campaignSmallV2: WorldDefinition = {
  id: 'campaign-small-v2',
  summary:
    'campaign-v2 made so small that it is solved exactly: what the best policy earns is known to the last digit',
  options: {},
  doc: {
    observation:
      'half-weeks left, whether the shopper is moved by discounts, how tired (0 to 3), which answer is on its way (1 to a message, 2 to a discount), discounts left in the budget.',
    action: `a choice of 3, counted from 0: ${actions.map((name, i) => `${i} ${name}`).join(', ')}. A mask forbids a discount without budget.`,
    reward: `3 for an answer to a message; 4 for one to a discount, 1 where the shopper is not moved by discounts; ${costOfSending} for sending; minus ${lost} for a shopper who leaves.`,
    dynamics:
      'Sixteen half-weeks. A message puts an answer on its way, the less likely the more tired the shopper; it comes with chance .5 a half-week. Each message tires and risks that the shopper leaves, which terminates.',
    optimum: '5.027 by dynamic programming; the actions of largest immediate reward earn 3.330.',
  },
  model(given) {
    checkOptions(given);
    return smallCampaignModel;
  },
  create(n, given): World {
    checkOptions(given);
    const inner = tabularWorld('campaign-small-v2', smallCampaignModel, n);
    const observations = new Float32Array(n * spec.size);
    const finalObservations = new Float32Array(n * spec.size);
    const masks = new Uint8Array(n * actions.length);
    let now: Float32Array = new Float32Array(n);
    const show = (numbers: Float32Array): Float32Array => {
      now = numbers;
      for (let i = 0; i < n; i++) write(numbers[i]! - 1, observations, i);
      return observations;
    };
    return {
      ...inner,
      observation: spec,
      reset: (seed) => show(inner.reset(seed)),
      step(chosen) {
        const step = inner.step(chosen);
        show(step.observations);
        for (let i = 0; i < n; i++)
          if (step.terminated[i] || step.truncated[i])
            write(step.finalObservations[i]! - 1, finalObservations, i);
        return { ...step, observations, finalObservations };
      },
      masks() {
        for (let i = 0; i < n; i++) writeMask(now[i]! - 1, masks, i);
        return masks;
      },
    };
  },
};
