import { expect, test } from 'vitest';
import { worldSuite } from '../world.suite.ts';
import { actionName, messages } from './actions.ts';
import { interestedIn } from './answer.ts';
import { campaignV2 } from './campaign-v2.ts';
import { contactCost, freeShippingCost } from './parameters.ts';
import { feature } from './shoppers.ts';
import { campaignSmallV2, smallCampaignModel, smallCampaignStates } from './small-campaign.ts';

worldSuite(campaignV2);
worldSuite(campaignSmallV2);
worldSuite(campaignV2, { options: { fatigue: false, delay: 0, budget: 60, money: 'drawn' } });

const messageOf = (kind: string, channel: string, depth = 0): number =>
  messages.findIndex((m) => m?.kind === kind && m.channel === channel && m.depth === depth);

/** Plays n shoppers for eight weeks by a rule; what each earned and what happened. */
function play(
  n: number,
  options: Record<string, unknown>,
  rule: (seen: Float32Array, at: number, t: number) => number,
): { returns: Float64Array; last: Float32Array; counts: Record<string, number> } {
  const world = campaignV2.create(n, options);
  const { size } = world.observation;
  const returns = new Float64Array(n);
  const counts: Record<string, number> = { view: 0, purchase: 0, unsubscribe: 0 };
  let seen = world.reset(5);
  for (let t = 0; t < 112; t++) {
    const step = world.step(Int32Array.from({ length: n }, (_, i) => rule(seen, i * size, t)));
    for (let i = 0; i < n; i++) returns[i]! += step.rewards[i]!;
    for (const { events } of world.info!()) for (const { type } of events) counts[type]!++;
    seen = step.observations;
    expect(step.terminated.every((over) => over === (t === 111 ? 1 : 0))).toBe(true);
    if (t === 111) return { returns, last: step.finalObservations.slice(), counts };
  }
  throw new Error('unreachable');
}
const mean = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((a, b) => a + b, 0) / values.length;
const plain = messageOf('plain', 'email');

test('the actions are in their documented order', () => {
  expect(messages.length).toBe(19);
  expect(actionName(0)).toBe('no contact');
  expect(actionName(3)).toBe('20 % off by email');
  expect(actionName(18)).toBe('bundle by push');
});

test('what a visit brings on average is the mean of what is drawn', () => {
  const n = 5000;
  const weekly = (_: Float32Array, __: number, t: number): number => (t % 14 === 0 ? 3 : 0);
  const drawn = play(n, { money: 'drawn' }, weekly).returns;
  const expected = play(n, { money: 'expected' }, weekly).returns;
  const difference = drawn.map((x, i) => x - expected[i]!);
  const error = Math.sqrt(mean(difference.map((x) => x * x)) / n);
  expect(Math.abs(mean(difference))).toBeLessThan(3 * error);
  expect(error).toBeLessThan(0.4);
});

test('random numbers are the same whatever is done: shoppers who take no e-mail do the same', () => {
  const noEmail = (seen: Float32Array, at: number): boolean => seen[at + feature.consent] === 0;
  const kept: boolean[] = [];
  const sent = play(2000, {}, (seen, at, t) => {
    if (t === 0) kept.push(noEmail(seen, at));
    return plain;
  });
  const silent = play(2000, {}, () => 0);
  const alike = kept.map((is, i) => (is ? sent.returns[i] === silent.returns[i] : undefined));
  expect(alike.filter((x) => x !== undefined).length).toBeGreaterThan(50);
  expect(alike).not.toContain(false);
  expect(mean(sent.returns)).not.toBe(mean(silent.returns));
});

test('messages tire: often is worse than weekly with fatigue, better without; channels are withdrawn', () => {
  const every = (slots: number) => (_: Float32Array, __: number, t: number) => (t % slots === 0 ? plain : 0);
  const [often, weekly] = [play(4000, { cap: 4 }, every(4)), play(4000, {}, every(14))];
  expect(mean(weekly.returns)).toBeGreaterThan(mean(often.returns) + 1);
  expect(often.counts.unsubscribe).toBeGreaterThan(5 * weekly.counts.unsubscribe!);
  const fresh = { fatigue: false, cap: 4 };
  expect(mean(play(4000, fresh, every(4)).returns)).toBeGreaterThan(
    mean(play(4000, fresh, every(14)).returns) + 1,
  );
});

