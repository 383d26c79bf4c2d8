export { campaignV1 } from './campaign-v1.ts';
