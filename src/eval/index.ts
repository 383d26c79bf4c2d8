export { greedyChoices, optimalValue, policyValue } from './exact-value.ts';
export type { Report } from './report.ts';
export { reportCharts, type Theme, themes } from './report-charts.ts';
export { drawLists } from './report-lists.ts';
export { type Drawn, drawn, reportPage } from './report-page.ts';
