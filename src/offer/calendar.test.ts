import { expect, test } from 'vitest';
import { formatsKept, isQuiet, localTime } from './calendar.ts';

const vienna = (iso: string) => localTime(Date.parse(iso), 'Europe/Vienna');
const night = { from: '21:00', to: '08:00' };
const small = { from: '02:00', to: '03:00' };

test('quiet hours go across midnight: the first minute is quiet, the last one no longer', () => {
  for (const [iso, quiet] of [
    ['2026-06-01T18:59:59Z', false],
    ['2026-06-01T19:00:00Z', true],
    ['2026-06-01T22:00:00Z', true],
    ['2026-06-02T05:59:59Z', true],
    ['2026-06-02T06:00:00Z', false],
  ] as const)
    expect([iso, isQuiet(vienna(iso), night)]).toEqual([iso, quiet]);
});

test('an hour that summer time leaves out is never quiet, and one it has twice is quiet twice', () => {
  // 29 March 2026: 02:00 becomes 03:00 at 01:00 UTC. 25 October: 03:00 becomes 02:00 at 01:00 UTC.
  const quietOn = (day: string): number[] =>
    Array.from({ length: 24 }, (_, hour) => hour).filter((hour) =>
      isQuiet(vienna(`${day}T${String(hour).padStart(2, '0')}:30:00Z`), small),
    );
  expect(quietOn('2026-03-29')).toEqual([]);
  expect(quietOn('2026-10-25')).toEqual([0, 1]);
  expect(quietOn('2026-06-01')).toEqual([0]);
});

test('the same moment has another hour and another weekday elsewhere', () => {
  const time = Date.parse('2026-06-01T23:30:00Z');
  expect(localTime(time, 'UTC')).toMatchObject({ minute: 23 * 60 + 30, weekday: 1 });
  expect(localTime(time, 'Europe/Vienna')).toMatchObject({ minute: 90, weekday: 2 });
  expect(localTime(time, 'Asia/Kolkata')).toMatchObject({ minute: 5 * 60, weekday: 2 });
});

test('however many zones are asked for, few are kept', () => {
  const zones = Intl.supportedValuesOf('timeZone');
  expect(zones.length).toBeGreaterThan(200);
  for (const zone of zones) localTime(0, zone);
  expect(formatsKept()).toBeLessThanOrEqual(64);
  expect(localTime(0, zones[0]!).timeZone).toBe(zones[0]);
});
