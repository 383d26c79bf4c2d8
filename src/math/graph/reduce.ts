import { elements, type Value } from './graph.ts';

/** Reductions over axes (all of them when none are named). `keep` leaves axes of size 1, ready for broadcasting. */
export interface ReduceOptions {
  readonly axes?: readonly number[];
  readonly keep?: boolean;
}

export function sum(x: Value, options: ReduceOptions = {}): Value {
  const { graph } = x;
  const { y, kept } = reduce('ReduceSum', x, options);
  return graph.differentiable(y, [[x, (d) => spread(d, kept, x.shape)]]);
}

export function mean(x: Value, options: ReduceOptions = {}): Value {
  const { graph } = x;
  const { y, kept } = reduce('ReduceMean', x, options);
  const share = elements(kept) / elements(x.shape);
  return graph.differentiable(y, [
    [x, (d) => spread(graph.node('Mul', [d, graph.constant(share)], d.shape), kept, x.shape)],
  ]);
}

/** The largest; equal ones share the gradient. */
export function max(x: Value, options: ReduceOptions = {}): Value {
  const { graph } = x;
  const { y, kept, axes } = reduce('ReduceMax', x, options);
  return graph.differentiable(y, [
    [
      x,
      (d) => {
        const best = graph.node('Reshape', [y, graph.integers(kept)], kept);
        const [same] = graph.nodes('Equal', [x, best], [{ shape: x.shape, type: 'bool' }]);
        const [ones] = graph.nodes('Cast', [same!], [{ shape: x.shape }], { to: 1 });
        const ties = graph.node('ReduceSum', [ones!, graph.integers(axes)], kept, { keepdims: 1 });
        const share = graph.node('Div', [ones!, ties], x.shape);
        return graph.node('Mul', [share, spread(d, kept, x.shape)], x.shape);
      },
    ],
  ]);
}

/** log of the sum of exponentials over the last axis, kept as size 1; its gradient is the softmax. */
export function logSumExp(x: Value): Value {
  const { graph } = x;
  const axis = x.shape.length - 1;
  const { y } = reduce('ReduceLogSumExp', x, { axes: [axis], keep: true });
  return graph.differentiable(y, [
    [x, (d) => graph.node('Mul', [graph.node('Softmax', [x], x.shape, { axis }), d], x.shape)],
  ]);
}

function reduce(
  operator: string,
  x: Value,
  options: ReduceOptions,
): { readonly y: Value; readonly kept: readonly number[]; readonly axes: readonly number[] } {
  const axes = options.axes ?? x.shape.map((_, i) => i);
  const kept = x.shape.map((size, i) => (axes.includes(i) ? 1 : size));
  const shape = options.keep ? kept : x.shape.filter((_, i) => !axes.includes(i));
  const y = x.graph.node(operator, [x, x.graph.integers(axes)], shape, { keepdims: Number(!!options.keep) });
  return { y, kept, axes };
}

/** A reduced gradient, repeated over the axes it was reduced from. */
function spread(d: Value, kept: readonly number[], shape: readonly number[]): Value {
  const { graph } = d;
  const whole = graph.node('Reshape', [d, graph.integers(kept)], kept);
  return graph.node('Expand', [whole, graph.integers(shape)], shape);
}
