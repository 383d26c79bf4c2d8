import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { combinations } from '../core/index.ts';
import { sharedAfter } from '../state/index.ts';
import { combineMembers, placesOf, satisfactionWith, utilitiesOf } from './combine-members.ts';

const all = (n: number): Uint8Array => new Uint8Array(n).fill(1);
const orderOf = (scores: Float32Array): number[] =>
  [...scores.keys()].filter((i) => scores[i]! > -Infinity).sort((a, b) => scores[b]! - scores[a]!);
/** Two like opposite things; item 2 is second to both. */
const opposed = [
  [9, 0, 5, 1],
  [0, 9, 5, 1],
].map((scores) => utilitiesOf(scores, all(4)));

describe('places and utilities', () => {
  test('go by order alone, share ties, and leave out what is not allowed', () => {
    expect([...placesOf([5, 7, 5, 1], all(4))]).toEqual([2.5, 1, 2.5, 4]);
    expect([...placesOf([5, 7, 5, 1], Uint8Array.of(1, 0, 1, 1))]).toEqual([1.5, 0, 1.5, 3]);
    expect([...placesOf([Number.NaN, 2], all(3))]).toEqual([2.5, 1, 2.5]);
    expect(utilitiesOf([3, 2], all(2))[0]).toBe(1);
  });
  test('are the same on any scale a policy may have', () =>
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 30 }), (scores) => {
        const scaled = scores.map((score) => Math.exp(score / 9));
        expect(placesOf(scaled, all(scores.length))).toEqual(placesOf(scores, all(scores.length)));
      }),
    ));
});

describe('combined', () => {
  const combined = (how: (typeof combinations)[number], before = [0, 0]): number[] =>
    orderOf(combineMembers(how, { utilities: opposed, allowed: all(4), before }, 2));
  test('by average: most happiness in sum; by least misery: nobody gets what they dislike', () => {
    const three = [
      [9, 5, 1, 0],
      [9, 5, 1, 0],
      [0, 5, 1, 9],
    ].map((scores) => utilitiesOf(scores, all(4)));
    const given = { utilities: three, allowed: all(4), before: [0, 0, 0] };
    expect(orderOf(combineMembers('average', given, 2))[0]).toBe(0);
    expect(orderOf(combineMembers('least-misery', given, 2))[0]).toBe(1);
  });
  test('fair: what both like well; but first the favourite of who had less before', () => {
    expect(combined('fair')[0]).toBe(2);
    expect(combined('fair', [0, 3])[0]).toBe(0);
    expect(combined('fair', [3, 0])[0]).toBe(1);
  });
  test.each(combinations)(
    '%s of people who agree is what each of them wants, and forbids what is forbidden',
    (how) =>
      fc.assert(
        fc.property(fc.uniqueArray(fc.nat(1000), { minLength: 3, maxLength: 20 }), (scores) => {
          const allowed = Uint8Array.from(scores, (_, i) => Number(i !== 1));
          const utilities = [1, 2, 3].map(() => utilitiesOf(scores, allowed));
          const order = orderOf(combineMembers(how, { utilities, allowed, before: [0, 1, 2] }, 10));
          expect(order).toEqual(
            [...scores.keys()].filter((i) => i !== 1).sort((a, b) => scores[b]! - scores[a]!),
          );
          expect(satisfactionWith(order.slice(0, 2), utilities[0]!, allowed)).toBeCloseTo(1, 9);
        }),
        { numRuns: 50 },
      ),
  );
  test('fair over time: people of opposite tastes get the same in the long run, whoever began behind', () => {
    let before = [0, 2];
    const got = [0, 0];
    for (let t = 0; t < 40; t++) {
      const members = { utilities: opposed, allowed: all(4), before };
      const [slate] = orderOf(combineMembers('fair', members, 1));
      const satisfied = opposed.map((of) => satisfactionWith([slate!], of, all(4)));
      satisfied.forEach((s, m) => {
        got[m]! += s;
      });
      before = before.map((past, m) => sharedAfter(past, satisfied[m]!));
    }
    expect(before[0]! / before[1]!).toBeGreaterThan(0.9);
    expect(before[0]! / before[1]!).toBeLessThan(1.12);
    expect(got[0]).toBeGreaterThan(got[1]! - 2);
  });
});
