export { areaUnderCurve, calibrationError, type ReliabilityBin, reliability } from './calibration.ts';
export {
  categoryDiversity,
  coverage,
  exposureOf,
  filterBubble,
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
export {
  type AllowedActions,
  type BanditLog,
  type TargetPolicy,
  uniformTarget,
} from './off-policy/bandit-log.ts';
export { type CampaignLog, type FeatureColumn, rowsOf } from './off-policy/campaign-log.ts';
export { interactionIndependent } from './off-policy/interaction-independent.ts';
export {
  type JudgeSlatesSettings,
  judgeSlates,
  judgeWeighedSlates,
  type SlateEstimate,
  type SlateJudgement,
  type SlateWeights,
} from './off-policy/judge-slates.ts';
export {
  type Estimate,
  type JudgeSettings,
  judgeTarget,
  type TargetJudgement,
} from './off-policy/judge-target.ts';
export {
  fixedSlate,
  independentSlots,
  pseudoInverse,
  rankingWeight,
  type SlatePolicy,
  slateWeight,
  uniformRanking,
} from './off-policy/pseudo-inverse.ts';
export { rewardInteraction } from './off-policy/reward-interaction.ts';
export {
  type SlateLog,
  type SlateRows,
  type SlateTarget,
  uniformSlots,
} from './off-policy/slate-log.ts';
export type { Verdict } from './off-policy/verdict.ts';
export { visitsCaution } from './off-policy/visits-caution.ts';
export { bestOf, rankOf } from './rank.ts';
export { type GainName, gainsOf, inversePropensities, listGains, meanOf } from './ranking.ts';
