import { describe, expect, test } from 'vitest';
import type { Policy } from '../../agent/index.ts';
import { logProbEpsilonGreedy, topK } from '../../agent/index.ts';
import { readObservation, rng } from '../../core/index.ts';
import { type OfferWords, worldNamed } from '../../world/index.ts';
import { driversOf } from './drivers.ts';
import { explainDecision } from './explain-decision.ts';
import { observedStates } from './observed-states.ts';
import { spansOf } from './shapley.ts';

const world = worldNamed('campaign-v1');
const words = world.words as OfferWords;
const { observation, action } = world.create(1);
const choices = action.kind === 'choice' ? action.n : 0;
const at = Object.fromEntries(observation.parts.map(({ name }, i) => [name, i]));

/** Sends by e-mail what is sent: 15 % off to the discount-sensitive, the more so the more e-mails are answered. */
const logits = (row: Float32Array, choice: number): number =>
  choice === 2 ? 6 * row[at.discountSensitive!]! + 4 * row[at.emailOpens!]! - 5 : choice === 15 ? 0 : -8;
const evaluate: Policy['evaluate'] = async (rows, n) => ({
  n,
  choices,
  values: Float32Array.from({ length: n * choices }, (_, i) => {
    const row = Math.floor(i / choices) * observation.size;
    return logits(rows.subarray(row, row + observation.size), i % choices);
  }),
});
const softmax: Policy = {
  observation,
  action,
  evaluate,
  logProb({ values }, row, [choice], mask) {
    const open = [...values.subarray(row * choices, (row + 1) * choices)].map((x, i) =>
      !mask || mask[i] ? Math.exp(x) : 0,
    );
    return Float32Array.of(Math.log(open[choice!]! / open.reduce((a, b) => a + b, 0)));
  },
  greedy: (scores, row, mask) => topK(scores, row, 1, mask),
  sample: (scores, row, _rng, mask) => ({
    action: topK(scores, row, 1, mask),
    logProbs: new Float32Array(1),
    explored: new Uint8Array(1),
  }),
};
const greedy: Policy = {
  ...softmax,
  logProb: (scores, row, taken, mask) => logProbEpsilonGreedy(scores, row, taken, 0.1, mask),
};

const sample = {
  recency: 15,
  frequency: 3,
  monetaryValue: 200,
  engagementScore: 0.78,
  discountSensitive: 1,
  freeShippingPreferred: 0,
  emailOpens: 0.87,
  smsResponse: 0.12,
  pushResponse: 0.05,
  lastPurchaseDays: 8,
};
function shopper(change: Partial<typeof sample> = {}): Float32Array {
  const read = readObservation(observation, { ...sample, ...change });
  if (!read.ok) throw new Error(read.error.message);
  return Float32Array.from(read.value);
}
const { observations: background } = await observedStates(world.create(30), softmax, 1);
const explained = (more: Partial<Parameters<typeof explainDecision>[0]> = {}) =>
  explainDecision({ policy: softmax, observation: shopper(), background, words, rng: rng(1), ...more });

