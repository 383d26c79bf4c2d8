export { type Distance, type FitQuality, type FittedShop, fitShop } from './fit-shop.ts';
export { developmentShops, fixedShops } from './fixed-shops.ts';
export { type Oracle, oracleTruth, trainOracle } from './oracle.ts';
export type { ShopParameters } from './parameters.ts';
export { type ItemFacts, type ShopStatistics, shopStatistics } from './shop-statistics.ts';
export { shopSettings, shopV1 } from './shop-v1.ts';
export { type RewardWeights, type ShopOptions, type ShopWorld, shopWorld } from './shop-world.ts';
export { shopSmallV1, smallShopModel, smallShopObservations, smallSlates } from './small-shop.ts';
export { type Truth, truthOf } from './truth.ts';
