/**
 * Settings of agents in simulated shops, as bench/shop.ts tuned them on its development shops within the same budget
 * (bench/results/shop-v1.json): how much count agents explore and which answers they count, how far dqn looks ahead.
 * Untuned, count agents never leave what they showed first, and a comparison with them says nothing.
 */
export interface TunedAgent {
  readonly settings: Readonly<Record<string, unknown>>;
  /** For agents of sequences: the deepest event types that count. */
  readonly interactions?: readonly string[];
}

const interactions = ['view', 'add_to_cart', 'purchase'];

export const tunedAgents: Readonly<Record<string, TunedAgent>> = {
  dqn: { settings: { nStep: 3 } },
  markov: { settings: { epsilon: 0.5 }, interactions },
  'item-knn': { settings: { epsilon: 0.2 }, interactions },
  popularity: { settings: { epsilon: 0.5 }, interactions },
};

/** Weight of what comes after the next slate. */
export const tunedDiscount = 0.8;
