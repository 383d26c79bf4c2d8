import { afterEach, expect, test, vi } from 'vitest';
import { TendrilError } from '../core/index.ts';
import { reportError } from './output.ts';

afterEach(() => {
  vi.restoreAllMocks();
});
const told = (error: unknown) => {
  let text = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((piece) => {
    text += piece;
    return true;
  });
  return { exit: reportError(error), text };
};
const system = (code: string, message: string, path?: string) =>
  Object.assign(new Error(message), { code, path });

test.each<[string, unknown, number, string]>([
  ['a known error', new TendrilError('no-data', 'nothing there'), 1, 'nothing there'],
  ['a full disk', system('ENOSPC', 'ENOSPC: no space left on device, write'), 1, 'there is no room left for'],
  ['a full disk at a path', system('ENOSPC', 'ENOSPC', '/x/y'), 1, 'there is no room left for /x/y'],
  [
    'a path without rights',
    system('EACCES', "EACCES: permission denied, mkdir '/x'"),
    2,
    "mkdir '/x'; accepted:",
  ],
])('%s is one sentence and what more helps, without a stack', (_, error, exit, sentence) => {
  const { text, ...answer } = told(error);
  expect(answer).toEqual({ exit });
  expect(text).toContain(sentence);
  // Where the message says what would be accepted no second line repeats it.
  expect(text.split('\n')).toHaveLength(exit === 2 ? 2 : 3);
});

test('a fault of ours shows where it is', () => {
  expect(told(new TypeError('x is not a function'))).toMatchObject({
    exit: 1,
    text: expect.stringMatching(/\n\s+at .*output\.test/),
  });
});
