import { describe, expect, test } from 'vitest';
import { type ActionSpec, type Event, partAt, rng, shopFeatures } from '../core/index.ts';
import { memoryLog } from '../log/index.ts';
import { parseReward } from '../reward/index.ts';
import { observationOf } from '../state/index.ts';
import { readShop } from './shop-data.ts';
import { type TransitionsOptions, transitionsOfLog } from './transitions-of-log.ts';

let running = 0;
const event = (eventType: string, timestamp: number, itemId?: string, more: Partial<Event> = {}): Event => ({
  eventId: `e${running++}`,
  eventType,
  timestamp,
  userId: 'u',
  ...(itemId !== undefined && { itemId }),
  ...more,
});
const review = (timestamp: number, itemId: string, text: string, stars: number): Event =>
  event('review', timestamp, itemId, { eventValue: stars, properties: { text, helpful: [stars, 5] } });
const decision = (id: string, timestamp: number, items: readonly (readonly [string, number])[]): Event =>
  event('decision', timestamp, undefined, {
    recommendationId: id,
    properties: {
      decision: {
        recommendationId: id,
        shopper: 'u',
        timestamp,
        placement: 'home',
        policy: { id: 'p', version: '1' },
        stateVersion: 0,
        items: items.map(([itemId, propensity], i) => ({
          itemId,
          position: i + 1,
          score: 0,
          propensity,
          explored: false,
          reasons: [],
        })),
      },
    },
  });

async function steps(
  events: readonly Event[],
  formula = '1*purchase + 0.1*click + 0.5*satisfaction + 0.5*sentiment',
  more: Partial<TransitionsOptions> = {},
) {
  const log = memoryLog();
  await log.append(events);
  const { encoder, context, catalogue } = await readShop(log, { historyLength: 4 });
  const reward = parseReward(formula);
  if (!reward.ok) throw new Error(reward.error.message);
  const action: ActionSpec = { kind: 'slate', k: 2, n: catalogue.size };
  const made = await transitionsOfLog(log, {
    encoder,
    context,
    action,
    reward: reward.value,
    discount: 0.9,
    rng: rng(1),
    negatives: 0,
    ...more,
  });
  const spec = observationOf(encoder.encoding);
  const row = (part: Float32Array, i: number) => part.subarray(i * spec.size, (i + 1) * spec.size);
  const history = (part: Float32Array, i: number) =>
    [...row(part, i).subarray(0, 4)]
      .filter((item) => item > 0)
      .map((item) => catalogue.items[item - 1]!.itemId);
  const feature = (part: Float32Array, i: number, name: (typeof shopFeatures)[number]) =>
    row(part, i)[partAt(spec, 'features')!.offset + shopFeatures.indexOf(name)]!;
  return { ...made, history, feature, row, itemOf: (n: number) => catalogue.items[n]?.itemId };
}

