import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  eventTypeCode,
  historyPlace,
  partAt,
  type ShopFeature,
  sequencesOf,
  shopFeatures,
  writeHistory,
} from '../core/index.ts';
import { catalogueState } from './catalogue-state.ts';
import { encodeState, observationOf } from './encode-state.ts';
import { type Encoder, encodingFitter, scaled } from './encoding.ts';
import { foldAll } from './fold.ts';
import { arbitraryHistory, day, event, shopContext } from './shop.suite.ts';
import { newShopper } from './shopper-state.ts';

const catalogue = catalogueState(['i0', 'i1', 'i2', 'i3', 'newer']);
function encoderOf(later = { votes: true, prices: true }): Encoder {
  const fitter = encodingFitter();
  fitter.add({ timestamp: 0, price: 0, helpfulness: 0.5 });
  fitter.add({ timestamp: 10 * day, price: 4, helpfulness: 1 });
  fitter.add({ timestamp: 5 * day, price: 2 });
  const encoding = fitter.encoding({ itemCount: 4, shopperCount: 2, historyLength: 3, later });
  return { encoding, catalogue, labelOf: (shopper) => (shopper === 'u' ? 2 : 0) };
}
const encoder = encoderOf();
const spec = observationOf(encoder.encoding);
function encode(state: Parameters<typeof encodeState>[0], now: number, by = encoder) {
  const out = new Float32Array(spec.size + 2).fill(-7);
  encodeState(state, now, by, out, 1);
  expect([out[0], out.at(-1)]).toEqual([-7, -7]);
  const row = out.subarray(1, 1 + spec.size);
  const feature = (name: ShopFeature) => row[partAt(spec, 'features')!.offset + shopFeatures.indexOf(name)]!;
  return { row, items: [...row.subarray(0, 3)], types: [...row.subarray(3, 6)], feature };
}

