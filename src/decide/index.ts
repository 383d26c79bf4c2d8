export { type DecisionInput, decide } from './decide.ts';
export { drawSlate, type Slate, type Support, slatePropensities } from './draw-slate.ts';
export { defaultExploration, type Exploration, explorationRate } from './exploration.ts';
export { allowedItems } from './rules.ts';
