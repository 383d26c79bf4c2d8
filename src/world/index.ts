export { acrobot } from './acrobot-v1.ts';
export { bestDecision } from './best-decision.ts';
export { shopperSpec, shopperWords } from './campaign-v1/index.ts';
export {
  actionName,
  campaignFeature,
  campaignMessages,
  smallCampaignModel,
  smallCampaignStates,
} from './campaign-v2/index.ts';
export { cartPole } from './cart-pole-v1.ts';
export { type CheckOptions, checkWorld, type MakeWorld } from './check-world.ts';
export type { Dynamics } from './control-world.ts';
export { type LoggedRows, loggedBandit, loggedBanditV1 } from './logged-bandit-v1.ts';
export { mountainCar } from './mountain-car-v0.ts';
export { counted, type FeatureWords, inDays, type OfferWords } from './offer-words.ts';
export { choiceCount, emptyActions, randomAction } from './random-actions.ts';
export * from './shop-v1/index.ts';
export { tabularWorld } from './tabular-world.ts';
export { type SingleWorld, vectorWorld } from './vector-world.ts';
export { forward, type Layer, type TaobaoNetworks, virtualTaobaoV0 } from './virtual-taobao-v0.ts';
export type {
  DecisionTruth,
  Outcome,
  Step,
  StepInfo,
  TabularModel,
  World,
  WorldDefinition,
  WorldDoc,
} from './world.ts';
export { worldNamed, worlds } from './worlds.ts';
