import { TendrilError } from '../core/index.ts';
import type { Manifest } from '../registry/index.ts';

/**
 * A model of before the products changed their ids, or of another shop: what it knows nothing of scores alike, so the order would
 * be none. With no product known counts answer; with fewer than half the operator is told.
 */
export function refuseStranger(known: number | undefined): void {
  if (known === 0) throw new TendrilError('bad-model', 'it knows none of the products; train again');
}

/** What clients are told where the policy failed. */
export const degraded = (known: number | undefined): string =>
  `the model ${known === 0 ? 'knows none of the products' : 'failed'}; popularity answered`;

/** Undefined where the model knows half of the `size` products of today, or that is not counted. */
export function strangerNote(
  { agent, version }: Pick<Manifest, 'agent' | 'version'>,
  known: number | undefined,
  size: number,
): string | undefined {
  if (known === undefined || known >= size / 2) return undefined;
  return `${agent}, version ${version}, knows ${known} of ${size} products; train again`;
}
