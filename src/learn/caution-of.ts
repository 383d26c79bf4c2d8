import type { Manifest } from '../registry/index.ts';

/** Of fewer held-back interactions a figure is hardly more than chance: .5 of 30 is .33 to .67 with 95 %. */
const fewest = 30;

/** One line where the figures of a model say nothing, or say that it knows nothing; undefined where they may be believed. */
export function cautionOf({
  agent,
  metrics,
  data,
}: Pick<Manifest, 'agent' | 'metrics' | 'data'>): string | undefined {
  const { items } = data;
  if (items <= 10 && metrics['hr@10'] !== undefined)
    return `${agent}: with ${items} product${items === 1 ? '' : 's'} every guess is among the first ten, so hr@10 and ndcg@10 say little`;
  if (metrics.validated === 0) return `${agent}: nobody took two products, so nothing says how good it is`;
  if (metrics.validated !== undefined && metrics.validated < fewest)
    return `${agent}: hr@10 and ndcg@10 are of ${metrics.validated} held-back interaction${metrics.validated === 1 ? '' : 's'}, which say little`;
  if (metrics['hr@10'] === 0)
    return `${agent}: none of the ${metrics.validated} held-back interactions was among its first ten, so it hardly guesses better than chance`;
  return undefined;
}
