import { describe, expect, test } from 'vitest';
import { eventTypeCode } from '../core/index.ts';
import { evidence } from './evidence.ts';
import { reasonsFor } from './reasons.ts';

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

describe('reasons say what was counted', () => {
  const counted = evidence();
  for (let i = 0; i < 12; i++) {
    counted.add(`s${i}`, 0, start + i);
    counted.add(`s${i}`, 1, start + i + 1);
  }
  const context = {
    tokens: [{ item: 'bread', type: eventTypeCode('purchase'), category: 'BAKERY' }],
    evidence: counted,
    now: start + day,
    agent: 'markov',
    indexOf: (itemId: string) => ({ bread: 0, butter: 1, soap: 2 })[itemId],
    item: (index: number) =>
      [{ itemId: 'bread', title: 'Bread' }, { itemId: 'butter', title: 'Butter' }, { itemId: 'soap' }][index],
  };
  test('a follower, with how often, and this week', () => {
    expect(reasonsFor(1, false, context)).toEqual([
      'because you bought "Bread": chosen with or soon after it 12 times',
      'popular this week: chosen 12 times',
    ]);
  });
  test('bought before', () => expect(reasonsFor(0, false, context)[0]).toBe('you bought it before'));
  test('where nothing can be counted, the score is called a score', () => {
    expect(reasonsFor(2, false, context)).toEqual(['highest score of markov among what is left']);
  });
  test('chance is called chance', () => {
    expect(reasonsFor(2, true, context)).toEqual(['new here: shown to learn whether shoppers like it']);
  });
});
