/** What a message may carry. A bundle is goods of the second department at one price. */
export type MessageKind = 'plain' | 'discount' | 'free shipping' | 'bundle';
export const channels = ['email', 'sms', 'push'] as const;
export type Channel = (typeof channels)[number];

export interface Message {
  readonly kind: MessageKind;
  /** Share of the price taken off: .1, .2 or .3 of a discount, else 0. */
  readonly depth: number;
  readonly channel: Channel;
}

/** What a message may carry, in the order of the actions and of the part `offer` of the observation. */
export const offers: readonly Omit<Message, 'channel'>[] = [
  { kind: 'plain', depth: 0 },
  { kind: 'discount', depth: 0.1 },
  { kind: 'discount', depth: 0.2 },
  { kind: 'discount', depth: 0.3 },
  { kind: 'free shipping', depth: 0 },
  { kind: 'bundle', depth: 0 },
];

/** Action 0 is no contact; the others are each channel's six messages, e-mail first. */
export const messages: readonly (Message | undefined)[] = [
  undefined,
  ...channels.flatMap((channel) => offers.map((offer) => ({ ...offer, channel }))),
];

/** An action in words. */
export function actionName(action: number): string {
  const message = messages[action];
  if (!message) return 'no contact';
  const { kind, depth, channel } = message;
  return `${kind === 'discount' ? `${Math.round(100 * depth)} % off` : kind} by ${channel}`;
}
