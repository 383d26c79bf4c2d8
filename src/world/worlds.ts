import { TendrilError } from '../core/index.ts';
import { acrobotV1 } from './acrobot-v1.ts';
import { banditV1 } from './bandit-v1.ts';
import { campaignV1 } from './campaign-v1/index.ts';
import { campaignSmallV2, campaignV2 } from './campaign-v2/index.ts';
import { cartPoleV1 } from './cart-pole-v1.ts';
import { chainV1 } from './chain-v1.ts';
import { cliffWalkingV1 } from './cliff-walking-v1.ts';
import { frozenLakeV1 } from './frozen-lake-v1.ts';
import { loggedBanditV1 } from './logged-bandit-v1.ts';
import { mountainCarV0 } from './mountain-car-v0.ts';
import { shopPageV1, shopSmallV1, shopV1 } from './shop-v1/index.ts';
import { taxiV3 } from './taxi-v3.ts';
import { virtualTaobaoV0 } from './virtual-taobao-v0.ts';
import type { WorldDefinition } from './world.ts';

/** Every world there is. */
export const worlds: readonly WorldDefinition[] = [
  banditV1,
  chainV1,
  frozenLakeV1,
  taxiV3,
  cliffWalkingV1,
  cartPoleV1,
  acrobotV1,
  mountainCarV0,
  campaignV1,
  campaignV2,
  campaignSmallV2,
  loggedBanditV1,
  shopV1,
  shopSmallV1,
  shopPageV1,
  virtualTaobaoV0,
];

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
