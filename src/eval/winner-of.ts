import type { Manifest } from '../registry/index.ts';
import type { Winner } from './report.ts';

/** What the version that serves reached. A lesson's own figures are of the few who came back: told are those of `trainedAnew`. */
export function winnerOf(
  { agent, taughtFrom }: Pick<Manifest, 'agent' | 'taughtFrom'>,
  anew: Pick<Manifest, 'version' | 'metrics'> | undefined,
): Winner {
  const value = anew?.metrics.validated === 0 ? undefined : anew?.metrics['ndcg@10'];
  const lesson = taughtFrom === undefined ? '' : `It was taught on from its version ${anew?.version}. `;
  const judged = !anew
    ? 'It was taught on from a version that can no longer be read: nothing says how good that was.'
    : value === undefined
      ? `${lesson}Nobody took two products, so nothing says how good it is.`
      : `${lesson}On validation data (each shopper's last action, held back from training) ${lesson ? 'that version' : 'it'} has NDCG@10 ${value.toFixed(4)}.`;
  return {
    agent,
    metric: 'NDCG@10',
    ...(value !== undefined && { value }),
    why: `${judged} In the table below every agent is fitted anew, without the last two actions of each shopper, and asked for the last one of every shopper who has three: the best there can be another agent.`,
  };
}
