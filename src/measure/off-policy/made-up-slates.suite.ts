import type { Rng } from '../../core/index.ts';

/** Made-up slates of known truth: three slots of four actions, each slot filled on its own. */
export const slots = 3;
export const actions = 4;
/** What an action is worth at a slot; the first also decides how much the others count (a shopper reading from the top). */
const worth = (slot: number, action: number): number => ((slot + 1) * (action + 2)) % 5;
export const independent = (slate: readonly number[], slot: number): number => worth(slot, slate[slot]!);
export const reading = (slate: readonly number[], slot: number): number =>
  slot === 0 ? worth(0, slate[0]!) : worth(slot, slate[slot]!) * (slate[slot - 1] === 0 ? 2 : 0.25);

/** Slots filled each on its own. */
export const logging = Float64Array.of(0.4, 0.3, 0.2, 0.1, 0.1, 0.2, 0.3, 0.4, 0.25, 0.25, 0.25, 0.25);
export const target = Float64Array.of(0.1, 0.2, 0.3, 0.4, 0.7, 0.1, 0.1, 0.1, 0.1, 0.4, 0.4, 0.1);

export function everySlate(): { slate: number[]; probability: (policy: Float64Array) => number }[] {
  const found = [];
  for (let a = 0; a < actions; a++)
    for (let b = 0; b < actions; b++)
      for (let c = 0; c < actions; c++)
        found.push({
          slate: [a, b, c],
          probability: (policy: Float64Array) => policy[a]! * policy[actions + b]! * policy[2 * actions + c]!,
        });
  return found;
}
export const truth = (policy: Float64Array, reward: typeof reading): number =>
  everySlate().reduce(
    (sum, { slate, probability }) =>
      sum + probability(policy) * [0, 1, 2].reduce((all, slot) => all + reward(slate, slot), 0),
    0,
  );

export function shown(stream: Rng, n: number, reward: typeof reading) {
  const slates = new Int32Array(n * slots);
  const rows = { n, slots, reward: new Float64Array(n * slots), weight: new Float64Array(n * slots) };
  for (let i = 0; i < n; i++) {
    const slate = [0, 1, 2].map((slot) => {
      let u = stream.float();
      let action = 0;
      while (action < actions - 1 && u >= logging[slot * actions + action]!)
        u -= logging[slot * actions + action++]!;
      return action;
    });
    for (const [slot, action] of slate.entries()) {
      slates[i * slots + slot] = action;
      rows.weight[i * slots + slot] = target[slot * actions + action]! / logging[slot * actions + action]!;
      rows.reward[i * slots + slot] = reward(slate, slot) + 0.5 * stream.normal();
    }
  }
  const totals = Float64Array.from({ length: n }, (_, i) =>
    rows.reward.subarray(i * slots, (i + 1) * slots).reduce((a, b) => a + b, 0),
  );
  return { rows, slates, totals, naive: totals.reduce((a, b) => a + b / n, 0) };
}
