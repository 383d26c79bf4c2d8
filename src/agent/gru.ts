/**
 * A gated recurrent unit (Cho et al. 2014) over a shopper's history that says what comes next ("Session-based
 * Recommendations with Recurrent Neural Networks", Hidasi et al. 2016, "GRU4Rec"): the classic among networks for sessions.
 *
 *   r = sigmoid(x W_r + h U_r + b_r)      how much of the past the candidate sees
 *   z = sigmoid(x W_z + h U_z + b_z)      how much of the past stays
 *   c = tanh(x W_c + r * (h U_c) + b_c),  h' = (1 - z) c + z h
 *
 * The three of W, U and b stand side by side. It is taught with the softmax over the catalogue, as the transformer is, not with
 * the pairs of the first paper, which lose to it (Hidasi & Karatzoglou 2018).
 */
import { add, linear, mul, sigmoid, slice, sub, tanh, type Value } from '../math/index.ts';
import type { AgentDefinition } from './agent.ts';
import { growNextItem } from './next-item-agent.ts';
import { recurrentAgent, recurrentSettings } from './recurrent-agent.ts';
import type { Cell } from './recurrent-network.ts';

export const gruCell: Cell = {
  parameters: (width) => ({
    w: { shape: [width, 3 * width], start: { uniform: 1 / Math.sqrt(width) } },
    u: { shape: [width, 3 * width], start: { uniform: 1 / Math.sqrt(width) } },
    b: { shape: [3 * width], start: 0 },
  }),
  step(w, x, held, width) {
    const third = (value: Value, k: number): Value => slice(value, 1, k * width, (k + 1) * width);
    const seen = linear(x, w.w!, w.b!);
    const h = held?.[0];
    // Before the first place h is 0: what would be multiplied by it is left out.
    if (!h) {
      const stays = sigmoid(third(seen, 1));
      const candidate = tanh(third(seen, 2));
      return [sub(candidate, mul(stays, candidate))];
    }
    const past = linear(h, w.u!);
    const sees = sigmoid(add(third(seen, 0), third(past, 0)));
    const stays = sigmoid(add(third(seen, 1), third(past, 1)));
    const candidate = tanh(add(third(seen, 2), mul(sees, third(past, 2))));
    return [add(candidate, mul(stays, sub(h, candidate)))];
  },
};

export const gru: AgentDefinition<typeof recurrentSettings> = {
  name: 'gru',
  summary: 'a gated recurrent unit over the history, taught to say what comes next',
  consumes: 'sequences',
  needsEngine: true,
  logits: true,
  settings: recurrentSettings,
  create: (context, values) => recurrentAgent('gru', gruCell, context, values),
  restore: (context, values, saved) => recurrentAgent('gru', gruCell, context, values, saved),
  grow: growNextItem,
};
