import { elements, type Value } from './graph.ts';

/** Operations that move numbers without changing them. */

export function reshape(x: Value, shape: readonly number[]): Value {
  if (elements(shape) !== elements(x.shape))
    throw new RangeError(`cannot reshape [${x.shape}] to [${shape}]`);
  const { graph } = x;
  const y = graph.node('Reshape', [x, graph.integers(shape)], shape);
  return graph.differentiable(y, [[x, (d) => graph.node('Reshape', [d, graph.integers(x.shape)], x.shape)]]);
}

/** Axis i of the result is axis `order[i]` of x. */
export function transpose(x: Value, order: readonly number[]): Value {
  const { graph } = x;
  const y = graph.node(
    'Transpose',
    [x],
    order.map((axis) => x.shape[axis]!),
    { perm: order },
  );
  const back = order.map((_, axis) => order.indexOf(axis));
  return graph.differentiable(y, [[x, (d) => graph.node('Transpose', [d], x.shape, { perm: back })]]);
}

/** Entries from .. to of one axis (to exclusive). */
export function slice(x: Value, axis: number, from: number, to: number): Value {
  const { graph } = x;
  const shape = x.shape.map((size, i) => (i === axis ? to - from : size));
  const y = graph.node('Slice', [x, ...[[from], [to], [axis]].map((list) => graph.integers(list))], shape);
  const pads = [0, 1].flatMap((end) =>
    x.shape.map((size, i) => (i !== axis ? 0 : end === 0 ? from : size - to)),
  );
  return graph.differentiable(y, [[x, (d) => graph.node('Pad', [d, graph.integers(pads)], x.shape)]]);
}

/** Values one after the other along an axis. */
export function concat(parts: readonly Value[], axis: number): Value {
  const first = parts[0]!;
  const total = parts.reduce((sum, part) => sum + part.shape[axis]!, 0);
  const shape = first.shape.map((size, i) => (i === axis ? total : size));
  const y = first.graph.node('Concat', parts, shape, { axis });
  let from = 0;
  return first.graph.differentiable(
    y,
    parts.map((part) => {
      const start = from;
      from += part.shape[axis]!;
      return [part, (d: Value) => slice(d, axis, start, start + part.shape[axis]!)] as const;
    }),
  );
}
