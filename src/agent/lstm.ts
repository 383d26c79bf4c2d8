/**
 * A long short-term memory (Hochreiter & Schmidhuber 1997; with the forget gate of Gers, Schmidhuber & Cummins 2000) over a
 * shopper's history that says what comes next: beside what it shows, h, it holds a memory m that nothing squashes.
 *
 *   i, f, o = sigmoid(x W + h U + b)      what enters, what stays, what is shown
 *   c = tanh(x W_c + h U_c + b_c),  m' = f m + i c,  h' = o tanh(m')
 *
 * The four of W, U and b stand side by side, in this order. The forget gate's bias begins at 1: at first nothing is forgotten
 * (Jozefowicz, Zaremba & Sutskever 2015).
 */
import { add, linear, mul, sigmoid, slice, tanh, type Value } from '../math/index.ts';
import type { AgentDefinition } from './agent.ts';
import { growNextItem } from './next-item-agent.ts';
import { recurrentAgent, recurrentSettings } from './recurrent-agent.ts';
import type { Cell } from './recurrent-network.ts';

const cell: Cell = {
  parameters: (width) => ({
    w: { shape: [width, 4 * width], start: { uniform: 1 / Math.sqrt(width) } },
    u: { shape: [width, 4 * width], start: { uniform: 1 / Math.sqrt(width) } },
    b: { shape: [4 * width], start: 0 },
    stays: { shape: [width], start: 1 },
  }),
  step(w, x, held, width) {
    const seen = linear(x, w.w!, w.b!);
    const [h, memory] = held ?? [];
    const all = h ? add(seen, linear(h, w.u!)) : seen;
    const quarter = (k: number): Value => slice(all, 1, k * width, (k + 1) * width);
    const enters = mul(sigmoid(quarter(0)), tanh(quarter(3)));
    const next = memory ? add(enters, mul(memory, sigmoid(add(quarter(1), w.stays!)))) : enters;
    return [mul(sigmoid(quarter(2)), tanh(next)), next];
  },
};

export const lstm: AgentDefinition<typeof recurrentSettings> = {
  name: 'lstm',
  summary: 'a long short-term memory over the history, taught to say what comes next',
  consumes: 'sequences',
  needsEngine: true,
  logits: true,
  settings: recurrentSettings,
  create: (context, values) => recurrentAgent('lstm', cell, context, values),
  restore: (context, values, saved) => recurrentAgent('lstm', cell, context, values, saved),
  grow: growNextItem,
};
