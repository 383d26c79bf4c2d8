export {
  categoryDiversity,
  coverage,
  exposureOf,
  gini,
  longTail,
  novelty,
  personalisation,
  popularityLift,
  shareOf,
} from './exposure.ts';
export {
  bootstrapInterval,
  type Interval,
  pairedBootstrap,
  pairedTInterval,
  shareInterval,
  tInterval,
} from './interval.ts';
export { type FigureName, figures } from './measure.ts';
export { bestOf, rankOf } from './rank.ts';
export { type GainName, gainsOf, inversePropensities, listGains, meanOf } from './ranking.ts';