test('a budget is never exceeded, and what it cannot pay is not sent', () => {
  const offer = messageOf('free shipping', 'sms');
  const [n, budget] = [2000, 6.5];
  const world = campaignV2.create(n, { budget, cap: 14 });
  const { size } = world.observation;
  const spent = new Float64Array(n);
  let seen = world.reset(5);
  for (let t = 0; t < 111; t++) {
    const masks = world.masks!();
    const sent = Array.from({ length: n }, (_, i) => masks[i * messages.length + offer] === 1);
    const open = sent.map((now, i) => now || seen[i * size + feature.offer]! > 0);
    seen = world.step(new Int32Array(n).fill(offer)).observations;
    world.info!().forEach(({ events }, i) => {
      if (sent[i]) spent[i]! += contactCost[1];
      if (open[i] && events.some(({ type }) => type === 'purchase')) spent[i]! += freeShippingCost;
    });
  }
  expect(Math.max(...spent)).toBeLessThanOrEqual(budget + 1e-6);
  expect(Math.max(...spent)).toBeGreaterThan(freeShippingCost);
  spent.forEach((money, i) => {
    expect(seen[i * size + feature.budgetLeft]).toBeCloseTo(budget - money, 4);
  });
  const poor = play(500, { budget: 0 }, () => offer);
  expect(poor.returns).toEqual(play(500, { budget: 0 }, () => 0).returns);
});

test('masks: consent, quiet hours, cap, stock', () => {
  const n = 300;
  const world = campaignV2.create(n, { cap: 2, fatigue: false });
  const { size } = world.observation;
  let seen = world.reset(9);
  let inStock = 0;
  for (let t = 0; t < 40; t++) {
    const masks = world.masks!();
    for (let i = 0; i < n; i++) {
      const may = (kind: string, channel: string): boolean =>
        masks[i * messages.length + messageOf(kind, channel)] === 1;
      const [at, full] = [i * size, seen[i * size + feature.contactsLastWeek]! >= 2];
      const sunday = seen[at + feature.weekday] === 7;
      expect(may('plain', 'email')).toBe(!full && seen[at + feature.consent] === 1);
      expect(may('plain', 'sms')).toBe(
        !full && !sunday && seen[at + feature.slot] === 1 && seen[at + feature.consent + 1] === 1,
      );
      const stocked = seen[at + feature.bundleInStock] === 1;
      inStock += stocked ? 1 : 0;
      expect(may('bundle', 'push')).toBe(!full && !sunday && stocked && seen[at + feature.consent + 2] === 1);
    }
    seen = world.step(new Int32Array(n).fill(plain)).observations;
  }
  expect(inStock / (40 * n)).toBeGreaterThan(0.87);
  expect(inStock / (40 * n)).toBeLessThan(0.93);
});

test('an answer comes late: at once without delay, on average after the days asked for, to an offer within four weeks', () => {
  const n = 8000;
  /** Slots until the answers to one message sent to everybody. */
  const delays = (action: number, delay: number): number[] => {
    const world = campaignV2.create(n, { delay, stock: 1 });
    world.reset(3);
    const answers: number[] = [];
    for (let t = 0; t < 70; t++) {
      world.step(new Int32Array(n).fill(t === 0 ? action : 0));
      for (const { chosen } of world.info!()) if (chosen === 0) answers.push(t);
    }
    return answers;
  };
  // Who came of their own just then answers in the next slot.
  expect(Math.max(...delays(plain, 0))).toBeLessThan(3);
  const late = delays(plain, 2);
  expect(late.length).toBeGreaterThan(400);
  expect(mean(late) / 2).toBeGreaterThan(1.6);
  expect(mean(late) / 2).toBeLessThan(2.4);
  const offer = delays(messageOf('free shipping', 'email'), 2);
  expect(Math.max(...offer)).toBeLessThan(56);
  expect(mean(offer) / 2).toBeGreaterThan(9);
  expect(offer.length / late.length).toBeGreaterThan(0.8);
});

test('the small campaign: chances of what follows sum to 1, shown states differ, a discount needs budget', () => {
  const { states, actions, outcomes } = smallCampaignModel;
  for (let state = 0; state < states; state++)
    for (let action = 0; action < actions; action++)
      expect(outcomes(state, action).reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(
        1,
        12,
      );
  const { observations, masks } = smallCampaignStates();
  const rows = Array.from({ length: states }, (_, s) => observations.slice(5 * s, 5 * s + 5).join(' '));
  expect(new Set(rows).size).toBe(states);
  expect(rows.every((row, s) => (masks[3 * s + 2] === 1) === !row.endsWith(' 0'))).toBe(true);
});

test('a shopper is interested in an offer with a probability, however strongly it pulls', () => {
  for (const pulled of [0, 0.1, 0.5, 0.9]) {
    expect(interestedIn(pulled)).toBeGreaterThanOrEqual(pulled);
    expect(interestedIn(pulled)).toBeLessThanOrEqual(1);
  }
});
