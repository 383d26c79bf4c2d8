export type { AboutChoice, ExplainOffer, OfferAnswer } from './answer.ts';
export { type CampaignStore, memoryCampaigns } from './campaign-store.ts';
export { type CampaignReport, type DeskParts, type OfferDesk, offerDesk } from './desk.ts';
export type { StoredPolicy } from './offer-policy.ts';
