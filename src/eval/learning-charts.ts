import { axis, type Chart, font, frame, legend, line, mean, percent, round } from './chart-frame.ts';
import type { Report } from './report.ts';

/** (1) */
export function trainingChart({ training }: Report): Chart | undefined {
  if (!training) return undefined;
  const { agent, epochs, k } = training;
  return {
    name: 'training',
    title: `How ${agent} learned`,
    takeaway: learned(agent, epochs),
    explanation: `After each round of practice (epoch) the agent was tested on the same shoppers. Reward: what a shopper's clicks (.1 each) and purchases (1 each) added up to. Recall: the share of lists in which the shopper found something to click (one product is wanted at a time). Precision: of the ${k} products of a list, the share that was clicked.`,
    simulated: training.simulated,
    height: 340,
    numbers: {
      columns: ['epoch', `precision@${k}`, `recall@${k}`, 'cumulative reward'],
      rows: epochs.map((point) =>
        [point.epoch, point.precision, point.recall, point.reward].map((value) => `${round(value)}`),
      ),
    },
    option: (theme, narrow) =>
      frame(theme, narrow, {
        legend: legend(theme, narrow),
        xAxis: axis(theme, {
          type: 'category',
          data: epochs.map((point) => String(point.epoch)),
          name: 'epoch',
          nameLocation: 'middle',
          nameGap: 30,
        }),
        yAxis: [
          axis(theme, { type: 'value', name: narrow ? '' : 'precision, recall', min: 0 }),
          axis(theme, {
            type: 'value',
            name: narrow ? '' : 'reward',
            scale: true,
            splitLine: { show: false },
          }),
        ],
        series: [
          line(
            `precision@${k}`,
            theme.second,
            epochs.map((point) => round(point.precision)),
          ),
          line(
            `recall@${k}`,
            theme.neutral,
            epochs.map((point) => round(point.recall)),
          ),
          line(
            narrow ? 'reward' : 'cumulative reward',
            theme.accent,
            epochs.map((point) => round(point.reward)),
            1,
          ),
        ],
      }),
  };
}

function learned(agent: string, epochs: NonNullable<Report['training']>['epochs']): string {
  const rewards = epochs.map((point) => point.reward);
  const [first, last] = [rewards[0]!, rewards.at(-1)!];
  const third = Math.max(1, Math.floor(rewards.length / 3));
  const before = mean(rewards.slice(-2 * third, -third));
  const lately = mean(rewards.slice(-third));
  const course =
    rewards.length < 4 || lately > 1.05 * before
      ? 'It was still rising when practice ended: more practice may help.'
      : lately < 0.95 * before
        ? 'It fell again towards the end: more practice of this kind would not help.'
        : 'It had levelled out by the end.';
  return `The reward of ${agent} went from ${first.toFixed(2)} after the first epoch to ${last.toFixed(2)} after the last. ${course}`;
}

/** (3) */
export function convergenceChart({ convergence }: Report): Chart | undefined {
  if (!convergence) return undefined;
  const { agent, points } = convergence;
  return {
    name: 'convergence',
    title: `Does ${agent} settle?`,
    takeaway: settled(points),
    explanation:
      "The Q-value is the agent's own estimate of the reward still to come from a shopper, here the average over a fixed set of situations. The error is how far its estimates were off at each step of learning. Estimates that level out mean the learning has settled; a line that keeps climbing can mean that it fools itself.",
    simulated: convergence.simulated,
    height: 320,
    numbers: {
      columns: ['interactions', 'mean of the best Q-value', 'mean error (TD)'],
      rows: points.map((point) => [
        point.step.toLocaleString('en'),
        `${round(point.meanMaxQ)}`,
        `${round(point.tdError)}`,
      ]),
    },
    option: (theme, narrow) =>
      frame(theme, narrow, {
        legend: legend(theme, narrow),
        xAxis: axis(theme, {
          type: 'value',
          name: 'interactions',
          nameLocation: 'middle',
          nameGap: 30,
          splitNumber: narrow ? 3 : 5,
        }),
        yAxis: [
          axis(theme, { type: 'value', name: narrow ? '' : 'expected reward (Q)', scale: true }),
          axis(theme, {
            type: 'value',
            name: narrow ? '' : 'error',
            min: 0,
            splitLine: { show: false },
          }),
        ],
        series: [
          line(
            narrow ? 'Q-value' : 'mean of the best Q-value',
            theme.accent,
            points.map((p) => [p.step, round(p.meanMaxQ)]),
          ),
          line(
            narrow ? 'error' : 'mean error (TD)',
            theme.bad,
            points.map((p) => [p.step, round(p.tdError)]),
            1,
          ),
        ],
      }),
  };
}

