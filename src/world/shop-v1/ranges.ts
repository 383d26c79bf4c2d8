/**
 * Where shops are drawn from: every number of a shop is uniform in one of these ranges. They were set from what is known
 * of shops before any agent was compared, and are part of the world's version: they never change under the name shop-v1.
 *
 * What is known, and what it set:
 * - Choice: multinomial logit with the option of nothing, as in Ie et al. 2019 (SlateQ, section 6) and RecSim.
 * - Position bias 1/rank^eta with eta around 1: Joachims, Swaminathan & Schnabel 2017, section 6.
 * - A session ends in a purchase in 15.5 % of the 12,330 of Sakar et al. 2018; trade benchmarks say 2-4 % of all visits
 *   incl. bounces, 7-8 % of product views to the cart, 30 % of carts bought. Shops here sit above that (10-20 %, 35-55 %
 *   at random slates: denser signals), so 20,000 slates hold what a real shop needs several times as many for. With
 *   random slates 3-7 % of visits end in a purchase.
 * - Intent dominates within a visit (who looks for shoes does not click lamps): worth 2 to 3.5 in the logit.
 * - Skewed demand: category demand as in Zipf's law with exponents .5 to 1.2.
 * - Ratings lean high and are given more often by the very pleased and the very displeased: Hu, Pavlou & Zhang 2009.
 * - Clickbait and satisfaction that feeds on quality and decides over engagement: RecSim's long-term satisfaction world
 *   (Ie et al. 2019b); satisfied customers return: retention is steep in satisfaction.
 * - Repeat exposure loses its pull; what was bought is seldom bought again at once.
 */
export const shopRanges = {
  demandExponent: [0.5, 1.2],
  categoryPriceSpread: [0.4, 0.8],
  itemPriceSpread: [0.3, 0.6],
  qualityPriceCorrelation: [0.1, 0.4],
  appealQualityCorrelation: [0.2, 0.6],
  clickbaitShare: [0.08, 0.16],
  clickbaitAppeal: [1.5, 2.5],
  clickbaitQuality: [-2, -1],
  newShare: [0.1, 0.2],
  runsOut: [0.005, 0.03],
  seasonHeight: [0.2, 0.8],
  tasteSpread: [0.8, 1.6],
  priceSensitivity: [0.3, 0.7],
  priceSpread: [0.3, 0.6],
  patienceSpread: [0.2, 0.5],
  startSatisfaction: [0.5, 0.6],
  tasteDrift: [0.03, 0.12],
  appeal: [0.5, 1],
  intent: [2, 3.5],
  taste: [0.3, 0.6],
  style: [0.7, 1.3],
  positionBias: [0.5, 1],
  shownBefore: [0.1, 0.3],
  clickedBefore: [0.2, 0.8],
  boughtBefore: [1.5, 3],
  /** Shares at a uniformly random slate; the logits are solved for. */
  clickRate: [0.08, 0.16],
  cartRate: [0.1, 0.2],
  buyRate: [0.35, 0.55],
  funnelQuality: [0.5, 1],
  trust: [0.5, 1.5],
  rates: [0.2, 0.5],
  reviews: [0.3, 0.7],
  satisfactionQuality: [1, 1.6],
  satisfactionStyle: [0.5, 1],
  clickStep: [0.15, 0.25],
  purchaseStep: [0.3, 0.5],
  boredom: [0.01, 0.03],
  forgetting: [0.1, 0.3],
  leave: [0.1, 0.2],
  doneAfterPurchase: [0.3, 0.6],
  returns: [0.75, 0.88],
  returnSlope: [5, 8],
  gapDays: [5, 14],
  persistence: [0.3, 0.7],
  complement: [0.3, 0.6],
} as const satisfies Readonly<Record<string, readonly [number, number]>>;

export type ShopRange = keyof typeof shopRanges;
