import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { captureOutput } from './captured-output.suite.ts';
import { main } from './main.ts';

const captured = captureOutput();
const data = mkdtempSync(join(tmpdir(), 'tendril-recommend-'));
const events = join(import.meta.dirname, '..', '..', 'examples', 'events.csv');
beforeAll(async () => {
  await main(['import', 'csv', events, '--data', data, '--json']);
  await main(['train', 'markov', '--data', data, '--json']);
});
afterAll(() => rmSync(data, { recursive: true, force: true }));
const ask = (...args: string[]) => main(['recommend', '--data', data, ...args]);

describe('tendril recommend --group', () => {
  test.each(['average', 'least-misery', 'fair'])(
    '%s: one list, with what each item is to each member',
    async (how) => {
      expect(
        await ask('--group', 'shopper-2,shopper-37,shopper-5', '--combine', how, '--limit', '3', '--json'),
      ).toBe(0);
      const rows = captured.out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(rows.map(({ position }) => position)).toEqual([1, 2, 3]);
      for (const { members, group, propensity, policy } of rows) {
        expect(members.map(({ userId }: { userId: string }) => userId)).toEqual([
          'shopper-2',
          'shopper-37',
          'shopper-5',
        ]);
        expect(
          members.every(
            ({ place, reasons }: { place: number; reasons: string[] }) => place >= 1 && reasons.length > 0,
          ),
        ).toBe(true);
        expect(group.combine).toBe(how);
        expect(propensity).toBeGreaterThan(0);
        expect(policy.id).toBe('markov');
      }
    },
  );
  test('as a table it has a column for each, and says how well each is served', async () => {
    expect(await ask('--group', 'shopper-2,shopper-37', '--limit', '2')).toBe(0);
    expect(captured.out).toMatch(/item +title +shopper-2 +shopper-37/);
    expect(captured.out).toMatch(
      /of the best list each could have: shopper-2 \d+ %, shopper-37 \d+ % \(fair\)/,
    );
  });
  test.each([
    [['--group', 'a'], '--group names 1 shopper; accepted: 2 to 20'],
    [['--group', 'a,b', '--user', 'c'], '--group and --user were both given'],
    [['--combine', 'fair'], '--combine is for several shoppers; accepted: with --group'],
    [['--group', 'a,b', '--combine', 'most'], 'Allowed choices are average, least-misery, fair'],
    [['--group', 'a,a'], 'names "a" twice'],
  ])('%j is refused', async (args, sentence) => {
    expect(await ask(...args)).toBe(2);
    expect(captured.err).toContain(sentence);
  });
});