function settled(points: NonNullable<Report['convergence']>['points']): string {
  const third = Math.max(1, Math.floor(points.length / 3));
  const of = (key: 'meanMaxQ' | 'tdError', from: number, to?: number): number =>
    mean(points.slice(from, to).map((point) => point[key]));
  const before = of('meanMaxQ', -2 * third, -third);
  const change = (of('meanMaxQ', -third) - before) / Math.abs(before || 1);
  const errors = [of('tdError', 0, third), of('tdError', -third)] as const;
  const estimate =
    Math.abs(change) < 0.05
      ? `In the last third of the practice the estimates moved by ${percent(Math.abs(change))}: they have settled.`
      : `In the last third of the practice the estimates still ${change > 0 ? 'rose' : 'fell'} by ${percent(Math.abs(change))}: they have not settled yet.`;
  return `${estimate} The error ${errors[1] < errors[0] ? 'shrank' : 'grew'} from ${round(errors[0])} in the first third to ${round(errors[1])}${errors[1] < errors[0] ? '.' : ', as it can while the estimates themselves grow.'}`;
}

/** (4) */
export function successChart({ success, winner }: Report): Chart | undefined {
  if (!success || success.rows.length === 0) return undefined;
  const rows = [...success.rows].sort((a, b) => a.value - b.value);
  return {
    name: 'success',
    title: 'Visits that end in a purchase',
    takeaway: compared(success.rows),
    explanation: `${success.caption} The thin line on each bar is the range in which the true value lies with 95 % confidence.`,
    simulated: success.simulated,
    height: 90 + 34 * rows.length,
    numbers: {
      columns: ['agent', 'visits with a purchase', 'at least', 'at most'],
      rows: rows
        .map(({ agent, value, low, high }) => [agent, percent(value), percent(low), percent(high)])
        .reverse(),
    },
    option: (theme, narrow) =>
      frame(theme, narrow, {
        grid: { left: narrow ? 84 : 150, right: narrow ? 20 : 60, top: 16, bottom: 48 },
        xAxis: axis(theme, {
          type: 'value',
          name: '% of visits',
          nameLocation: 'middle',
          nameGap: 28,
          min: 0,
        }),
        yAxis: axis(theme, {
          type: 'category',
          data: rows.map((row) => row.agent),
          splitLine: { show: false },
          axisLabel: { color: theme.ink, ...font },
        }),
        series: [
          {
            type: 'bar',
            barWidth: 18,
            data: rows.map((row) => ({
              value: round(100 * row.value),
              itemStyle: {
                color: [winner?.agent, success.rows[0]!.agent].includes(row.agent)
                  ? theme.accent
                  : theme.neutral,
              },
            })),
          },
          // Whiskers as a line for each bar, so that the drawing stays plain data.
          ...rows.map((row, place) => ({
            type: 'line',
            symbol: 'rect',
            symbolSize: [2, 10],
            silent: true,
            z: 3,
            lineStyle: { color: theme.ink, width: 1.5 },
            itemStyle: { color: theme.ink },
            data: [
              [round(100 * row.low), place],
              [round(100 * row.high), place],
            ],
          })),
        ],
      }),
  };
}

/** The first agent beside the best of the others. */
function compared([first, ...others]: NonNullable<Report['success']>['rows']): string {
  const best = others.reduce<(typeof others)[number] | undefined>(
    (a, b) => (a && a.value >= b.value ? a : b),
    undefined,
  );
  if (!first || !best) return '';
  const both = `With ${first.agent}, ${percent(first.value)} of the visits end in a purchase; with ${best.agent}, the best of the other methods, ${percent(best.value)}.`;
  const { behind } = best;
  if (!behind) return `${both} From one training run nothing more can be said.`;
  if (behind.low > 0) return `${both} ${first.agent} is better here, by more than chance explains.`;
  if (behind.high < 0) return `${both} ${first.agent} is worse here, by more than chance explains.`;
  return `${both} The difference is within what chance makes: this experiment does not tell the two apart.`;
}
