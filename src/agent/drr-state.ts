import {
  add,
  concat,
  div,
  exp,
  linear,
  mul,
  type ParameterSpec,
  relu,
  reshape,
  slice,
  softmax,
  sum,
  type Value,
} from '../math/index.ts';
import type { Weights } from './relu-tower.ts';

/**
 * What a shopper is, out of the rows i_1 .. i_last of the newest items answered to (Liu et al. 2018, section 4.3; `attention`
 * is DRR-att of the same authors' "State representation modeling for deep reinforcement learning based recommendation",
 * 2020). Each row is weighted by its place, a missing one is 0; u is a line on the rest of the observation:
 *
 *   pairs      [ i_a | i_a x i_b for a < b ]            DRR-p
 *   shopper    [ u x i_a | i_a x i_b for a < b ]        DRR-u
 *   average    [ u | u x g | g ]   g the mean of i      DRR-ave
 *   attention  [ u | u x g | g ]   g = sum alpha_a i_a, alpha = softmax of relu([ i_a | u | u x i_a ] W + b) v
 *
 * The paper looks u up by the shopper's number; a line serves shoppers that were not there before, too.
 */
export interface DrrShape {
  readonly state: 'pairs' | 'shopper' | 'average' | 'attention';
  /** Items looked at. */
  readonly last: number;
  /** Numbers an item is described by. */
  readonly width: number;
  /** Numbers of the observation beside the items. */
  readonly dense: number;
}

/** Numbers of a state. */
export const stateSize = ({ state, last, width }: DrrShape): number =>
  width * (state === 'pairs' || state === 'shopper' ? last + (last * (last - 1)) / 2 : 3);

export const stateParameters = ({ state, last, width, dense }: DrrShape): Record<string, ParameterSpec> => ({
  // Above 1; not 0 at first, or a mean would not know the order of what it is of.
  places: { shape: [last, 1], start: { normal: 0.1 } },
  ...(state !== 'pairs' && {
    'shopper.w': { shape: [dense, width], start: 'glorot' },
    'shopper.b': { shape: [width], start: 0 },
  }),
  ...(state === 'attention' && {
    'attention.w1': { shape: [3 * width, width], start: 'he' },
    'attention.b1': { shape: [width], start: 0 },
    'attention.w2': { shape: [width, 1], start: { normal: 0.003 } },
  }),
});

/** [n, dense], item rows [n, last, width] and padding [n, last] (0 where there is one, -1e9 where not) -> [n, size]. */
export function stateOf(w: Weights, s: DrrShape, dense: Value, items: Value, padding: Value): Value {
  const { last, width } = s;
  const n = dense.shape[0]!;
  const g = dense.graph;
  const there = reshape(exp(padding), [n, last, 1]);
  const rows = mul(mul(items, there), add(w.places!, 1));
  const u = s.state === 'pairs' ? undefined : linear(dense, w['shopper.w']!, w['shopper.b']!);
  const each = u && reshape(u, [n, 1, width]);
  if (s.state === 'pairs' || s.state === 'shopper') {
    const parts = [each ? mul(rows, each) : rows];
    for (let apart = 1; apart < last; apart++)
      parts.push(mul(slice(rows, 1, 0, last - apart), slice(rows, 1, apart, last)));
    return reshape(concat(parts, 1), [n, stateSize(s)]);
  }
  let shares: Value;
  if (s.state === 'average') shares = div(there, add(sum(there, { axes: [1], keep: true }), 1e-6));
  else {
    const beside = add(each!, g.constant(0, [n, last, width]));
    const met = reshape(concat([rows, beside, mul(rows, beside)], 2), [n * last, 3 * width]);
    const unit = relu(linear(met, w['attention.w1']!, w['attention.b1']!));
    const wanted = reshape(linear(unit, w['attention.w2']!), [n, last]);
    shares = reshape(softmax(add(wanted, padding)), [n, last, 1]);
  }
  const pooled = sum(mul(rows, shares), { axes: [1] });
  return concat([u!, mul(u!, pooled), pooled], 1);
}
