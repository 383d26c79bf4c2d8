export type {
  Agent,
  AgentContext,
  AgentDefinition,
  DecisionAgent,
  FitCheckpoint,
  FitOptions,
  LearnReport,
  OnnxModel,
  RolloutAgent,
  SequenceAgent,
  TransitionAgent,
  Validation,
} from './agent.ts';
export { actsOnly, agentNamed, agents, needsLog } from './agents.ts';
export { behaviourNames } from './behaviour-heads.ts';
export { blendOf } from './blend.ts';
export { logProbEpsilonGreedy, sampleEpsilonGreedy, topK } from './epsilon-greedy.ts';
export { withinBox } from './gaussian.ts';
export { type Growth, growModel } from './grow-model.ts';
export { likeliestChoice } from './likeliest.ts';
export { type Outcome, outcomesOf } from './outcomes.ts';
export { logProbPlackettLuce, samplePlackettLuce } from './plackett-luce.ts';
export type { Chances, Foreseen, Policy, Sample, Scores } from './policy.ts';
export { arrayOf, readModel, type SavedModel, writeModel } from './saved-model.ts';
