import type { Manifest } from '../registry/index.ts';
import type { Winner } from './report.ts';

/** What the version that serves reached, as far as it was judged: a lesson's figures are of the version before it. */
export function winnerOf({
  agent,
  metrics,
  taughtFrom,
}: Pick<Manifest, 'agent' | 'metrics' | 'taughtFrom'>): Winner {
  const value = metrics.validated === 0 ? undefined : metrics['ndcg@10'];
  const reached = `NDCG@10 ${value?.toFixed(4)}`;
  const judged =
    taughtFrom === undefined
      ? value === undefined
        ? 'Nobody took two products, so nothing says how good it is.'
        : `On validation data (each shopper's last action, held back from training) it has ${reached}.`
      : value === undefined
        ? `It was taught on from its version ${taughtFrom}; none of those who did something since had done something before, so that lesson tells no figure.`
        : `It was taught on from its version ${taughtFrom}, which has ${reached} on the newest actions of those who came back since.`;
  return {
    agent,
    metric: 'NDCG@10',
    ...(value !== undefined && { value }),
    why: `${judged} In the table below every agent is fitted anew, without the last two actions of each shopper, and asked for the last one of every shopper who has three: the best there can be another agent.`,
  };
}
