import { TendrilError } from '../core/index.ts';
import { banditV1 } from './bandit-v1.ts';
import { shopV1 } from './shop-v1/index.ts';
import type { WorldDefinition } from './world.ts';

/** Every world there is. */
export const worlds: readonly WorldDefinition[] = [banditV1, shopV1];

/** A world by its name. Throws TendrilError `unknown-world`, naming the ones there are. */
export function worldNamed(id: string): WorldDefinition {
  const found = worlds.find((world) => world.id === id);
  if (!found) {
    throw new TendrilError(
      'unknown-world',
      `there is no world "${id}"; there are: ${worlds.map((w) => w.id).join(', ')}`,
    );
  }
  return found;
}
