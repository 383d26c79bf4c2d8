export { type Drivers, type DriversOptions, driversOf } from './decision/drivers.ts';
export { type ExplainOptions, type Explanation, explainDecision } from './decision/explain-decision.ts';
export { explainOffer } from './decision/explain-offer.ts';
export { type Imitation, imitate, warningOf } from './decision/imitate.ts';
export { observedStates } from './decision/observed-states.ts';
export { countedIn, type SaidTree, sayTree, treeText } from './decision/tree-words.ts';
export { howLikely, inFigures, signed } from './decision/words-of-figures.ts';
export { type ReasonContext, reasonsFor } from './reasons.ts';
export { type SimilarItem, similarItems, type Trending, trendingItems } from './similar.ts';
