import { expect, test } from 'vitest';
import { shopSmallV1, smallShopModel, smallSlates } from '../world/index.ts';
import { optimalValue, policyValue } from './exact-value.ts';
import { smallShopGreedy, smallShopOptimum } from './small-shop-value.ts';

test('outcomes are a distribution in every state, and the best policy looks ahead', () => {
  for (let state = 0; state < smallShopModel.states; state++) {
    for (let a = 0; a < smallShopModel.actions; a++) {
      const sum = smallShopModel.outcomes(state, a).reduce((s, o) => s + o.probability, 0);
      expect(sum).toBeCloseTo(1, 12);
    }
  }
  expect(smallShopOptimum()).toBe(optimalValue(smallShopModel));
  expect(smallShopGreedy()).toBeLessThan(0.8 * smallShopOptimum());
});

test('the world is what the model says: mean returns agree with dynamic programming', () => {
  const n = 500;
  const world = shopSmallV1.create(n);
  const choice = smallSlates.findIndex(([a, b]) => a === 0 && b === 1);
  const exact = policyValue(smallShopModel, new Int32Array(smallShopModel.states).fill(choice));
  world.reset(4);
  const actions = Int32Array.from({ length: 2 * n }, (_, i) => i % 2);
  let episodes = 0;
  let reward = 0;
  for (let s = 0; s < 400; s++) {
    const step = world.step(actions);
    for (let w = 0; w < n; w++) {
      reward += step.rewards[w]!;
      episodes += step.terminated[w]! + step.truncated[w]!;
    }
  }
  expect(Math.abs(reward / episodes - exact) / exact).toBeLessThan(0.03);
});
