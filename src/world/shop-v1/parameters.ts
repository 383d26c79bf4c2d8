/**
 * Everything a shop of `shop-v1` is made of, as plain numbers: drawn from a seed (`draw-shop.ts`) or fitted to an
 * imported shop (`fit-shop.ts`), saved as JSON, and nowhere visible to agents. Formulas: docs/guide/shop-v1.md.
 */
export interface ShopParameters {
  readonly items: ShopItems;
  readonly categories: ShopCategories;
  readonly shoppers: ShopperRanges;
  readonly clicks: ClickModel;
  readonly funnel: FunnelModel;
  readonly satisfaction: SatisfactionModel;
  readonly visits: VisitModel;
}

/** One entry for each item. */
export interface ShopItems {
  readonly category: readonly number[];
  /** Money. */
  readonly price: readonly number[];
  /** Log price against its category's, in standard deviations: dear is positive. */
  readonly dearness: readonly number[];
  /** What it is worth once bought, standard normal over the catalogue. */
  readonly quality: readonly number[];
  /** How good it looks in a list, standard normal; clickbait looks good and is bad. */
  readonly appeal: readonly number[];
  /** items x styleSize, each number standard normal. */
  readonly style: readonly number[];
  readonly styleSize: number;
  /** Day of the year it comes into the shop; 0 for those that were always there. */
  readonly launchDay: readonly number[];
  /** Probability of running out between two visits. */
  readonly runsOut: readonly number[];
}

/** One entry for each category. */
export interface ShopCategories {
  /** Log demand at the middle of the year. */
  readonly demand: readonly number[];
  /** Height and peak day of its season: demand + height * cos(2 pi (day - peak) / 365). */
  readonly seasonHeight: readonly number[];
  readonly seasonPeak: readonly number[];
  /** The category looked for next after a purchase in this one. */
  readonly complement: readonly number[];
}

/** How shoppers are born: normal or log-normal spreads. */
export interface ShopperRanges {
  /** Standard deviation of a shopper's log preference for each category. */
  readonly tasteSpread: number;
  /** Median price sensitivity (utility lost for each standard deviation of dearness) and its log spread. */
  readonly priceSensitivity: number;
  readonly priceSpread: number;
  /** Log spread of patience. */
  readonly patienceSpread: number;
  /** Satisfaction at birth, 0 to 1. */
  readonly startSatisfaction: number;
  /** Standard deviation of the change of each style taste from visit to visit. */
  readonly tasteDrift: number;
}

/** Multinomial logit over the slate and nothing: weight of slot j = exp(utility) / (j + 1)^positionBias. */
export interface ClickModel {
  /** Log weight of clicking nothing. */
  readonly nothing: number;
  readonly appeal: number;
  /** Bonus of the category looked for in this visit. */
  readonly intent: number;
  /** Bonus for each standard deviation of category preference. */
  readonly taste: number;
  readonly style: number;
  readonly positionBias: number;
  /** Utility lost for each time it was shown before (fading by half from visit to visit). */
  readonly shownBefore: number;
  readonly clickedBefore: number;
  readonly boughtBefore: number;
}

/** After the click: logits of putting it into the cart and of buying what is there. */
export interface FunnelModel {
  readonly cart: number;
  readonly buy: number;
  readonly quality: number;
  readonly style: number;
  readonly intent: number;
  /** Bonus from no trust to full trust (satisfaction 0 to 1). */
  readonly trust: number;
  /** Probability that a purchase is rated at all, and that a rating has a text. */
  readonly rates: number;
  readonly reviews: number;
}

/** Satisfaction moves towards what was experienced. */
export interface SatisfactionModel {
  readonly quality: number;
  readonly style: number;
  readonly clickStep: number;
  readonly purchaseStep: number;
  /** Share lost with each slate that held nothing to click. */
  readonly boredom: number;
  /** Share of the way back to the starting satisfaction between visits. */
  readonly forgetting: number;
}

export interface VisitModel {
  /** Probability of leaving after a slate at satisfaction 1/2, for median patience. */
  readonly leave: number;
  /** Probability that a purchase ends the visit. */
  readonly doneAfterPurchase: number;
  /** Probability of coming back at satisfaction 1/2, and the slope of its logit in satisfaction. */
  readonly returns: number;
  readonly returnSlope: number;
  /** Mean days between visits. */
  readonly gapDays: number;
  /** Probability of looking for the same category again, when it was not found last time. */
  readonly persistence: number;
  /** Probability of looking for the complement after a purchase. */
  readonly complement: number;
}
