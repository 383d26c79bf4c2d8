import { elements, type Value } from './graph.ts';
import { reshape } from './shape.ts';

/**
 * x w + b for the last axis of x: x [..., inputs], w [inputs, outputs], b [outputs]. One Gemm forward; the gradient of
 * the bias is a product with ones as well, several times faster than a sum over rows.
 */
export function linear(x: Value, w: Value, b?: Value): Value {
  const [inputs, outputs] = w.shape as [number, number];
  if (w.shape.length !== 2 || x.shape.at(-1) !== inputs || (b && b.shape.join() !== `${outputs}`))
    throw new RangeError(`linear: [${x.shape}] x [${w.shape}] + [${b?.shape ?? ''}] do not fit`);
  if (x.shape.length !== 2) {
    const rows = elements(x.shape) / inputs;
    return reshape(linear(reshape(x, [rows, inputs]), w, b), [...x.shape.slice(0, -1), outputs]);
  }
  const { graph } = x;
  const rows = x.shape[0]!;
  const y = graph.node('Gemm', b ? [x, w, b] : [x, w], [rows, outputs]);
  const rules: [Value, (d: Value) => Value][] = [
    [x, (d) => graph.node('Gemm', [d, w], x.shape, { transB: 1 })],
    [w, (d) => graph.node('Gemm', [x, d], w.shape, { transA: 1 })],
  ];
  if (b) {
    rules.push([
      b,
      (d) => {
        const sums = graph.node('Gemm', [graph.constant(1, [1, rows]), d], [1, outputs]);
        return graph.node('Reshape', [sums, graph.integers([outputs])], [outputs]);
      },
    ]);
  }
  return graph.differentiable(y, rules);
}

/** x w^T for 2-D x [rows, inputs] and w [outputs, inputs]: scores of rows against an embedding table. */
export function linearTransposed(x: Value, w: Value): Value {
  if (x.shape.length !== 2 || w.shape.length !== 2 || x.shape[1] !== w.shape[1])
    throw new RangeError(`linearTransposed: [${x.shape}] x [${w.shape}]^T do not fit`);
  const { graph } = x;
  const y = graph.node('Gemm', [x, w], [x.shape[0]!, w.shape[0]!], { transB: 1 });
  return graph.differentiable(y, [
    [x, (d) => graph.node('Gemm', [d, w], x.shape)],
    [w, (d) => graph.node('Gemm', [d, x], w.shape, { transA: 1 })],
  ]);
}

/**
 * scale x a b, for stacks of matrices with equal leading axes; `transposeB` takes b as [..., columns, inner], as
 * attention does for queries and keys.
 */
export function matmul(
  a: Value,
  b: Value,
  options: { readonly transposeB?: boolean; readonly scale?: number } = {},
): Value {
  const { graph } = a;
  const { transposeB = false, scale = 1 } = options;
  const inner = b.shape.at(transposeB ? -1 : -2);
  const columns = b.shape.at(transposeB ? -2 : -1)!;
  if (a.shape.at(-1) !== inner || a.shape.slice(0, -2).join() !== b.shape.slice(0, -2).join())
    throw new RangeError(`matmul: [${a.shape}] x [${b.shape}]${transposeB ? '^T' : ''} do not fit`);
  const product = (x: Value, y: Value, shape: readonly number[], transA: boolean, transB: boolean): Value =>
    graph.node('com.microsoft:FusedMatMul', [x, y], shape, {
      alpha: { float: scale },
      transA: Number(transA),
      transB: Number(transB),
    });
  const y = product(a, b, [...a.shape.slice(0, -1), columns], false, transposeB);
  return graph.differentiable(y, [
    [a, (d) => product(d, b, a.shape, false, !transposeB)],
    [b, (d) => (transposeB ? product(d, a, b.shape, true, false) : product(a, d, b.shape, true, false))],
  ]);
}
