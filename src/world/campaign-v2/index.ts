export { actionName, messages as campaignMessages } from './actions.ts';
export { campaignV2 } from './campaign-v2.ts';
export { feature as campaignFeature } from './shoppers.ts';
export { campaignSmallV2, smallCampaignModel, smallCampaignStates } from './small-campaign.ts';
