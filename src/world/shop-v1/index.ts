export type { ShopParameters } from './parameters.ts';
export { shopSettings, shopV1 } from './shop-v1.ts';
export type { RewardWeights, ShopOptions, ShopWorld } from './shop-world.ts';
