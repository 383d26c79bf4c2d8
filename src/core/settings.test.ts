import { expect, test } from 'vitest';
import { readSettings } from './settings.ts';

const table = {
  learningRate: { type: 'number', default: 0.1, min: 0, max: 1, doc: 'step' },
  layers: { type: 'number', default: 2, integer: true, doc: 'layers' },
  double: { type: 'boolean', default: false, doc: 'double' },
  mode: { type: 'choice', default: 'a', choices: ['a', 'b'], doc: 'mode' },
  note: { type: 'text', default: '', doc: 'note' },
} as const;

test('fills defaults in and reads text as typed on a command line', () => {
  expect(readSettings(table, { learningRate: '0.5', double: 'true', mode: 'b' })).toEqual({
    ok: true,
    value: { learningRate: 0.5, layers: 2, double: true, mode: 'b', note: '' },
  });
});

test.each([
  [
    { speed: 1 },
    'unknown-setting',
    'unknown setting "speed"; there are: learningRate, layers, double, mode, note',
  ],
  [
    { constructor: 1 },
    'unknown-setting',
    'unknown setting "constructor"; there are: learningRate, layers, double, mode, note',
  ],
  [{ learningRate: 2 }, 'bad-setting', 'setting "learningRate" is 2; accepted: a number from 0 to 1'],
  [{ learningRate: '' }, 'bad-setting', 'setting "learningRate" is ""; accepted: a number from 0 to 1'],
  [{ layers: 1.5 }, 'bad-setting', 'setting "layers" is 1.5; accepted: a whole number'],
  [{ double: 'yes' }, 'bad-setting', 'setting "double" is "yes"; accepted: true or false'],
  [{ mode: 'c' }, 'bad-setting', 'setting "mode" is "c"; accepted: a | b'],
  [
    { learningRate: Number.NaN },
    'bad-setting',
    'setting "learningRate" is NaN; accepted: a number from 0 to 1',
  ],
])('says what is wrong with %j', (given, code, message) => {
  expect(readSettings(table, given)).toEqual({ ok: false, error: { code, message } });
});
