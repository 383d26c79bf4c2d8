/**
 * The benchmark world of bench/control-speed.ts, ported from bench/peers/campaign_env.py number for number: both sides of
 * the comparison learn in the same dynamics. Good for speed and parity of returns; too easy to prove anything about
 * personalisation (the best constant action has 18.9 where an agent reaches 19), so it is no world of the product.
 */
import { type Actions, actionSize, observationSpec } from '../src/core/index.ts';
import { type SingleWorld, vectorWorld, type WorldDefinition } from '../src/world/index.ts';

const depths = [0, 0.05, 0.1, 0.2, 0.3];
/** How much an offer appeals, by income, past purchases, engagement, discount affinity, loyalty and cart value. */
const appeal = [
  [0.9, 0.1, 0.2, -0.6, 0.1, 0.5],
  [-0.6, 0.2, 0.3, 0.9, 0, 0.1],
  [0.1, 0.7, 0.1, 0, 0.9, 0],
  [-0.1, -0.5, 0.9, 0.2, -0.4, 0.3],
] as const;
/** How far a channel reaches: bias, weight of the open rate, weight of 1 - age; and how much it tires. */
const channels = [
  { bias: 0, opens: 1.2, youth: 0, tires: 0.1 },
  { bias: 0.3, opens: 0, youth: 0.5, tires: 0.25 },
  { bias: -0.2, opens: 0.3, youth: 1, tires: 0.15 },
] as const;

const observation = observationSpec(
  [
    'age',
    'income',
    'pastPurchases',
    'recency',
    'engagement',
    'openRate',
    'clickRate',
    'discountAffinity',
    'loyalty',
    'cartValue',
  ].map((name) => ({ name, kind: 'real' as const, size: 1, low: 0, high: 1 })),
);
const action = {
  kind: 'parts' as const,
  parts: [
    { name: 'offer', n: 4 },
    { name: 'depth', n: 5 },
    { name: 'channel', n: 3 },
  ],
};

const within = (x: number): number => (x < 0 ? 0 : x > 1 ? 1 : x);
const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

/** One shopper after another, in double precision and with the chance of the original: a 32-bit linear congruence. */
export interface CampaignEnv {
  /** The ten numbers that are observed; live. */
  readonly state: Float64Array;
  fatigue(): number;
  /** Where the chance stands. */
  chance(): number;
  /** Another shopper; with a seed, the same one each time. */
  reset(seed?: number): void;
  step(actions: Actions): { readonly reward: number; readonly click: 0 | 1; readonly buy: 0 | 1 };
}

export function campaignEnv(): CampaignEnv {
  const s = new Float64Array(observation.size);
  let [x, fatigue] = [1, 0];
  const draw = (): number => {
    x = (Math.imul(1664525, x) + 1013904223) >>> 0;
    return x / 4294967296;
  };
  const outcome = { reward: 0, click: 0 as 0 | 1, buy: 0 as 0 | 1 };
  return {
    state: s,
    fatigue: () => fatigue,
    chance: () => x,
    reset(seed) {
      if (seed !== undefined) {
        x = seed >>> 0;
        for (let i = 0; i < 4; i++) draw();
      }
      for (let i = 0; i < s.length; i++) s[i] = draw();
      fatigue = 0;
    },
    step(taken) {
      const [offer, level, channel] = [taken[0]!, taken[1]!, taken[2]!];
      const [depth, w, c] = [depths[level]!, appeal[offer]!, channels[channel]!];
      const [age, income, bought, recency, engagement] = [s[0]!, s[1]!, s[2]!, s[3]!, s[4]!];
      const [opens, clicks, affinity, loyalty, cart] = [s[5]!, s[6]!, s[7]!, s[8]!, s[9]!];
      const fit =
        w[0] * income + w[1] * bought + w[2] * engagement + w[3] * affinity + w[4] * loyalty + w[5] * cart;
      const reach = c.bias + c.opens * opens + c.youth * (1 - age);
      const clicked = logistic(
        -2.2 + 1.4 * fit + 1.2 * reach + 2 * depth * affinity + 0.8 * clicks - 1.5 * fatigue,
      );
      const click = draw() < clicked ? 1 : 0;
      const wanted = logistic(
        -1.6 + 1.1 * fit + 9 * depth * affinity + 0.9 * cart + 0.6 * loyalty - 0.8 * recency,
      );
      const buy = draw() < wanted && click ? 1 : 0;
      outcome.reward = within(0.5 * buy + 0.3 * click - (0.1 * level) / 4);
      outcome.click = click;
      outcome.buy = buy;
      s[2] = within(bought + 0.05 * buy);
      s[3] = buy ? 0 : within(recency + 0.02);
      s[4] = within(0.95 * engagement + 0.05 * click);
      s[5] = within(0.98 * opens + (channel === 0 ? 0.02 * click : 0.01));
      s[6] = within(0.9 * clicks + 0.1 * click);
      s[7] = within(affinity + (buy ? (0.02 * level) / 4 : -0.002));
      s[8] = within(loyalty + 0.02 * buy - 0.01 * (level / 4) * buy);
      s[9] = within(buy ? 0.7 * cart + 0.1 : cart + 0.01);
      fatigue = within(0.8 * fatigue + c.tires);
      return outcome;
    },
  };
}

/** A shopper of `campaignEnv`, a new one by the stream's chance at each reset. */
function shopper(): SingleWorld {
  const env = campaignEnv();
  return {
    observation,
    action,
    reset(stream, out) {
      env.reset(stream.int(2 ** 32));
      out.set(env.state);
    },
    step(taken, _stream, out) {
      const { reward } = env.step(taken);
      out.set(env.state);
      return { reward, terminated: false };
    },
  };
}

export const campaignBench: WorldDefinition = {
  id: 'campaign-bench',
  summary: 'the world of the speed comparison with Stable-Baselines3: fifty messages to one shopper',
  options: {},
  doc: {
    observation: 'ten numbers in [0, 1] about the shopper.',
    action: `${actionSize(action)} parts: one of 4 offers, one of 5 depths, one of 3 channels.`,
    reward: '.5 for a purchase, .3 for a click, less up to .1 for the depth, within [0, 1].',
    dynamics: 'bench/peers/campaign_env.py; 50 steps, then cut off.',
    optimum: 'not known; the best constant action has 18.9, Stable-Baselines3 about 19.',
  },
  create: (n) => vectorWorld('campaign-bench', n, shopper, { maxSteps: 50 }),
};
