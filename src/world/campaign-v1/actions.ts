/** What may be sent. */
export type Offer = 'discount' | 'free shipping' | 'none';
export const channels = ['email', 'sms', 'push'] as const;
export type Channel = (typeof channels)[number];
export const percents = [5, 10, 15, 20] as const;

export interface CampaignAction {
  readonly offer: Offer;
  /** Of a discount; 0 for the other offers. */
  readonly percent: number;
  readonly channel: Channel;
}

/**
 * The actions in their order, counted from 0: a discount through each channel in four depths, free shipping through each
 * channel, a message without an offer through each channel. Number 2 is a discount of 15 % by e-mail.
 */
export const campaignActions: readonly CampaignAction[] = [
  ...channels.flatMap((channel) =>
    percents.map((percent) => ({ offer: 'discount', percent, channel }) as const),
  ),
  ...channels.map((channel) => ({ offer: 'free shipping', percent: 0, channel }) as const),
  ...channels.map((channel) => ({ offer: 'none', percent: 0, channel }) as const),
];
