import type { Route } from '../route.ts';
import { deleteCampaign, getCampaign, getCampaigns, putCampaign } from './campaigns.ts';
import { postEvents } from './events.ts';
import { getLive, getReady } from './health.ts';
import { getSimilar, getTrending, patchItems, putItems } from './items.ts';
import { getOffer, postOffers } from './offers.ts';
import { getPolicies } from './policies.ts';
import { getRecommendation, postRecommend } from './recommend.ts';
import { deleteShopper, getSampleShoppers, getShopper } from './shoppers.ts';

/** Every address of the API. */
export const routes: readonly Route[] = [
  postEvents,
  postRecommend,
  getRecommendation,
  postOffers,
  getOffer,
  putCampaign,
  deleteCampaign,
  getCampaigns,
  getCampaign,
  putItems,
  patchItems,
  getSimilar,
  getTrending,
  getSampleShoppers,
  getShopper,
  deleteShopper,
  getPolicies,
  getLive,
  getReady,
];
