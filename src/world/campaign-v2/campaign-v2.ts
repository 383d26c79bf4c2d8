import { readSettings, type SettingTable, TendrilError } from '../../core/index.ts';
import type { WorldDefinition } from '../world.ts';
import { actionName, messages } from './actions.ts';
import { forbidding } from './allowed.ts';
import { campaignWorld } from './campaign-world.ts';
import {
  bundleBasket,
  bundleDepth,
  contactCost,
  freeShippingCost,
  lostByLeaving,
  margin,
} from './parameters.ts';
import { campaignWords } from './words.ts';

const options = {
  fatigue: {
    type: 'boolean',
    default: true,
    doc: 'messages tire: a tired shopper answers less and withdraws channels',
  },
  delay: {
    type: 'number',
    default: 2,
    min: 0,
    max: 14,
    doc: 'mean days until a message without an offer is answered; 0 for at once. Answers to offers keep the delay of Complete Journey',
  },
  budget: {
    type: 'number',
    default: 1000,
    min: 0,
    max: 1e9,
    doc: 'dollars that messages and offers to one shopper may cost in the eight weeks; never exceeded',
  },
  cap: { type: 'number', default: 2, min: 0, max: 14, integer: true, doc: 'messages in any seven days' },
  stock: {
    type: 'number',
    default: 0.9,
    min: 0.2,
    max: 1,
    doc: 'share of days on which the goods of bundles are in stock; they are out of it for four days on average',
  },
  money: {
    type: 'choice',
    default: 'expected',
    choices: ['expected', 'drawn'],
    doc: 'what is paid: what a slot brings on average after all that has happened, which a simulator knows, or the purchases and losses that were drawn. The same mean, the second with far more noise',
  },
} as const satisfies SettingTable;

/** campaign-v2: eight weeks of messages to one shopper. */
export const campaignV2: WorldDefinition = {
  id: 'campaign-v2',
  summary: 'eight weeks of messages to a shopper who answers late, tires, and may leave',
  options,
  doc: {
    observation:
      "campaign-v1's ten features, kept up to date; departments bought from (0 none yet, 1 men, 2 women, 3 both), consent to each channel (e-mail, SMS, push; 1 given), weekday, slot (1 morning, 2 evening), day of the campaign, days since the last contact, contacts of the last week, share of ten past visits that were in the evening, the offer that is open (0 none, else by the order of the actions: 1 plain, 2 to 4 a discount of 10, 20, 30 %, 5 free shipping, 6 bundle) and its days left, whether the goods of bundles are in stock, budget left. Not seen: fatigue, answers on their way, the true liking of the evening. Their distribution is documented in src/world/campaign-v2/shoppers.ts.",
    action: `a choice of ${messages.length}, counted from 0, twice a day: ${messages
      .map((_, i) => `${i} ${actionName(i)}`)
      .join(
        ', ',
      )}. A mask forbids channels without consent, SMS in the evening, SMS and push on Sundays, bundles out of stock, more than \`cap\` messages in seven days, and what \`budget\` might not pay; what is forbidden is not sent.`,
    reward: `net margin in dollars: ${100 * margin} % of purchases (a bundle sells ${bundleBasket} times the goods at ${100 * bundleDepth} % off to who buys of the second department), less the discount or ${freeShippingCost} dollars of free shipping, less ${contactCost.join(', ')} dollars a message (e-mail, SMS, push), less ${100 * lostByLeaving} % of the margin of the past year's spend for a channel withdrawn.`,
    dynamics:
      "Shoppers visit of their own, and a message pulls a further visit some days later, an offer within 28 days. Visits, pulls, purchases and baskets: Hillstrom's randomised e-mails. Delay of offers, discount-sensitivity, weekdays: Complete Journey, observational. Fatigue halves in a week, dulls the pull and makes shoppers withdraw the channel: declared (src/world/campaign-v2/parameters.ts). Terminates after 56 days. Each shopper and slot takes the same random numbers whatever is done, so policies can be compared pair by pair.",
    optimum: 'not known here; campaign-small-v2 is solved exactly.',
  },
  create(n, given) {
    const read = readSettings(options, given);
    if (!read.ok) throw new TendrilError(read.error.code, `campaign-v2: ${read.error.message}`);
    return campaignWorld(n, read.value);
  },
  words: {
    ...campaignWords,
    rules: {
      forbids(row, action, given) {
        const read = readSettings(options, given);
        return forbidding(row, 0, action, read.ok ? read.value.cap : options.cap.default);
      },
    },
  },
};
