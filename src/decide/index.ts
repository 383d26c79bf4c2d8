export { countPolicy } from './count-policy.ts';
export { type DecisionInput, decide } from './decide.ts';
export { decisionEvent, decisionOf } from './decision-event.ts';
export { drawSlate, type Slate, type Support, slatePropensities } from './draw-slate.ts';
export { defaultExploration, type Exploration, explorationRate } from './exploration.ts';
export { allowedItems } from './rules.ts';
