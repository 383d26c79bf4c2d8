export { adjust, type Tried } from './adjust.ts';
export {
  type BehaviourCases,
  behaviourFigures,
  behaviourNote,
  curveOf,
  foreseen,
} from './behaviour-figures.ts';
export { catalogueOfLog } from './catalogue-of-log.ts';
export { cautionOf } from './caution-of.ts';
export type { Checkpoint } from './checkpoint.ts';
export {
  boundsOf,
  numbersOfWords,
  observationOf,
  observationsOfLog,
  vocabularyOf,
} from './decisions-of-log.ts';
export { fineTuneOnShop } from './fine-tune-on-shop.ts';
export { inventedSlates } from './invented-slates.ts';
export { bestPolicy, judgeSeed, meanReturn } from './judge-in-world.ts';
export { type ModelFile, openModel, packModel } from './model-file.ts';
export { sequenceObserver } from './observe-sequences.ts';
export { type RatingFactors, type Ratings, ratingFactors } from './rating-factors.ts';
export { type ReplayOptions, replaySequences } from './replay-sequences.ts';
export { type Moment, replayStates } from './replay-states.ts';
export { restoreInWorld } from './restore-in-world.ts';
export { type RestoredModel, restoreModel } from './restore-model.ts';
export { type RolloutOptions, type RolloutReport, rollout } from './rollout.ts';
export { interestTypes, type LogSequences, type LogSlice, sequencesOfLog } from './sequences-of-log.ts';
export { foldContextOf, readShop, type ShopData, type ShopDataOptions, shopperHash } from './shop-data.ts';
export { decidingFigure, type TrainBestOptions, type TrainBestResult, trainBest } from './train-best.ts';
export {
  type TrainedInWorld,
  type TrainInWorldOptions,
  trainInWorld,
} from './train-in-world.ts';
export {
  type LogEncoding,
  type LogReading,
  restoreOnLog,
  type TrainedOnLog,
  trainOnLog,
} from './train-on-log.ts';
export { type ShopEncoding, type TrainedModel, trainOnShop } from './train-on-shop.ts';
export type { TrainOnShopOptions } from './train-on-shop-options.ts';
export { type LogTransitions, type TransitionsOptions, transitionsOfLog } from './transitions-of-log.ts';
export { type ValidationFigures, validate } from './validate.ts';
