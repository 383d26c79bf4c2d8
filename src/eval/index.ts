export {
  type EvaluateOptions,
  type Evaluation,
  evaluateSequences,
  type Lesson,
  type Teach,
  teachByReplay,
} from './evaluate-sequences.ts';
export { greedyChoices, optimalValue, policyValue } from './exact-value.ts';
export { type FullReportOptions, fullReport } from './full-report.ts';
export {
  type Choose,
  figuresOfLives,
  greedily,
  judgeLives,
  type Lives,
  type SimulatedFigures,
} from './judge-lives.ts';
export { leaveOneOut } from './leave-one-out.ts';
export { oracleChoices } from './oracle-choices.ts';
export { type Observe, type Ranked, rankCases } from './rank-cases.ts';
export { type Figures, rankingFigures } from './ranking-figures.ts';
export type { Report } from './report.ts';
export { reportCharts, type Theme, themes } from './report-charts.ts';
export { drawLists } from './report-lists.ts';
export { type Drawn, drawn, reportPage } from './report-page.ts';
export { type AgentFigures, fairnessTable, resultTable } from './result-tables.ts';
export { type SampleListsOptions, sampleLists } from './sample-lists.ts';
export { type ReviewText, sentimentFigures } from './sentiment-figures.ts';
export { sessionSplit } from './session-split.ts';
export { sessionsOf } from './sessions-of.ts';
export { fitFrequent, type ShopFit } from './shop-fit.ts';
export {
  type Contestant,
  type SimulatedAgent,
  type SimulatedRun,
  type SimulateOptions,
  type Simulation,
  simulate,
} from './simulate.ts';
export { smallShopGreedy, smallShopOptimum, smallShopValue } from './small-shop-value.ts';
export { type Cases, type Split, validationOf } from './split.ts';
export { timeSplit } from './time-split.ts';
