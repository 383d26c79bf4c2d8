import { expect, test } from 'vitest';
import { acrobotV1 } from './acrobot-v1.ts';
import { cartPoleV1 } from './cart-pole-v1.ts';
import { mountainCarV0 } from './mountain-car-v0.ts';
import { worldSuite } from './world.suite.ts';

worldSuite(cartPoleV1);
worldSuite(acrobotV1, { steps: 600 });
worldSuite(mountainCarV0, { steps: 450 });

test('an action that is not there is named', () => {
  const world = mountainCarV0.create(2);
  world.reset(1);
  expect(() => world.step(Int32Array.of(2, 3))).toThrow(
    'mountain-car-v0: action 3 of world 1 is not one of 0 .. 2',
  );
  expect(() => world.step(Int32Array.of(2))).toThrow('1 actions were given where 2 are needed');
});
