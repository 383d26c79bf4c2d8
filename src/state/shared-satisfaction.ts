import type { Decision, Event } from '../core/index.ts';
import type { ShopperState } from './shopper-state.ts';

/**
 * How well slates that were chosen for several people have served a shopper so far. Satisfaction fades as newer slates come
 * (Masthoff & Gatt 2006, "In pursuit of satisfaction and the prevention of embarrassment: affective state in group
 * recommender systems"):
 *
 *   shared = .9 x shared before + satisfaction with this slate     0 to 10
 */
export const sharedAfter = (before: number, satisfaction: number): number => 0.9 * before + satisfaction;

/** What a decision does to it: nothing, where it was made for one. */
export function sharedOf(state: ShopperState, event: Event): Pick<ShopperState, 'shared'> {
  const decision = event.properties?.decision as unknown as Decision | undefined;
  const satisfaction = decision?.group?.satisfaction;
  return typeof satisfaction === 'number' ? { shared: sharedAfter(state.shared ?? 0, satisfaction) } : {};
}
