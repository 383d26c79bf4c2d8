export { type Theme, themes } from './chart-frame.ts';
export { drawDrivers } from './drivers-picture.ts';
export {
  type EvaluateOptions,
  type Evaluation,
  evaluateSequences,
  type Lesson,
  type Teach,
  teachByReplay,
} from './evaluate-sequences.ts';
export { greedyChoices, optimalValue, policyValue } from './exact-value.ts';
export { drawExplanation } from './explanation-picture.ts';
export { type FullReportOptions, fullReport } from './full-report.ts';
export {
  type Choose,
  chosenBy,
  figuresOfLives,
  judgeLives,
  type Lives,
  type SimulatedFigures,
} from './judge-lives.ts';
export { leaveOneOut } from './leave-one-out.ts';
export { oracleChoices } from './oracle-choices.ts';
export { type Observe, type Ranked, rankCases } from './rank-cases.ts';
export { type Figures, rankingFigures } from './ranking-figures.ts';
export type { Report } from './report.ts';
export { reportCharts } from './report-charts.ts';
export { drawLists, labelled, listsAbout } from './report-lists.ts';
export { reportPage } from './report-page.ts';
export type { Drawn } from './report-sections.ts';
export { type SampleListsOptions, sampleLists } from './sample-lists.ts';
export { type ReviewText, sentimentFigures } from './sentiment-figures.ts';
export { sessionSplit } from './session-split.ts';
export { sessionsOf } from './sessions-of.ts';
export { type FitFrequentOptions, fitFrequent, type ShopFit } from './shop-fit.ts';
export {
  type Contestant,
  type SimulatedAgent,
  type SimulatedRun,
  type SimulateOptions,
  type Simulation,
  simulate,
} from './simulate.ts';
export { type SimulatedYearOptions, simulatedYear } from './simulated-year.ts';
export { smallShopGreedy, smallShopOptimum, smallShopValue } from './small-shop-value.ts';
export { type Cases, type Split, validationOf } from './split.ts';
export { timeSplit } from './time-split.ts';
export { drawTree } from './tree-picture.ts';
