export { type CatalogueState, catalogueState } from './catalogue-state.ts';
export { consentTo, offerOf } from './contacts.ts';
export { encodeState, observationOf } from './encode-state.ts';
export {
  type Encoder,
  type Encoding,
  encodingFitter,
  type LabelOf,
  type LaterFields,
  type Scale,
  scaled,
  type TrainingRow,
} from './encoding.ts';
export { type Evidence, evidence } from './evidence.ts';
export { type FoldContext, fold, foldAll, interestIn, isLate, isPassive, tokensKept } from './fold.ts';
export { type IdentityLinks, identityLinks } from './identity-links.ts';
export { embeddingsOf, embedShopper, type ItemEmbeddings, itemEmbeddings } from './item-embeddings.ts';
export { type ItemLabels, itemFeatures, itemLabels, textSize } from './item-features.ts';
export { itemGraph, linkedItems } from './item-graph.ts';
export { memoryStore } from './memory-store.ts';
export { type Profile, type ProfileLabels, profileFitter, profileOf } from './profile.ts';
export { type SegmentRule, segmentOf, segmentRules } from './segment.ts';
export { sharedAfter } from './shared-satisfaction.ts';
export { type ShopState, type ShopStateOptions, shopState } from './shop-state.ts';
export {
  type Contact,
  earliest,
  newShopper,
  type OpenSlate,
  priceBucket,
  type Segment,
  type Session,
  type ShopperState,
  type Token,
} from './shopper-state.ts';
export { type ShopperStates, type ShopperStatesOptions, shopperStates } from './shopper-states.ts';
export type { Store, Versioned } from './store.ts';
