import type { Manifest } from '../registry/index.ts';

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
  if (metrics['hr@10'] === 0)
    return `${agent}: none of the ${metrics.validated} held-back interactions was among its first ten, so it hardly guesses better than chance`;
  return undefined;
}
