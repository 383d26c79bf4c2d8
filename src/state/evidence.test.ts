import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evidence } from './evidence.ts';

const day = 86_400_000;
const start = 20_000 * day;

describe('evidence counts', () => {
  test('within seven days, and forgets what is older', () => {
    const counted = evidence();
    for (let d = 0; d < 10; d++) counted.add('u', 3, start + d * day);
    expect(counted.interactions(3)).toBe(10);
    expect(counted.week(3, start + 9 * day)).toBe(7);
    expect(counted.week(3, start + 12 * day)).toBe(4);
    expect(counted.week(3, start + 30 * day)).toBe(0);
    counted.add('v', 4, start + 40 * day);
    expect(counted.week(3, start + 40 * day)).toBe(0);
    counted.add('late', 3, start + 39 * day);
    expect(counted.week(3, start + 40 * day)).toBe(1);
  });
  test('what is chosen most, counted along, is what counting all of it says, whenever it is asked and whatever comes late', () =>
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(400), fc.nat({ max: 12 * day }), fc.nat(9)), { maxLength: 600 }),
        (added) => {
          const counted = evidence();
          added.forEach(([item, time, asked], i) => {
            counted.add(`u${i}`, item % (1 + (time % 150)), start + time);
            if (asked > 0) return;
            for (const now of [start, start + time, start + 15 * day, start + 30 * day]) {
              const end = counted.weekEnd(now)!;
              const every = Array.from({ length: counted.size }, (_, n) => n)
                .filter((n) => counted.week(n, end) > 0)
                .sort((a, b) => counted.week(b, end) - counted.week(a, end) || a - b);
              expect(counted.trending(now)).toEqual(every.slice(0, 100));
            }
          });
        },
      ),
    ));
  test('what follows what, per shopper, both ways within one moment', () => {
    const counted = evidence();
    counted.add('u', 0, start);
    counted.add('v', 9, start + 1);
    counted.add('u', 1, start + 2);
    counted.add('u', 2, start + 2);
    expect([counted.after(0, 1), counted.after(1, 0)]).toEqual([1, 0]);
    expect([counted.after(1, 2), counted.after(2, 1)]).toEqual([1, 1]);
    expect(counted.after(9, 1)).toBe(0);
    expect(counted.neighbours(1)).toEqual(
      expect.arrayContaining([
        { item: 2, count: 2 },
        { item: 0, count: 1 },
      ]),
    );
  });
  test('no pair beyond a week apart, none of an item with itself', () => {
    const counted = evidence();
    counted.add('u', 0, start);
    counted.add('u', 0, start + 1);
    counted.add('u', 1, start + 9 * day);
    expect(counted.neighbours(0)).toEqual([]);
  });
  test('as many items as come', () => {
    const counted = evidence();
    counted.add('u', 50_000, start);
    expect(counted.interactions(50_000)).toBe(1);
    expect(counted.size).toBe(50_001);
  });
});