describe('a decision', () => {
  test('is explained by what moved it, in figures that add up and one sentence of facts', async () => {
    const { action: chosen, probability, sentence, measure, shapley, lime } = await explained();
    expect(chosen).toBe(2);
    expect(measure).toBe('log-odds');
    expect(shapley.base + shapley.sum).toBeCloseTo(shapley.value, 9);
    expect(1 / (1 + Math.exp(-shapley.value))).toBeCloseTo(probability, 5);
    const doing = shapley.features.filter(({ contribution }) => Math.abs(contribution) > 1e-9);
    expect(doing.map(({ feature }) => feature)).toEqual(['discountSensitive', 'emailOpens']);
    expect(sentence).toBe(
      '15 % off by e-mail: this shopper is marked as discount-sensitive, and answers e-mail (87 %) far more than SMS (12 %) and push messages (5 %).',
    );
    expect(lime!.fidelity).toBeGreaterThan(0.9);
  });
  test('another action is explained by what speaks against it', async () => {
    const { preferred, sentence, probability } = await explained({ action: 15 });
    expect(preferred.words).toBe('15 % off by e-mail');
    expect(probability).toBeLessThan(0.02);
    expect(sentence).toMatch(
      /^An e-mail without an offer: the policy prefers 15 % off by e-mail \(9\d %; this one .* %\), for which more speaks: this shopper is marked as discount-sensitive/,
    );
  });
  test('what is forbidden is not preferred', async () => {
    const mask = new Uint8Array(choices).fill(1);
    mask[2] = 0;
    expect((await explained({ mask })).action).toBe(15);
  });
  test('where the rules leave nothing else, the sentence says so instead of a reason', async () => {
    const mask = new Uint8Array(choices);
    mask[15] = 1;
    const { sentence, probability, forced } = await explained({ mask, rules: ['consent', 'stock'] });
    expect([probability, forced]).toEqual([1, true]);
    expect(sentence).toBe(
      'An e-mail without an offer: for this shopper the rules allow nothing else now (consent; stock).',
    );
  });
  test('explained is what it does, which may not be what it scores best, by the lead of what it acts by', async () => {
    const hopes = (values: Float32Array): Float32Array =>
      values.map((value, i) => value + (i % choices === 3 ? 20 : 0));
    const hopeful: Policy = {
      ...softmax,
      acting: ({ values }) => hopes(values),
      logProb: (scores, row, taken, mask) =>
        logProbEpsilonGreedy({ ...scores, values: hopes(scores.values) }, row, taken, 0, mask),
    };
    const found = await explained({ policy: hopeful });
    expect(found).toMatchObject({ action: 3, probability: 1, measure: 'lead', preferred: { action: 3 } });
    expect(found.otherwise).toMatchObject({ action: 2, probability: 0 });
    expect(found.shapley.value).toBeCloseTo(12 - (6 + 4 * 0.87 - 5), 5);
  });
  test('where nothing speaks for it, the sentence says how many others get the same', async () => {
    const constant: Policy = {
      ...softmax,
      evaluate: async (_, n) => ({
        n,
        choices,
        values: Float32Array.from({ length: n * choices }, (_x, i) => Number(i % choices === 12)),
      }),
    };
    const { sentence } = await explained({ policy: constant });
    expect(sentence).toBe(
      'Free shipping by e-mail: chosen by chance (14 %): nothing about this shopper speaks for it more than about others; 30 of 30 others would get the same.',
    );
  });
  test('where probabilities only tell the best, the lead of its score is explained', async () => {
    const { measure, shapley, probability } = await explained({ policy: greedy });
    expect(measure).toBe('lead');
    expect(probability).toBeCloseTo(0.9 + 0.1 / choices, 5);
    expect(shapley.value).toBeCloseTo(6 + 4 * 0.87 - 5, 5);
  });
  test('of two offers too, of which the other one always has what is left', async () => {
    const two = Uint8Array.from({ length: choices }, (_, c) => Number(c === 2 || c === 15));
    const step: Policy = {
      ...greedy,
      logProb: (scores, row, taken, mask) => logProbEpsilonGreedy(scores, row, taken, 0, mask),
    };
    const { measure, shapley, probability, lime } = await explained({
      policy: step,
      mask: two,
      neighbours: 1000,
    });
    expect([measure, probability]).toEqual(['lead', 1]);
    expect(shapley.value).toBeCloseTo(6 + 4 * 0.87 - 5, 5);
    expect(lime!.fidelity).toBeGreaterThan(0.9);
    expect((await explained({ policy: softmax, mask: two })).measure).toBe('log-odds');
    const alike = {
      ...step,
      evaluate: async (_: Float32Array, n: number) => ({ n, choices, values: new Float32Array(n * choices) }),
    };
    expect((await explained({ policy: alike, mask: two })).measure).toBe('log-odds');
    const { measure: ofAll } = await driversOf({
      policy: step,
      states: {
        n: 2,
        observations: background.slice(0, 2 * observation.size),
        masks: Uint8Array.of(...two, ...two),
      },
      background,
      words,
      rng: rng(1),
    });
    expect(ofAll).toBe('lead');
  });
  test.each([
    [{ smsResponse: 0.87, pushResponse: 0.87 }, 'answers all three channels alike (87 %)'],
    [{ smsResponse: 0.8672 }, 'answers e-mail (87 %) and SMS (87 %) more than push messages (5 %)'],
    [{ smsResponse: 0.6 }, 'answers e-mail (87 %) more than SMS (60 %) and push messages (5 %)'],
    [{ smsResponse: 0.84 }, 'answers e-mail (87 %) slightly more than SMS (84 %) and push messages (5 %)'],
    [{ discountSensitive: 0 }, 'is marked neither as discount-sensitive nor as preferring free shipping'],
  ])('%j is said as it is', async (change, clause) => {
    expect((await explained({ observation: shopper(change) })).sentence).toContain(clause);
  });
});

test('the global view tells what the rules left no choice of from what was chosen', async () => {
  const only = Uint8Array.from({ length: choices }, (_, c) => Number(c === 15));
  const { actions } = await driversOf({
    policy: softmax,
    states: {
      n: 2,
      observations: Float32Array.of(...shopper(), ...shopper()),
      masks: Uint8Array.of(...new Uint8Array(choices).fill(1), ...only),
    },
    background,
    words,
    rng: rng(1),
  });
  expect(actions.map(({ action: chosen, shoppers, forced }) => [chosen, shoppers, forced])).toEqual([
    [2, 1, 0],
    [15, 1, 1],
  ]);
  expect(Math.max(...actions[1]!.strength)).toBe(0);
});

test('the global view counts each offer and names what drives it', async () => {
  const states = await observedStates(world.create(40), softmax, 9);
  const { actions, overall, features } = await driversOf({
    policy: softmax,
    states,
    background,
    words,
    rng: rng(1),
  });
  expect(actions.reduce((sum, { shoppers }) => sum + shoppers, 0)).toBe(40);
  expect(actions.map(({ action: chosen }) => chosen).sort((a, b) => a - b)).toEqual([2, 15]);
  const strongest = features[overall.indexOf(Math.max(...overall))]!;
  expect(strongest).toEqual({ feature: 'discountSensitive', label: 'discount-sensitive' });
});

test.each(['campaign-v1', 'campaign-v2'])('%s has words for every feature and action it has', (id) => {
  const definition = worldNamed(id);
  const { observation: spec, action: offered } = definition.create(1);
  expect(Object.keys(definition.words!.features).sort()).toEqual(spec.parts.map(({ name }) => name).sort());
  const row = definition.create(1).reset(1);
  const spans = spansOf(spec);
  const shopperOf = Object.fromEntries(spec.parts.map(({ name }, i) => [name, row.subarray(...spans[i]!)]));
  for (const { name } of spec.parts) {
    expect(definition.words!.features[name]!.clause(shopperOf)).not.toMatch(/undefined|NaN/);
    expect(definition.words!.features[name]!.value(shopperOf[name]!)).not.toMatch(/undefined|NaN/);
  }
  const said = Array.from({ length: offered.kind === 'choice' ? offered.n : 0 }, (_, i) =>
    definition.words!.action(i),
  );
  expect(new Set(said).size).toBe(said.length);
});
