import type { Chart } from './chart-frame.ts';
import { convergenceChart, successChart, trainingChart } from './learning-charts.ts';
import type { Report } from './report.ts';
import { sentimentChart, trendChart } from './sentiment-charts.ts';

/** The pictures a report has data for, in the order they are shown; the sample lists are drawn by `drawLists`. */
export function reportCharts(report: Report): Chart[] {
  return [
    successChart(report),
    trainingChart(report),
    convergenceChart(report),
    sentimentChart(report),
    trendChart(report),
  ].filter((chart) => chart !== undefined);
}
