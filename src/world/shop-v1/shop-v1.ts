import { readSettings, TendrilError } from '../../core/index.ts';
import type { WorldDefinition } from '../world.ts';
import { drawShop } from './draw-shop.ts';
import type { ShopParameters } from './parameters.ts';
import { type ShopWorld, shopWorld } from './shop-world.ts';

export const shopSettings = {
  shop: {
    type: 'number',
    default: 1,
    integer: true,
    doc: 'seed of the shop itself: its products and people',
  },
  items: { type: 'number', default: 100, min: 2, max: 1_000_000, integer: true, doc: 'products' },
  categories: { type: 'number', default: 8, min: 1, max: 10_000, integer: true, doc: 'categories' },
  slate: { type: 'number', default: 5, min: 1, max: 100, integer: true, doc: 'products shown at once' },
  history: {
    type: 'number',
    default: 20,
    min: 1,
    max: 200,
    integer: true,
    doc: 'interactions an agent sees',
  },
  visits: {
    type: 'number',
    default: 20,
    min: 1,
    max: 1000,
    integer: true,
    doc: 'visits until a life is cut off',
  },
  rest: {
    type: 'number',
    default: 2,
    min: 0,
    max: 40,
    integer: true,
    doc: 'slates of a visit for which an item rests after it was shown',
  },
  rewardClick: { type: 'number', default: 0.1, doc: 'reward of a click' },
  rewardCart: { type: 'number', default: 0, doc: 'reward of putting into the cart' },
  rewardPurchase: { type: 'number', default: 1, doc: 'reward of a purchase' },
  rewardMoney: { type: 'number', default: 0, doc: 'reward for each unit of money spent' },
  rewardRating: { type: 'number', default: 0, doc: 'reward of a rating, times (stars - 3) / 2' },
  rewardLeave: { type: 'number', default: 0, doc: 'reward when a shopper leaves for good' },
} as const;

/**
 * shop-v1: a shop of slates with people in it. A step shows k products to one shopper, who clicks one or nothing, and
 * may then look, put into the cart, buy, rate and review. An episode is a shopper's life of several visits: terminated
 * when the shopper leaves for good (more likely when dissatisfied), truncated after `visits` visits.
 * Observation: `shopObservation(items, history)`. Action: a slate; -1 is an empty slot; items the mask forbids (out of
 * stock, not launched yet, shown in the last `rest` slates of the visit) count as empty. Dynamics: docs/guide/shop-v1.md.
 */
export const shopV1: Omit<WorldDefinition, 'create'> & {
  /** Options are `shopSettings`; `parameters` (of a fitted shop) takes the place of shop, items and categories. */
  create(n: number, options?: Readonly<Record<string, unknown>>): ShopWorld;
} = {
  id: 'shop-v1',
  summary:
    'a simulated shop: slates, tastes, intents, satisfaction, returns; from a seed or fitted to a real one',
  options: shopSettings,
  doc: {
    observation:
      "the shop's observation: the last interactions as item and event tokens, and numbers about the shopper (recency, frequency, money, prices, satisfaction ...), all in [0, 1].",
    action: 'a slate of distinct products; -1 is an empty slot, and what the mask forbids counts as empty.',
    reward: 'a declared sum: by default .1 for a click and 1 for a purchase; see the options.',
    dynamics:
      'A shopper with tastes and an intent clicks one product or none, and may then look, cart, buy, rate and review. Leaving for good terminates, more likely when dissatisfied; the last visit truncates.',
    optimum: 'not known in general; the oracle that sees the hidden tastes is the yardstick.',
  },
  create(n, { parameters, ...given } = {}) {
    const read = readSettings(shopSettings, given);
    if (!read.ok) throw new TendrilError(read.error.code, `shop-v1: ${read.error.message}`);
    const s = read.value;
    const size = parameters ? (parameters as ShopParameters).items.category.length : s.items;
    if (s.slate > size || (!parameters && s.categories > size)) {
      throw new TendrilError(
        'bad-setting',
        `shop-v1: ${s.slate} products a slate and ${s.categories} categories need at least as many items, got ${size}`,
      );
    }
    return shopWorld((parameters as ShopParameters | undefined) ?? drawShop(s.shop, s), n, {
      slate: s.slate,
      history: s.history,
      visits: s.visits,
      rest: s.rest,
      reward: {
        click: s.rewardClick,
        cart: s.rewardCart,
        purchase: s.rewardPurchase,
        money: s.rewardMoney,
        rating: s.rewardRating,
        leave: s.rewardLeave,
      },
    });
  },
};
