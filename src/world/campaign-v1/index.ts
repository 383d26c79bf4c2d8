export { campaignV1 } from './campaign-v1.ts';
export { shopperSpec } from './shoppers.ts';
export { shopperWords } from './words.ts';
