import type { Lives } from './lives.ts';
import { type ShopModel, sigmoid } from './model.ts';

/** How well an item's style suits the shopper of world w: standard normal over items and shoppers. */
export function suits(lives: Lives, model: ShopModel, w: number, item: number): number {
  const size = model.styleSize;
  let sum = 0;
  for (let d = 0; d < size; d++) sum += lives.styleTaste[w * size + d]! * model.style[item * size + d]!;
  return sum;
}

/** Utility of an item seen in a list: what makes a shopper click it, before position. */
export function clickUtility(lives: Lives, model: ShopModel, w: number, item: number): number {
  const { clicks } = model.parameters;
  const category = model.category[item]!;
  const known = lives.known[w * model.items + item]!;
  return (
    model.pull[item]! +
    (category === lives.intent[w] ? clicks.intent : 0) +
    clicks.taste * lives.categoryTaste[w * model.categories + category]! +
    clicks.style * suits(lives, model, w, item) -
    lives.priceSensitivity[w]! * model.dearness[item]! -
    clicks.shownBefore * lives.shown[w * model.items + item]! -
    (known === 2 ? clicks.boughtBefore : known === 1 ? clicks.clickedBefore : 0) +
    lives.pull[w]!
  );
}

/** Probability of putting the clicked item into the cart, and of buying what is in the cart. */
export function funnelChances(
  lives: Lives,
  model: ShopModel,
  w: number,
  item: number,
): { readonly cart: number; readonly buy: number } {
  const { funnel } = model.parameters;
  const utility =
    funnel.quality * model.quality[item]! +
    funnel.style * suits(lives, model, w, item) +
    (model.category[item] === lives.intent[w] ? funnel.intent : 0) +
    funnel.trust * (lives.satisfaction[w]! - 0.5) -
    lives.priceSensitivity[w]! * model.dearness[item]! -
    (lives.known[w * model.items + item] === 2 ? model.parameters.clicks.boughtBefore : 0);
  return { cart: sigmoid(funnel.cart + utility), buy: sigmoid(funnel.buy + utility / 2) };
}

/** What the item turns out to be for this shopper, as a logit: drives dwelling, satisfaction and stars. */
export function experience(lives: Lives, model: ShopModel, w: number, item: number): number {
  const { satisfaction } = model.parameters;
  return satisfaction.quality * model.quality[item]! + satisfaction.style * suits(lives, model, w, item);
}

/** Satisfaction after a slate that held nothing to click. */
export const bored = (model: ShopModel, before: number): number =>
  before * (1 - model.parameters.satisfaction.boredom);

/** Satisfaction after a click on (and perhaps a purchase of) something of this experience. */
export function satisfied(model: ShopModel, before: number, felt: number, bought: boolean): number {
  const { clickStep, purchaseStep } = model.parameters.satisfaction;
  return before + (bought ? purchaseStep : clickStep) * (sigmoid(felt) - before);
}

/** Probability that the visit ends after this slate: patience, stretched by satisfaction and by something worth a click. */
export function leaveChance(lives: Lives, model: ShopModel, w: number, clicked: boolean): number {
  const { leave } = model.parameters.visits;
  const p = leave * lives.hurry[w]! * (clicked ? 0.6 : 1.5 - lives.satisfaction[w]!);
  return p > 0.9 ? 0.9 : p;
}

/** Probability of coming back after a visit that ended with this satisfaction. */
export function returnChance(model: ShopModel, satisfaction: number): number {
  const { returns, returnSlope } = model.parameters.visits;
  return sigmoid(Math.log(returns / (1 - returns)) + returnSlope * (satisfaction - 0.5));
}
