import { TendrilError, type TransitionBatch } from '../core/index.ts';

/** Of a log of single choices what a learner of policies needs; rewards less their mean, over their deviation. */
export interface LoggedRewards {
  readonly n: number;
  readonly mean: number;
  /** 1 where every reward is the same. */
  readonly deviation: number;
  readonly reward: Float64Array;
  /** Of the choice that was made; above 0. */
  readonly propensity: Float64Array;
}

/** Throws TendrilError `bad-setting` where the log does not say how likely its choices were. */
export function loggedRewards(agent: string, { n, rewards, logProbs }: TransitionBatch): LoggedRewards {
  if (!logProbs)
    throw new TendrilError('bad-setting', `${agent} needs the probability that each logged choice had`);
  let mean = 0;
  for (const reward of rewards) mean += reward / n;
  let square = 0;
  for (const reward of rewards) square += (reward - mean) ** 2 / n;
  const deviation = square > 0 ? Math.sqrt(square) : 1;
  return {
    n,
    mean,
    deviation,
    reward: Float64Array.from(rewards, (reward) => (reward - mean) / deviation),
    propensity: Float64Array.from(logProbs, Math.exp),
  };
}
