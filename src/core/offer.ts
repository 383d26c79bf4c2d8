import type { Campaign, OfferRule } from './campaign.ts';

/** One thing a campaign may do. Action 0 is no contact. */
export interface OfferAction {
  readonly kind: 'no contact' | OfferRule['kind'];
  /** Off the price, of a discount or a bundle; else 0. */
  readonly percent: number;
  /** '' for no contact. */
  readonly channel: string;
  /** Of the message itself. */
  readonly contactCost: number;
  /** The most that offer and message may come to cost; this much is set aside. */
  readonly mostCost: number;
  /** What it is counted as where pieces are limited: the kind. */
  readonly rule?: OfferRule;
}

/** The actions of a campaign, counted from 0: no contact, then channel by channel its offers in their order. */
export function offerActions({ channels, offers }: Campaign): readonly OfferAction[] {
  return [
    { kind: 'no contact', percent: 0, channel: '', contactCost: 0, mostCost: 0 },
    ...channels.flatMap(({ channel, cost }) =>
      offers.flatMap((rule) => {
        const percents = rule.percents ?? [rule.percent ?? 0];
        return percents.map((percent): OfferAction => {
          const offer = rule.cost ?? (percent / 100) * (rule.largestBasket ?? 0);
          return { kind: rule.kind, percent, channel, contactCost: cost, mostCost: cost + offer, rule };
        });
      }),
    ),
  ];
}

/** What was decided for a shopper, as it is logged: enough to judge it, to learn from it and to say why. */
export interface OfferDecision {
  readonly recommendationId: string;
  readonly campaignId: string;
  /** The shopper: userId or anonymousId. */
  readonly shopper: string;
  /** Milliseconds. */
  readonly timestamp: number;
  /**
   * Milliseconds: from then on nothing counts for it and what it set aside is free again, also where the campaign's window is changed
   * meanwhile. Missing in logs of earlier versions.
   */
  readonly deadline?: number;
  readonly policy: { readonly id: string; readonly version: string };
  /** Version of the shopper's state the decision was made on. */
  readonly stateVersion: number;
  /** Counted from 0, with its meaning at that time beside it. */
  readonly action: number;
  readonly offer: {
    readonly kind: OfferAction['kind'];
    readonly percent: number;
    readonly channel: string;
    /** Of a bundle. */
    readonly itemIds?: readonly string[];
    readonly contactCost: number;
    readonly mostCost: number;
  };
  /** Probability of the action, in (0, 1]. */
  readonly propensity: number;
  /** Of every action of the campaign; 0 for those that were masked. */
  readonly propensities: readonly number[];
  /** What the policy saw, in its order. */
  readonly observation: readonly number[];
  /** The names of it; missing where it is all that is seen of a shopper, and in logs of earlier versions. */
  readonly features?: readonly string[];
  /** Why actions could not be chosen: the first rule; where several forbid it, all of them. */
  readonly masked: readonly {
    readonly action: number;
    readonly code: string;
    readonly codes?: readonly string[];
  }[];
  /**
   * What the rules left, in words, also where the policy does not know it; no contact alone where the policy failed. Missing in logs of
   * earlier versions.
   */
  readonly allowed?: readonly string[];
  /** Whether the shopper was in the shop: did something within half an hour before. Missing in logs of earlier versions. */
  readonly atVisit?: boolean;
  /** True where chance, not the policy's best guess, chose. */
  readonly explored: boolean;
  /** What a unit of the budget was worth, in units of the reward. */
  readonly price: number;
}
