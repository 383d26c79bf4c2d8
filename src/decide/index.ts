export { type DecisionInput, decide } from './decide.ts';
export { decideForShopper, type ServedPolicy, type ShopperDecisionInput } from './decide-for-shopper.ts';
export { decisionEvent, decisionId, decisionOf } from './decision-event.ts';
export { drawSlate, type Slate, type Support, slatePropensities } from './draw-slate.ts';
export { type Exploration, type ExplorationSettings, explorationAt, explorationRate } from './exploration.ts';
export { type Recommendation, recommendationOf } from './recommendation.ts';
export { allowedItems } from './rules.ts';
