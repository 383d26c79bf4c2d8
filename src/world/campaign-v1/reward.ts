import { campaignActions, channels, percents } from './actions.ts';
import { feature } from './shoppers.ts';

/**
 * What an action earns with a shopper, in four parts:
 *
 *   offer    .5   the right offer: a discount for the discount-sensitive, free shipping for who prefers it, either for who
 *                 is both, none for who is neither
 *   channel  .3   the channel answered best; of equal ones each is right
 *   depth    .1   a right discount as deep as it must be: 5 % for who answered within 7 days, 10 % within 14, 15 % within
 *                 30, else 20 %; one level less for who spent 500 or more
 *   winBack  .1   any offer to who bought twice or more in the last year but not in the last 90 days
 *
 * together clipped to [0, 1]. Engagement plays no part.
 */
export interface RewardParts {
  readonly offer: number;
  readonly channel: number;
  readonly depth: number;
  readonly winBack: number;
}

export function rewardParts(shopper: ArrayLike<number>, at: number, action: number): RewardParts {
  const { offer, percent, channel } = campaignActions[action]!;
  const sensitive = shopper[at + feature.discountSensitive]! > 0;
  const freeShipping = shopper[at + feature.freeShippingPreferred]! > 0;
  const right =
    offer === 'discount' ? sensitive : offer === 'free shipping' ? freeShipping : !sensitive && !freeShipping;
  const rates = at + feature.emailOpens;
  const rate = shopper[rates + channels.indexOf(channel)]!;
  const best = Math.max(shopper[rates]!, shopper[rates + 1]!, shopper[rates + 2]!);
  const fits = offer === 'discount' && sensitive && percent === percents[depthNeeded(shopper, at)];
  const lapsed =
    shopper[at + feature.frequency]! >= 2 && shopper[at + feature.lastPurchaseDays]! > 90 && offer !== 'none';
  return {
    offer: right ? 0.5 : 0,
    channel: rate === best ? 0.3 : 0,
    depth: fits ? 0.1 : 0,
    winBack: lapsed ? 0.1 : 0,
  };
}

export function campaignReward(shopper: ArrayLike<number>, at: number, action: number): number {
  const { offer, channel, depth, winBack } = rewardParts(shopper, at, action);
  return Math.min(1, Math.max(0, offer + channel + depth + winBack));
}

/** Which of the percents. */
function depthNeeded(shopper: ArrayLike<number>, at: number): number {
  const silent = shopper[at + feature.recency]!;
  const level = silent <= 7 ? 0 : silent <= 14 ? 1 : silent <= 30 ? 2 : 3;
  return Math.max(0, shopper[at + feature.monetaryValue]! >= 500 ? level - 1 : level);
}
