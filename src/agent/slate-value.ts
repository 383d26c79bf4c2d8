import { add, div, exp, gatherColumns, max, mul, slice, sub, sum, topK, type Value } from '../math/index.ts';

/**
 * The best slate and what it is worth, where a shopper chooses at most one item of it (SlateQ, Ie et al. 2019).
 * With v = exp(choice logit), p_1 .. p_k the pull of each position and item 0 "choose nothing":
 *
 *   value(slate) = (v_0 Q_0 + sum p_i v_i Q_i) / (v_0 + sum p_i v_i)
 *
 * The largest such ratio over all slates is found exactly by Dinkelbach's method (1967): for a guess L of it, the k
 * largest v_i (Q_i - L) make the best slate for that guess, and its value is the next guess. It rises and settles in
 * very few rounds. The numbers v_i (Q_i - L) at the end are scores whose top k is the best slate: a single number for
 * each item, ready for masks and exploration.
 */
export interface SlateValue {
  /** [rows, items]. */
  readonly scores: Value;
  /** [rows, 1]: what the best slate is worth. */
  readonly value: Value;
}

const rounds = 4;

/**
 * `q` and `logits` are [rows, items + 1], choosing nothing last; `position` [k] is the logarithm of each position's
 * pull. With `judge`, another [rows, items + 1] of values, the slate that is best by `q` is valued by those (double
 * Q-learning). No gradient is meant to pass.
 */
export function bestSlate(q: Value, logits: Value, position: Value, judge: Value = q): SlateValue {
  const items = q.shape[1]! - 1;
  const k = position.shape[0]!;
  const v = exp(sub(logits, max(logits, { axes: [1], keep: true })));
  const [vItems, vNone] = [slice(v, 1, 0, items), slice(v, 1, items, items + 1)];
  const [qItems, qNone] = [slice(q, 1, 0, items), slice(q, 1, items, items + 1)];
  const pull = exp(position);
  const scoresAt = (value: Value): Value => mul(vItems, sub(qItems, value));
  const worthOf = (columns: Value, values: Value): Value => {
    const weights = mul(gatherColumns(vItems, columns), pull);
    const chosen = gatherColumns(slice(values, 1, 0, items), columns);
    const nothing = mul(vNone, slice(values, 1, items, items + 1));
    const worth = add(nothing, sum(mul(weights, chosen), { axes: [1], keep: true }));
    return div(worth, add(vNone, sum(weights, { axes: [1], keep: true })));
  };
  let value = qNone;
  let { columns } = topK(scoresAt(value), k);
  for (let round = 0; round < rounds; round++) {
    if (round > 0) ({ columns } = topK(scoresAt(value), k));
    value = worthOf(columns, q);
  }
  return { scores: scoresAt(value), value: judge === q ? value : worthOf(columns, judge) };
}
