export { type ReasonContext, reasonsFor } from './reasons.ts';
export { type SimilarItem, similarItems, type Trending, trendingItems } from './similar.ts';
