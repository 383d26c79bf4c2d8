import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Sequences, sequencesOf } from '../core/index.ts';
import { leaveOneOut } from './leave-one-out.ts';
import { sessionSplit } from './session-split.ts';
import { sessionsOf } from './sessions-of.ts';
import { type Cases, validationOf } from './split.ts';
import { timeSplit } from './time-split.ts';

const listsOf = (s: Sequences): number[][] =>
  Array.from({ length: s.n }, (_, u) => [...s.items.slice(s.offsets[u], s.offsets[u + 1])]);
const casesOf = ({ sequences: s, rows, ends, targets }: Cases): [number[], number][] =>
  Array.from(rows, (u, c) => [[...s.items.slice(s.offsets[u], s.offsets[u]! + ends[c]!)], targets[c]!]);
const timed = (lists: number[][], times: number[][]): Sequences => ({
  ...sequencesOf(lists, 10),
  times: Float64Array.from(times.flat()),
});

describe('leave one out', () => {
  test('the last is the test, the last but one the validation, short histories train only', () => {
    const split = leaveOneOut(
      sequencesOf(
        [
          [1, 2, 3, 4],
          [5, 6],
          [7, 8, 9],
        ],
        10,
      ),
    );
    expect(listsOf(split.train)).toEqual([[1, 2], [5, 6], [7]]);
    expect(casesOf(split.validation)).toEqual([
      [[1, 2], 3],
      [[7], 8],
    ]);
    expect(casesOf(split.test)).toEqual([
      [[1, 2, 3], 4],
      [[7, 8], 9],
    ]);
  });

  test('validation as the agents take it', () => {
    const { inputs, targets, repeats } = validationOf(
      leaveOneOut(
        sequencesOf(
          [
            [1, 2, 3, 4],
            [7, 8, 9],
          ],
          10,
        ),
      ).validation,
      false,
    );
    expect(listsOf(inputs)).toEqual([[1, 2], [7]]);
    expect([[...targets], repeats]).toEqual([[3, 8], false]);
  });
});

describe('sessions', () => {
  test('every prefix of a test session is a case; all of the training sessions are learned in the end', () => {
    const train = sequencesOf(
      [
        [1, 2],
        [3, 4],
        [5, 6],
        [7, 8, 9],
      ],
      10,
    );
    const split = sessionSplit(train, sequencesOf([[1, 2, 3, 3]], 10), { heldBackShare: 0.25 });
    expect(listsOf(split.train)).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    expect(listsOf(split.heldBack!)).toEqual([[7, 8, 9]]);
    expect(casesOf(split.validation)).toEqual([
      [[7], 8],
      [[7, 8], 9],
    ]);
    expect(casesOf(split.test)).toEqual([
      [[1], 2],
      [[1, 2], 3],
      [[1, 2, 3], 3],
    ]);
    expect(split.repeats).toBe(true);
  });

  test('prefixes may have to be longer', () => {
    const split = sessionSplit(
      sequencesOf([[1, 2]], 10),
      sequencesOf(
        [
          [1, 2, 3],
          [4, 5],
        ],
        10,
      ),
      { minPrefix: 2 },
    );
    expect(casesOf(split.test)).toEqual([[[1, 2], 3]]);
  });

  test('histories are cut where the shopper was away for half an hour, single interactions are left out', () => {
    const minute = 60_000;
    const all = timed(
      [
        [1, 2, 3, 4, 5],
        [6, 7],
        [8, 9],
      ],
      [
        [0, 5, 100, 200, 205],
        [50, 60],
        [300, 310],
      ].map((list) => list.map((m) => m * minute)),
    );
    const { train, test } = sessionsOf(all, { testShare: 0.25 });
    expect(listsOf(train)).toEqual([
      [1, 2],
      [6, 7],
      [4, 5],
    ]);
    expect(listsOf(test)).toEqual([[8, 9]]);
    expect([...train.times!].map((t) => t / minute)).toEqual([0, 5, 50, 60, 200, 205]);
  });
});

describe('global time split', () => {
  test('cases see what lies strictly before their moment, training what lies before validation', () => {
    const split = timeSplit(timed([[1, 2, 3, 4], [5, 6, 7], [8]], [[1, 2, 5, 9], [1, 5, 5], [9]]), {
      validationFrom: 5,
      testFrom: 9,
    });
    expect(listsOf(split.train)).toEqual([[1, 2], [5], []]);
    // 6 and 7 happened at the same moment: neither sees the other.
    expect(casesOf(split.validation)).toEqual([
      [[1, 2], 3],
      [[5], 6],
      [[5], 7],
    ]);
    expect(casesOf(split.test)).toEqual([[[1, 2, 3], 4]]);
    expect(split.caption).toContain('(1 of shoppers without one');
  });

  test('nothing of the future leaks, whatever the data', () => {
    const interaction = fc.record({ u: fc.nat(4), item: fc.nat(9), time: fc.nat(20) });
    fc.assert(
      fc.property(fc.array(interaction, { minLength: 1, maxLength: 60 }), (rows) => {
        const lists: { item: number; time: number }[][] = [[], [], [], [], []];
        for (const row of rows.toSorted((a, b) => a.time - b.time)) lists[row.u]!.push(row);
        const data = timed(
          lists.map((list) => list.map(({ item }) => item)),
          lists.map((list) => list.map(({ time }) => time)),
        );
        const split = timeSplit(data, { validationFrom: 8, testFrom: 14, repeats: true });
        expect(split.train.times!.every((time) => time < 8)).toBe(true);
        for (const [cases, from, to] of [
          [split.validation, 8, 14],
          [split.test, 14, Infinity],
        ] as const) {
          const { rows: shoppers, ends, targets } = cases;
          let found = 0;
          shoppers.forEach((u, c) => {
            const list = lists[u]!;
            const later = list.slice(ends[c]!);
            expect(later.some(({ item, time }) => item === targets[c] && time >= from && time < to)).toBe(
              true,
            );
            const moment = later[0]!.time;
            expect(list.slice(0, ends[c]!).every(({ time }) => time < moment)).toBe(true);
            found++;
          });
          const judged = lists.flatMap((list) =>
            list.filter(({ time }) => time >= from && time < to && list[0]!.time < time),
          );
          expect(found).toBe(judged.length);
        }
      }),
    );
  });

  test('data without times and an empty validation period are refused', () => {
    expect(() => timeSplit(sequencesOf([[1, 2]], 10))).toThrow('needs the time of each interaction');
    expect(() => timeSplit(timed([[1]], [[1]]), { validationFrom: 3, testFrom: 3 })).toThrow(
      'validation must begin before',
    );
  });
});
