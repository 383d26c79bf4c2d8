import { expect, test } from 'vitest';
import { profileFitter, profileOf } from './profile.ts';
import { event } from './shop.suite.ts';

const of = (shopper: unknown) =>
  profileOf(event('shopper_changed', 1, { properties: { shopper: shopper as never } }));

test.each([
  [
    { age: 24, gender: 'M', occupation: 'technician', zip_code: '85711' },
    { age: 24, gender: 'male', region: '8' },
  ],
  [{ age: '45-54', income: '35-49K' }, { age: 49.5 }],
  [
    { Age: '65+', Sex: 'female', State: 'Texas' },
    { age: 65, gender: 'female', region: 'texas' },
  ],
  [
    { gender: 'Nonbinary', country: 'FR', postalCode: 'V3N4P' },
    { gender: 'nonbinary', region: 'v' },
  ],
  [{ age: 'old', gender: 'Unknown', region: ' ' }, {}],
  [{ age: 0, gender: 7, region: null }, { gender: '7' }],
  [{ age: 400, gender: 'constructor' }, { gender: 'constructor' }],
  ['a text', {}],
  [undefined, {}],
])('%j', (shopper, profile) => expect(of(shopper)).toEqual(profile));

test('labels are in order of the alphabet, whatever the order of arrival; none where nothing is known', () => {
  const fitter = profileFitter();
  expect(fitter.labels()).toBeUndefined();
  for (const profile of [
    { gender: 'male', region: 'b' },
    { age: 30 },
    {},
    { age: 20, gender: 'female', region: 'a' },
  ])
    fitter.add(profile);
  expect(fitter.labels()).toEqual({ oldest: 30, genders: ['female', 'male'], regions: ['a', 'b'] });
});
