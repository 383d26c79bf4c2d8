import { describe, expect, test } from 'vitest';
import { catalogue, eventTypeCode } from '../core/index.ts';
import { evidence } from '../state/index.ts';
import { reasonsFor } from './reasons.ts';
import { similarItems } from './similar.ts';

const day = 86_400_000;
const start = 20_000 * day;

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

test('similar: what was chosen together, then the co-purchase graph, then the same kind; nothing sold out, nothing twice', () => {
  const counted = evidence();
  for (let i = 0; i < 3; i++) {
    counted.add(`s${i}`, 0, start + i);
    counted.add(`s${i}`, 1, start + i + 1);
  }
  const kind = { categories: ['Kitchen'] };
  const shop = catalogue([
    {
      itemId: 'pan',
      ...kind,
      related: { alsoBought: ['lid', 'unknown', 'gone'], boughtTogether: ['pot', 'spoon', 'pan'] },
    },
    { itemId: 'pot' },
    { itemId: 'gone', stock: 0 },
    { itemId: 'lid', ...kind },
    { itemId: 'spoon' },
    { itemId: 'whisk', ...kind },
  ]);
  const similar = (limit: number): (string | undefined)[][] =>
    similarItems(0, limit, shop, counted).map(({ itemId, reasons }) => [itemId, ...reasons]);
  expect(similar(9)).toEqual([
    ['pot', 'chosen together 3 times'],
    ['spoon', 'bought together elsewhere'],
    ['lid', 'also bought elsewhere'],
    ['whisk', 'of the same kind: kitchen'],
  ]);
  expect(similar(2).length).toBe(2);
});
