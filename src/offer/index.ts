export type { AboutChoice, ExplainOffer, OfferAnswer } from './answer.ts';
export type { CampaignReport } from './campaign-report.ts';
export { type CampaignStore, memoryCampaigns } from './campaign-store.ts';
export { type CampaignOutcome, type DeskParts, type OfferDesk, offerDesk } from './desk.ts';
export type { StoredPolicy } from './offer-policy.ts';
export { featuresOf, offerSpec } from './shopper-features.ts';
export { sayAction, shownMoney } from './words.ts';
