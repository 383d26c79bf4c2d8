import type { Route } from '../route.ts';
import { postEvents } from './events.ts';
import { getLive, getReady } from './health.ts';
import { getSimilar, getTrending, patchItems, putItems } from './items.ts';
import { getPolicies } from './policies.ts';
import { getRecommendation, postRecommend } from './recommend.ts';
import { getSampleShoppers, getShopper } from './shoppers.ts';

/** Every address of the API. */
export const routes: readonly Route[] = [
  postEvents,
  postRecommend,
  getRecommendation,
  putItems,
  patchItems,
  getSimilar,
  getTrending,
  getSampleShoppers,
  getShopper,
  getPolicies,
  getLive,
  getReady,
];