describe('what shoppers took', () => {
  test('state, item, reward, next state', async () => {
    const { taken, history, itemOf } = await steps([
      event('click', 1, 'a'),
      event('purchase', 2, 'a'),
      event('click', 3, 'b'),
    ]);
    expect(taken.n).toBe(3);
    expect([0, 1, 2].map((i) => history(taken.observations, i))).toEqual([[], ['a'], ['a', 'a']]);
    expect([0, 1].map((i) => history(taken.nextObservations, i))).toEqual([['a'], ['a', 'a']]);
    expect([...taken.actions].map(itemOf)).toEqual(['a', undefined, 'a', undefined, 'b', undefined]);
    expect([...taken.rewards].map((r) => Math.fround(r))).toEqual([0.1, 1, 0.1].map(Math.fround));
    expect([...taken.truncated, ...taken.terminated]).toEqual([0, 0, 1, 0, 0, 0]);
    expect([...taken.discounts]).toEqual([0.9, 0.9, 0.9].map(Math.fround));
  });
  test('leaving ends the episode', async () => {
    const { taken } = await steps([event('click', 1, 'a'), event('leave', 2), event('click', 3, 'b')]);
    expect([...taken.terminated]).toEqual([1, 0]);
    expect(taken.discounts[0]).toBe(0);
  });
  test('what is written later is reward of the step it is about, and no step of its own', async () => {
    const day = 86_400_000;
    const { taken } = await steps([
      event('purchase', 1, 'a'),
      event('click', 2, 'b'),
      review(5 * day, 'a', 'wonderful, I love it', 5),
      review(50 * day, 'b', 'terrible', 1),
    ]);
    expect(taken.n).toBe(2);
    expect(taken.rewards[0]).toBeGreaterThan(1.5);
    expect(taken.rewards[1]).toBeCloseTo(0.1, 6);
  });
  test('an order of two items is two steps from one state; items drawn beside them earn nothing', async () => {
    const events = [
      event('click', 1, 'c'),
      event('purchase', 2, undefined, { items: [{ itemId: 'a' }, { itemId: 'b' }] }),
    ];
    const { taken, history } = await steps(events);
    expect([1, 2].map((i) => history(taken.observations, i))).toEqual([['c'], ['c']]);
    expect([...taken.rewards.subarray(1)]).toEqual([0.5, 0.5]);
    const { taken: joined } = await steps(events, 'purchase', { negatives: 2 });
    expect(joined.n).toBe(9);
    expect([...joined.chosen!]).toEqual([0, -1, -1, 0, -1, -1, 0, -1, -1]);
    for (const i of [1, 2, 4, 5, 7, 8]) {
      expect(joined.rewards[i]).toBe(0);
      expect(joined.actions[i * 2]).not.toBe(joined.actions[(i - (i % 3)) * 2]);
    }
  });
  test('as slates: what was taken stands in any slot among other items, was chosen, and nobody refused anything', async () => {
    const ids = ['a', 'b', 'c', 'd'];
    const events = Array.from({ length: 24 }, (_, i) => event(i % 3 ? 'click' : 'purchase', i, ids[i % 4]!));
    const { taken, itemOf } = await steps(events, 'purchase', { negatives: 2, takings: 'slates' });
    expect(taken.n).toBe(24);
    const slates = Array.from({ length: 24 }, (_, i) => [...taken.actions.subarray(2 * i, 2 * i + 2)]);
    expect(slates.map((slate, i) => itemOf(slate[taken.chosen![i]!]!))).toEqual(events.map((e) => e.itemId));
    expect(slates.every(([one, other]) => one !== other && other! >= 0)).toBe(true);
    expect(new Set(taken.chosen)).toEqual(new Set([0, 1]));
    expect(new Set(slates.flat())).toEqual(new Set([0, 1, 2, 3]));
    expect([...taken.invented!]).toEqual(Array(24).fill(1));
    expect([...taken.rewards]).toEqual(events.map((e) => Number(e.eventType === 'purchase')));
    expect([...taken.truncated]).toEqual(events.map((_, i) => Number(i === 23)));
    const one = steps([event('click', 1, 'a')], 'purchase', { takings: 'slates' });
    await expect(one).rejects.toThrow('slates are invented of at most 1 different items');
  });
  // The shape of the Amazon files: the review is the interaction, its text written after the purchase.
  test('the text, stars and votes of a review never shape the state it is predicted from', async () => {
    const past = [review(1, 'a', 'good', 4), review(2, 'b', 'fine', 3)];
    const rows = await Promise.all(
      (
        [
          ['wonderful, I love it', 5],
          ['horrible, broken', 1],
        ] as const
      ).map(async ([text, stars]) => {
        const { taken, row, feature } = await steps([...past, review(3, 'c', text, stars)]);
        expect(taken.n).toBe(3);
        expect(feature(taken.observations, 2, 'lastRating')).toBe(0.5);
        return { state: [...row(taken.observations, 2)], reward: taken.rewards[2]! };
      }),
    );
    expect(rows[0]!.state).toEqual(rows[1]!.state);
    expect(rows[0]!.reward).toBeGreaterThan(rows[1]!.reward + 1);
  });
  test('rows out of time order give the same steps as rows in order', async () => {
    const rows = [review(1, 'a', 'good', 4), review(2, 'b', 'bad', 2), review(3, 'c', 'fine', 3)];
    const inOrder = await steps(rows);
    const out = await steps([rows[0]!, rows[2]!, rows[1]!]);
    const names = ({ taken, itemOf }: typeof inOrder) => [...taken.actions].map(itemOf);
    expect(names(out)).toEqual(names(inOrder));
    expect([...out.taken.rewards]).toEqual([...inOrder.taken.rewards]);
    expect([0, 1, 2].map((i) => out.history(out.taken.observations, i))).toEqual([[], ['a'], ['a', 'b']]);
  });
});

describe('what was decided', () => {
  test('the slate, its propensities, what it earned, and the state before the next slate', async () => {
    const { decided, history, itemOf } = await steps([
      event('item_changed', 0, undefined, { properties: { item: { itemId: 'a' } } }),
      event('click', 1, 'x'),
      decision('r', 2, [
        ['a', 0.5],
        ['b', 0.25],
      ]),
      event('click', 3, 'b', { recommendationId: 'r' }),
      event('purchase', 4, 'b'),
      decision('s', 5, [['a', 0.125]]),
    ]);
    expect(decided.n).toBe(2);
    expect([...decided.actions].map(itemOf)).toEqual(['a', 'b', 'a', undefined]);
    expect([...decided.logProbs!].map((p) => Math.exp(p))).toEqual(
      [0.5, 0.25, 0.125, 1].map((p) => expect.closeTo(p, 6)),
    );
    expect([...decided.chosen!]).toEqual([1, -1]);
    expect(decided.rewards[0]).toBeCloseTo(1.1, 6);
    expect(history(decided.observations, 0)).toEqual(['x']);
    expect(history(decided.nextObservations, 0)).toEqual(['x', 'b', 'b']);
    expect([...decided.truncated]).toEqual([0, 1]);
  });
});
