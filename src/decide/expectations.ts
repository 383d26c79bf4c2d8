import type { Chances } from '../agent/index.ts';
import { eventTypes } from '../core/index.ts';
import type { ShopperState } from '../state/index.ts';
import type { ServedPolicy } from './decide-for-shopper.ts';

/** What a shopper will probably do, in chances from 0 to 1; a part is missing where the model was not taught it. */
export interface Expectations {
  /** The session is over. */
  readonly willLeave?: number;
  /** Something will be bought in this session. */
  readonly willBuy?: number;
  /** The five likeliest, best first. */
  readonly nextEventType?: readonly { readonly eventType: string; readonly chance: number }[];
  readonly nextCategory?: readonly { readonly category: string; readonly chance: number }[];
}

/** Undefined where the policy has no heads for it, or nothing is known of the shopper. */
export async function expectationsOf(
  state: ShopperState,
  now: number,
  { policy, encode, categories = [] }: ServedPolicy,
): Promise<Expectations | undefined> {
  if (!policy.foresee) return undefined;
  const row = new Float32Array(policy.observation.size);
  encode(state, now, row);
  const found = await policy.foresee(row);
  return (
    found && {
      ...(found.leaves && { willLeave: found.leaves.chances[1]! }),
      ...(found.buys && { willBuy: found.buys.chances[1]! }),
      ...(found.nextType && {
        nextEventType: likeliest(found.nextType, (code) => eventTypes[code]!.name).map(
          ([eventType, chance]) => ({
            eventType,
            chance,
          }),
        ),
      }),
      ...(found.nextCategory && {
        nextCategory: likeliest(found.nextCategory, (code) => categories[code - 1] ?? '').map(
          ([category, chance]) => ({ category, chance }),
        ),
      }),
    }
  );
}

/** Code 0 stands for none of the classes that were taught. */
function likeliest({ codes, chances }: Chances, nameOf: (code: number) => string): [string, number][] {
  return [...codes.keys()]
    .filter((i) => codes[i]! > 0)
    .sort((a, b) => chances[b]! - chances[a]!)
    .slice(0, 5)
    .map((i) => [nameOf(codes[i]!), chances[i]!]);
}
