import type { RolloutBatch } from '../core/index.ts';
import { runningStatistics } from './running-statistics.ts';
import { arrayOf, type SavedModel } from './saved-model.ts';

/**
 * Rewards over the running standard deviation of the discounted returns so far, within 10: values then are about 1 in
 * size whatever a world pays. The returns go on from batch to batch, and begin anew where an episode ends.
 */
export interface RewardScale {
  /** The batch's rewards, scaled; the array is new. */
  scaled(batch: RolloutBatch): Float32Array;
  state(): Readonly<Record<string, Float64Array>>;
  restore(model: SavedModel): void;
}

const farthest = 10;

export function rewardScale(): RewardScale {
  const statistics = runningStatistics(1);
  let running = new Float64Array(0);
  return {
    scaled({ steps, n, rewards, terminated, truncated, discount }) {
      if (running.length !== n) running = new Float64Array(n);
      const returns = new Float64Array(steps * n);
      for (let i = 0; i < returns.length; i++) {
        const w = i % n;
        returns[i] = discount * running[w]! + rewards[i]!;
        running[w] = terminated[i] || truncated[i] ? 0 : returns[i]!;
      }
      statistics.add(returns, returns.length);
      const over = 1 / Math.sqrt(statistics.variance(0) + 1e-8);
      return rewards.map((reward) => Math.min(farthest, Math.max(-farthest, reward * over)));
    },
    state: () => ({
      'rewards.running': running,
      'rewards.count': statistics.count,
      'rewards.means': statistics.means,
      'rewards.squares': statistics.squares,
    }),
    restore(model) {
      running = arrayOf(model, 'rewards.running', 'f64');
      for (const name of ['count', 'means', 'squares'] as const)
        statistics[name].set(arrayOf(model, `rewards.${name}`, 'f64', 1));
    },
  };
}
