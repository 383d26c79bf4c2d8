import type { Policy } from '../../agent/index.ts';
import { rng, shuffle, TendrilError } from '../../core/index.ts';
import type { WorldDefinition } from '../../world/index.ts';
import { type ObservedStates, observedStates } from './observed-states.ts';

/** Shoppers to grow rules on, and others to judge them by. */
export interface ShoppersApart {
  readonly grown: ObservedStates;
  readonly judged: ObservedStates;
  /** Of stored rows: how many there are, and how many of them differ. */
  readonly stored?: { readonly rows: number; readonly different: number };
}

export interface ApartOptions {
  readonly policy: Policy;
  readonly definition: WorldDefinition;
  readonly worldOptions: Readonly<Record<string, unknown>>;
  readonly seed: number;
  /** To grow on, half as many more to judge by; of stored rows all are taken, one half each. */
  readonly shoppers: number;
}

/** Fewer different shoppers than these say nothing about others. */
const leastDifferent = 20;

/**
 * A world draws as many new shoppers as are asked for. A log has only those it stored: they are split by lot in two halves,
 * rows that are alike in the same one, so that no shopper stands on both sides. Throws `bad-setting` where fewer than 20 differ.
 */
export async function shoppersApart(options: ApartOptions): Promise<ShoppersApart> {
  const { policy, definition, worldOptions, seed, shoppers } = options;
  if (definition.stored) return halvesOf(definition.stored, policy.observation.size, seed);
  const draw = (n: number, from: number): Promise<ObservedStates> =>
    observedStates(definition.create(n, worldOptions), policy, from);
  return { grown: await draw(shoppers, seed), judged: await draw(Math.ceil(shoppers / 2), seed + 1) };
}

function halvesOf(rows: Float32Array, size: number, seed: number): ShoppersApart {
  const alike = new Map<string, number[]>();
  const n = rows.length / size;
  for (let i = 0; i < n; i++) {
    const key = rows.subarray(i * size, (i + 1) * size).join();
    const same = alike.get(key);
    if (same) same.push(i);
    else alike.set(key, [i]);
  }
  if (alike.size < leastDifferent)
    throw new TendrilError(
      'bad-setting',
      `different shoppers among the rows of its log that the policy file stores: ${alike.size} (rows: ${n}); accepted for a tree, which is made from one half and judged by the other: at least ${leastDifferent}`,
    );
  const groups = [...alike.values()];
  const order = Int32Array.from(groups.keys());
  shuffle(order, rng(seed).fork('halves'));
  const middle = Math.ceil(groups.length / 2);
  const take = (some: Int32Array): ObservedStates => {
    const kept = [...some].flatMap((group) => groups[group]!);
    const observations = new Float32Array(kept.length * size);
    kept.forEach((row, i) => {
      observations.set(rows.subarray(row * size, (row + 1) * size), i * size);
    });
    return { n: kept.length, observations };
  };
  return {
    grown: take(order.subarray(0, middle)),
    judged: take(order.subarray(middle)),
    stored: { rows: n, different: alike.size },
  };
}
