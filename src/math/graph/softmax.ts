import type { Value } from './graph.ts';

/** exp(x) / sum(exp(x)) over the last axis. */
export function softmax(x: Value): Value {
  const { graph } = x;
  const y = graph.node('Softmax', [x], x.shape, { axis: x.shape.length - 1 });
  return graph.differentiable(y, [
    [
      x,
      (d) => {
        const weighted = graph.node('Mul', [d, y], x.shape);
        return graph.node('Sub', [weighted, graph.node('Mul', [y, rowSums(weighted)], x.shape)], x.shape);
      },
    ],
  ]);
}

/** log(softmax(x)) over the last axis, without overflow. */
export function logSoftmax(x: Value): Value {
  const { graph } = x;
  const y = graph.node('LogSoftmax', [x], x.shape, { axis: x.shape.length - 1 });
  return graph.differentiable(y, [
    [
      x,
      (d) => {
        const share = graph.node('Mul', [graph.node('Exp', [y], x.shape), rowSums(d)], x.shape);
        return graph.node('Sub', [d, share], x.shape);
      },
    ],
  ]);
}

/** Sums over the last axis, kept as size 1. */
export function rowSums(x: Value): Value {
  const shape = [...x.shape.slice(0, -1), 1];
  return x.graph.node('ReduceSum', [x, x.graph.integers([x.shape.length - 1])], shape, { keepdims: 1 });
}
