import { pairedTInterval, tInterval } from '../measure/index.ts';
import type { Report } from './report.ts';
import type { SimulatedAgent, Simulation } from './simulate.ts';

/**
 * What a report shows of a simulation: success rates with intervals over training seeds; for the first agent, the
 * learning curve and the convergence of its Q-values, as means over the seeds.
 */
export function simulationFigures(
  { agents }: Simulation,
  caption: string,
  slate: number,
): Pick<Report, 'success' | 'training' | 'convergence'> {
  const first = agents[0];
  return {
    success: {
      caption,
      simulated: true,
      rows: agents.map(({ agent, figures, runs }) => {
        const { low, high } = tInterval(successOf({ runs }));
        const value = figures.successRate;
        const behind =
          first && agent !== first.agent && runs.length > 1
            ? pairedTInterval(successOf(first), successOf({ runs }))
            : undefined;
        return {
          agent,
          value,
          low: Math.max(0, bounded(low, value)),
          high: Math.min(1, bounded(high, value)),
          ...(behind && { behind: { mean: behind.mean, low: behind.low, high: behind.high } }),
        };
      }),
    },
    ...(first && learned(first, slate)),
  };
}

const successOf = ({ runs }: Pick<SimulatedAgent, 'runs'>): number[] =>
  runs.map((run) => run.figures.successRate);

/** One seed has no interval. */
const bounded = (bound: number, value: number): number => (Number.isFinite(bound) ? bound : value);

function learned({ agent, runs }: SimulatedAgent, slate: number): Pick<Report, 'training' | 'convergence'> {
  const points = runs[0]?.curve.map((_, epoch) => runs.map((run) => run.curve[epoch]!)) ?? [];
  if (points.length === 0) return {};
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const convergence = points.map((at) => ({
    step: at[0]!.steps,
    meanMaxQ: mean(at.map(({ report }) => report.meanMaxQ ?? Number.NaN)),
    tdError: mean(at.map(({ report }) => report.tdError ?? Number.NaN)),
  }));
  return {
    training: {
      agent,
      simulated: true,
      k: slate,
      epochs: points.map((at, epoch) => {
        const recall = mean(at.map(({ figures }) => figures.hitRate));
        // A shopper answers to one product of a slate at most: of what is wanted, the slate holds all or nothing.
        return {
          epoch: epoch + 1,
          precision: recall / slate,
          recall,
          reward: mean(at.map(({ figures }) => figures.reward)),
        };
      }),
    },
    ...(convergence.every(({ meanMaxQ }) => Number.isFinite(meanMaxQ)) && {
      convergence: { agent, simulated: true, points: convergence },
    }),
  };
}
