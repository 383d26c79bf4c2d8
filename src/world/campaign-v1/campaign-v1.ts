import { type Rng, readSettings, rng, TendrilError } from '../../core/index.ts';
import { checkChoices } from '../check-choices.ts';
import type { World, WorldDefinition } from '../world.ts';
import { campaignActions } from './actions.ts';
import { campaignReward, rewardParts } from './reward.ts';
import { drawShopper, shopperSpec } from './shoppers.ts';
import { campaignWords } from './words.ts';

/** campaign-v1: one message to one shopper. Nothing is left to chance but who the shopper is. */
export const campaignV1: WorldDefinition = {
  id: 'campaign-v1',
  summary: 'one message to a shopper: which offer, how deep, through which channel',
  options: {},
  doc: {
    observation:
      'ten features of a shopper: days since the last answer, purchases and money spent in the last year, engagement, whether discount-sensitive and whether free shipping is preferred, shares of e-mails, SMS and push messages answered, days since the last purchase. Their distribution is documented in src/world/campaign-v1/shoppers.ts.',
    action: `a choice of ${campaignActions.length}, counted from 0: ${campaignActions
      .map(({ offer, percent, channel }, i) => `${i} [${offer}, ${percent}%, ${channel}]`)
      .join(', ')}.`,
    reward:
      'the sum of four parts, clipped to [0, 1]: .5 for the right offer (a discount for the discount-sensitive, free shipping for who prefers it, either for who is both, none for who is neither); .3 for the channel answered best; .1 for a right discount of the right depth (5 % for who answered within 7 days, 10 % within 14, 15 % within 30, else 20 %; one level less for who spent 500 or more); .1 for any offer to who bought twice or more in the last year but not in the last 90 days.',
    dynamics: 'Every episode is one step long and terminates.',
    optimum:
      'known for each shopper by enumeration: .848 on average. `tendril worlds campaign-v1 --observation JSON` prints the best action, with --action N what another one earns.',
  },
  create(n, given) {
    const read = readSettings({}, given);
    if (!read.ok) throw new TendrilError(read.error.code, read.error.message);
    return campaign(n);
  },
  words: campaignWords,
  decisions: {
    actions: campaignActions.map((action) => ({ ...action })),
    reward: campaignReward,
    parts: (shopper, at, action) => ({ ...rewardParts(shopper, at, action) }),
  },
};

function campaign(n: number): World {
  const { size } = shopperSpec;
  const observations = new Float32Array(n * size);
  const finalObservations = new Float32Array(n * size);
  const rewards = new Float32Array(n);
  const terminated = new Uint8Array(n).fill(1);
  const truncated = new Uint8Array(n);
  const answer = { observations, rewards, terminated, truncated, finalObservations };
  let streams: Rng[] = [];
  const draw = (): void => {
    for (let i = 0; i < n; i++) drawShopper(streams[i]!, observations, i * size);
  };
  return {
    id: 'campaign-v1',
    observation: shopperSpec,
    action: { kind: 'choice', n: campaignActions.length },
    n,
    reset(seed) {
      const root = rng(seed);
      streams = Array.from({ length: n }, (_, i) => root.fork(i));
      draw();
      return observations;
    },
    step(actions) {
      checkChoices('campaign-v1', actions, n, campaignActions.length);
      for (let i = 0; i < n; i++) {
        rewards[i] = campaignReward(observations, i * size, actions[i]!);
      }
      finalObservations.set(observations);
      draw();
      return answer;
    },
  };
}
