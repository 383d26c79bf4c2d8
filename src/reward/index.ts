export { type Attribution, attribution, decisionOf, type Outcome } from './attribution.ts';
export { type OutcomeFormula, type OutcomeName, outcomes, parseOutcomeReward } from './outcome-reward.ts';
export {
  defaultReward,
  parseReward,
  type RewardFormula,
  type RewardTerm,
  rewardOf,
  type SignalName,
  signals,
} from './reward.ts';
