import { TendrilError } from '../core/index.ts';
import type { Loop } from '../loop.ts';
import type { Shop } from './shop.ts';

/** The loop, once the log is folded. Throws `not-ready` before. */
export function readyLoop(shop: Shop): Loop {
  if (shop.loop) return shop.loop;
  throw new TendrilError('not-ready', `still starting: ${whereItIs(shop)}`);
}

/** What is being done right now, in a few words. */
export function whereItIs({ progress }: Shop): string {
  const step =
    progress.find(({ state }) => state === 'failed') ?? progress.find(({ state }) => state === 'running');
  return step ? [step.name, step.note].filter(Boolean).join(': ') : 'about to begin';
}
