import type { Policy } from '../agent/index.ts';
import { historyPlace } from '../core/index.ts';

/**
 * Asks a policy for its best and for all scores of a shopper with no history and of one of each length at which another graph of
 * a network begins to serve (powers of two and the longest, `scoredLength`): a graph is compiled when it is first asked, and no
 * shopper is to wait for that. Only the first group of a size still does. Rejects where the policy fails.
 */
export async function warmPolicy(policy: Policy): Promise<void> {
  const { observation, action } = policy;
  const place = historyPlace(observation);
  const most = place?.size ?? 0;
  const row = new Float32Array(observation.size);
  const lengths = [0];
  for (let last = 0; last < most; lengths.push(last)) last = Math.min(most, 2 * last || 1);
  for (const length of lengths) {
    if (place)
      for (const part of [place.items, place.types])
        if (part >= 0) row.fill(1, part + most - length, part + most);
    if (policy.best && (action.kind === 'choice' || action.kind === 'slate'))
      await policy.best(row, 1, new Uint8Array(action.n).fill(1));
    await policy.evaluate(row, 1);
  }
}