describe('encodeState', () => {
  test('history: interest in known items, newest last, padded on the left', () => {
    const state = foldAll(
      'u',
      [
        event('view', 1, { itemId: 'i3' }),
        event('dismiss', 2, { itemId: 'i2' }),
        event('search', 3),
        event('click', 4, { itemId: 'newer' }),
        event('purchase', 5, { itemId: 'i0' }),
      ],
      shopContext,
    );
    const { items, types } = encode(state, 6);
    expect(items).toEqual([0, 4, 1]);
    expect(types).toEqual([0, eventTypeCode('view') + 1, eventTypeCode('purchase') + 1]);
  });
  test('where they are asked for: pauses between what is shown, as a sequence of the same takings has them', () => {
    const encoding = { ...encoder.encoding, gaps: true };
    const shown = observationOf(encoding);
    const takings = [
      event('view', 1000, { itemId: 'i3' }),
      event('view', 4000, { itemId: 'i2' }),
      event('search', 5000),
      event('click', 6000, { itemId: 'newer' }),
      event('view', 9000, { itemId: 'i2' }),
      event('purchase', 3_609_000, { itemId: 'i0' }),
    ];
    for (let count = 0; count <= takings.length; count++) {
      const out = new Float32Array(shown.size + 2).fill(-7);
      const state = foldAll('u', takings.slice(0, count), shopContext);
      encodeState(state, 1e9, { ...encoder, encoding }, out, 1);
      const taken = takings.slice(0, count).filter(({ itemId }) => itemId && itemId !== 'newer');
      const wanted = new Float32Array(shown.size);
      const sequences = {
        ...sequencesOf([taken.map(({ itemId }) => catalogue.indexOf(itemId!)!)], 4),
        times: Float64Array.from(taken, ({ timestamp }) => timestamp),
      };
      writeHistory(historyPlace(shown)!, sequences, 0, taken.length, wanted, 0);
      expect(out.slice(spec.size + 1, shown.size + 1)).toEqual(wanted.slice(spec.size));
      expect(out.slice(1, 4)).toEqual(wanted.slice(0, 3));
      expect([out[0], out.at(-1)]).toEqual([-7, -7]);
    }
  });
  test('every number stays within what the observation promises', () => {
    fc.assert(
      fc.property(arbitraryHistory, fc.nat(50 * day), (events, later) => {
        const state = foldAll('u', events, shopContext);
        const { row } = encode(state, Math.max(0, state.asOf) + later);
        let offset = 0;
        for (const part of spec.parts) {
          for (const value of row.subarray(offset, offset + part.size)) {
            expect(value).toBeGreaterThanOrEqual(part.low ?? 0);
            expect(value).toBeLessThanOrEqual(part.high ?? part.n!);
          }
          offset += part.size;
        }
      }),
    );
  });
  test('the features of the source, in its units', () => {
    const review = event('review', 5 * day, {
      itemId: 'i1',
      eventValue: 4,
      properties: { text: 'good', helpful: [3, 4] },
    });
    const { feature } = encode(foldAll('u', [review], shopContext), 35 * day);
    expect(feature('shopper')).toBe(1);
    expect(feature('lastItem')).toBe(0.5);
    expect(feature('lastPrice')).toBe(0.25);
    expect(feature('lastRating')).toBe(0.75);
    expect(feature('lastSentiment')).toBeCloseTo(0.9, 6);
    expect(feature('lastHelpfulness')).toBe(0.5);
    expect(feature('lastTime')).toBe(0.5);
    expect(feature('recency')).toBeCloseTo(Math.exp(-1), 6);
    expect(feature('satisfaction')).toBe(0.75);
    const without = encode(
      foldAll('u', [review], shopContext),
      35 * day,
      encoderOf({ votes: false, prices: false }),
    );
    expect([without.feature('lastPrice'), without.feature('lastHelpfulness')]).toEqual([0.5, 0]);
  });
  test('a profile as parts of its own, unknown is 0; without labels the observation is as it was', () => {
    const fitter = encodingFitter();
    for (const profile of [
      { age: 20, gender: 'female', region: 'utah' },
      { age: 60, gender: 'male' },
    ])
      fitter.addProfile(profile);
    const encoding = fitter.encoding({ itemCount: 4, shopperCount: 2, historyLength: 3 });
    expect(encoding.profile).toEqual({ oldest: 60, genders: ['female', 'male'], regions: ['utah'] });
    const by = { ...encoder, encoding };
    const known = observationOf(encoding);
    const numbersOf = (shopper?: Record<string, string | number>) => {
      const events = [event('view', 1, { itemId: 'i3' })];
      if (shopper) events.unshift(event('shopper_changed', 0, { properties: { shopper } }));
      const row = new Float32Array(known.size);
      encodeState(foldAll('u', events, shopContext), 2, by, row);
      const { profile: _, ...rest } = encoding;
      const plain = new Float32Array(spec.size);
      encodeState(foldAll('u', events, shopContext), 2, { ...by, encoding: rest }, plain);
      expect(observationOf(rest)).toEqual(spec);
      expect(row.subarray(0, spec.size)).toEqual(plain);
      return ['shopper.age', 'shopper.gender', 'shopper.region'].map(
        (name) => row[partAt(known, name)!.offset],
      );
    };
    expect(numbersOf({ age: 44, gender: 'M', state: 'Utah' })).toEqual([44, 2, 1]);
    expect(numbersOf({ age: 90, gender: 'other', state: 'Ohio' })).toEqual([60, 0, 0]);
    expect(numbersOf()).toEqual([0, 0, 0]);
  });
  test('an unknown shopper is all "none"', () => {
    const { items, feature } = encode(newShopper('stranger'), 0);
    expect(items).toEqual([0, 0, 0]);
    expect(shopFeatures.map(feature).filter((value) => value !== 0 && value !== 0.5)).toEqual([]);
  });
});

test('min-max scaling cuts off what training rows never had', () => {
  expect([-1, 0, 1, 4, 9].map((value) => scaled({ min: 0, max: 4 }, value))).toEqual([0, 0, 0.25, 1, 1]);
  expect(scaled({ min: 3, max: 3 }, 3)).toBe(0.5);
});
test('the encoding is plain JSON', () => {
  expect(JSON.parse(JSON.stringify(encoder.encoding))).toEqual(encoder.encoding);
  const empty = encodingFitter().encoding({ itemCount: 0, shopperCount: 0 });
  expect(JSON.parse(JSON.stringify(empty))).toEqual(empty);
});
