import { expect, test } from 'vitest';
import { TendrilError } from '../core/index.ts';
import { someManifest } from '../registry/registry.suite.ts';
import { namingSettings, settingsGoingOn, wantedGoingOn } from './resume-settings.ts';

test('what differs from the version is named with both values; any other error stays as it is', () => {
  const manifest = { ...someManifest('transformer'), version: 5, settings: { width: 64, inner: 64 } };
  const error = new TendrilError('bad-model', '"parameters" of the saved model has 102208 entries');
  expect(namingSettings(manifest, { width: '32', inner: '64' }, error)).toMatchObject({
    code: 'bad-setting',
    message:
      'transformer cannot go on: width is 64 in version 5, 32 here; accepted: the same, or without --resume',
  });
  expect(namingSettings(manifest, { width: '64', inner: '64' }, error)).toBe(error);
  // A version that was taught with settings, and a command that leaves them out.
  expect(namingSettings(manifest, {}, error)).toMatchObject({
    message:
      'transformer cannot go on: inner is 64 in version 5, 256 here; accepted: the same, or without --resume',
  });
  const other = new Error('out of memory');
  expect(namingSettings(manifest, { width: '32' }, other)).toBe(other);
});

test('a run goes on with what the version was taught with, but for what is given and what its agent has no more', () => {
  const settings = { width: 64, inner: 64, gone: 1 };
  const manifest = { ...someManifest('transformer'), version: 1, settings };
  expect(settingsGoingOn(manifest, { inner: '32' })).toEqual({ width: 64, inner: '32' });
  expect(settingsGoingOn(undefined, { inner: '32' })).toEqual({ inner: '32' });
});

test('a run goes on wanting what the version wanted', () => {
  const encoding = { reward: '1*click', discount: 0.9, historyLength: 20 };
  expect(wantedGoingOn({ ...someManifest('dqn'), version: 1, encoding })).toEqual({
    reward: '1*click',
    discount: 0.9,
  });
  expect(wantedGoingOn(undefined)).toEqual({});
});
