export type { Agent, AgentDefinition, Policy, Sample, Scores } from './agent/index.ts';
export { agentNamed, agents } from './agent/index.ts';
export * from './core/index.ts';
export type { TrainedInWorld, TrainInWorldOptions } from './learn/index.ts';
export { trainInWorld } from './learn/index.ts';
export type { Log } from './log/index.ts';
export { memoryLog } from './log/index.ts';
export { type Sentiment, sentiment } from './math/index.ts';
export type {
  BanditLog,
  Estimate,
  JudgeSettings,
  JudgeSlatesSettings,
  SlateEstimate,
  SlateJudgement,
  SlateLog,
  SlatePolicy,
  SlateRows,
  SlateTarget,
  TargetJudgement,
  TargetPolicy,
} from './measure/index.ts';
export {
  fixedSlate,
  independentSlots,
  interactionIndependent,
  judgeSlates,
  judgeTarget,
  pseudoInverse,
  rewardInteraction,
  slateWeight,
  uniformRanking,
  uniformTarget,
} from './measure/index.ts';
export type { CheckOptions, MakeWorld, SingleWorld, World, WorldDefinition } from './world/index.ts';
export { checkWorld, tabularWorld, vectorWorld, worldNamed, worlds } from './world/index.ts';
