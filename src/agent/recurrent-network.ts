/**
 * A recurrent network over a shopper's history, as a graph: a cell goes from place to place, and what it holds after each one
 * is the state there. Cells differ in how they forget (gru.ts, lstm.ts); everything else is here.
 *
 *   x_t = item row (+ kind of event), some of it dropped            [rows, width]
 *   held_t = cell(x_t, held_(t-1)),  held_0 = 0                     unrolled: one graph for each length
 *   h_t = what it shows of held_t, some of it dropped;  score of an item = h . item row
 *
 * Histories end at the last place; before a shorter one begins the cell holds nothing.
 */
import {
  add,
  concat,
  exp,
  linear,
  mul,
  type ParameterSpec,
  reshape,
  slice,
  type Value,
} from '../math/index.ts';
import type { SequenceNetwork } from './transformer-model.ts';
import type { TransformerShape } from './transformer-network.ts';

export interface Cell {
  /** Its parameters by name, for states and inputs of `width` numbers. */
  parameters(width: number): Readonly<Record<string, ParameterSpec>>;
  /** Numbers it holds are lists of [rows, width]; the first is what it shows. Nothing is held at the beginning. */
  step(
    w: Readonly<Record<string, Value>>,
    x: Value,
    held: readonly Value[] | undefined,
    width: number,
  ): readonly Value[];
}

export function recurrentNetwork(cell: Cell, s: TransformerShape): Required<SequenceNetwork> {
  return {
    parameters: {
      ...(s.kinds > 0 && { kinds: { shape: [s.kinds, s.width], start: { normal: 0.02 } } }),
      ...cell.parameters(s.width),
    },
    dropoutShapes: (rows, length) => ({
      'keep.in': [rows * length, s.width],
      'keep.out': [rows * length, s.width],
    }),
    encode(w, { width }, itemRows, { kinds, padding }, rows, length, drop, newestOnly = false) {
      const read = mul(itemRows, Math.sqrt(width));
      const x = reshape(drop(kinds ? add(read, linear(kinds, w.kinds!)) : read, 'keep.in'), [
        rows,
        length,
        width,
      ]);
      // 1 where a place is taken, 0 where it is not.
      const taken = exp(reshape(padding, [rows, length]));
      // Of one place alone nothing is carried on: the weights that would do so take part with 0, and so have a gradient.
      const nothing = (): readonly Value[] =>
        cell.step(w, reshape(x, [rows, width]), undefined, width).map((value) => mul(value, 0));
      let held = length === 1 ? nothing() : undefined;
      const shown: Value[] = [];
      for (let t = 0; t < length; t++) {
        const here = slice(taken, 1, t, t + 1);
        const next = cell.step(w, reshape(slice(x, 1, t, t + 1), [rows, width]), held, width);
        held = next.map((value) => mul(value, here));
        shown.push(reshape(held[0]!, [rows, 1, width]));
      }
      if (newestOnly) return held![0]!;
      return drop(reshape(concat(shown, 1), [rows * length, width]), 'keep.out');
    },
  };
}
