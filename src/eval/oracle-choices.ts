import { type Oracle, oracleTruth, type ShopWorld, trainOracle } from '../world/index.ts';
import type { Choose } from './judge-lives.ts';

/** The choices of shop-v1's oracle, which knows the hidden truth: a yardstick, never a contestant. */
export function oracleChoices(world: ShopWorld, oracle?: Oracle): Choose {
  const { model, options } = world.hidden;
  const truth = oracleTruth(world, oracle ?? trainOracle(model.parameters, options));
  return (living, _observations, _masks, actions) => {
    for (const w of living) actions.set(truth.best(w).slate, w * options.slate);
  };
}
