export { type ActionSpec, type Actions, actionSize } from './action.ts';
export {
  type Campaign,
  type ChannelRule,
  campaignSchema,
  isTimeZone,
  type OfferRule,
  readCampaign,
} from './campaign.ts';
export { type Catalogue, catalogue, isStocked } from './catalogue.ts';
export type { Clock } from './clock.ts';
export type { DecidedItem, Decision } from './decision.ts';
export { type ErrorCode, errors, type Problem, TendrilError } from './errors.ts';
export { type Event, type EventItem, type Json, shopperOf } from './event.ts';
export {
  channelKey,
  helpfulnessOf,
  linesOf,
  moneyOf,
  propertyNumber,
  propertyText,
  ratingOf,
  textOf,
} from './event-fields.ts';
export {
  acceptedEventTypes,
  deepest,
  depthOf,
  type EventReading,
  eventSchema,
  internalEventTypes,
  readEvent,
} from './event-schema.ts';
export {
  consentEventTypes,
  type EventTypeName,
  eventTypeAliases,
  eventTypeCode,
  eventTypes,
  lacksItem,
} from './event-type.ts';
export { contentHash, hash53 } from './hash.ts';
export { type HistoryPlace, historyPlace, readHistory, writeHistory } from './history.ts';
export { readIsoTime } from './iso-time.ts';
export type { Item } from './item.ts';
export type { ItemFeatures } from './item-features.ts';
export { type EdgeKind, edgeKinds, type ItemGraph } from './item-graph.ts';
export {
  type ObservationPart,
  type ObservationSpec,
  observationSpec,
  partAt,
  readObservation,
} from './observation.ts';
export { type OfferAction, type OfferDecision, offerActions } from './offer.ts';
export {
  type ArrayKind,
  type ArrayOfKind,
  asciiJson,
  asciiOf,
  kindOfArray,
  type Packed,
  type PackedArray,
  pack,
  putAscii,
  unpack,
} from './packed.ts';
export { type Progress, silent } from './progress.ts';
export {
  type Combination,
  combinations,
  itemSchema,
  itemsSchema,
  mostNumbers,
  type OfferRequest,
  offerSchema,
  type RecommendRequest,
  recommendSchema,
} from './request-schema.ts';
export { fail, ok, type Result } from './result.ts';
export { type Rng, rng, rngFrom } from './rng.ts';
export type { RolloutBatch } from './rollout-batch.ts';
export { explain, jsonSchemaOf } from './schema.ts';
export { type Sequences, sequencesOf } from './sequences.ts';
export { accepted, readSettings, type Setting, type SettingsOf, type SettingTable } from './settings.ts';
export {
  gapsPart,
  type ShopFeature,
  sessionActions,
  sessionFeature,
  shopFeatures,
  shopObservation,
} from './shop-observation.ts';
export { shuffle } from './shuffle.ts';
export { gapBucket, gapBuckets } from './time-gap.ts';
export type { TransitionBatch } from './transition.ts';
export { written } from './written.ts';
