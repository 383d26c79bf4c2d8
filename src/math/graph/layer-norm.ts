import type { Value } from './graph.ts';

/**
 * Layer normalisation over the last axis (Ba, Kiros & Hinton 2016): (x - mean) / sqrt(variance + 1e-5) x gain + bias,
 * gain and bias of that axis' size.
 */
export function layerNorm(x: Value, gain: Value, bias: Value): Value {
  const { graph } = x;
  const last = x.shape.length - 1;
  const one = [...x.shape.slice(0, -1), 1];
  const [y, mean, inverse] = graph.nodes(
    'LayerNormalization',
    [x, gain, bias],
    [{ shape: x.shape }, { shape: one }, { shape: one }],
    { axis: -1, epsilon: { float: 1e-5 } },
  ) as [Value, Value, Value];
  const op = (operator: string, a: Value, b: Value): Value => graph.node(operator, [a, b], x.shape);
  const average = (value: Value): Value =>
    graph.node('ReduceMean', [value, graph.integers([last])], one, { keepdims: 1 });
  const overRows = (value: Value): Value =>
    last === 0
      ? value
      : graph.node('ReduceSum', [value, graph.integers(x.shape.slice(0, -1).map((_, i) => i))], gain.shape, {
          keepdims: 0,
        });
  const normal = (): Value => op('Mul', op('Sub', x, mean), inverse);
  return graph.differentiable(y, [
    [
      x,
      (d) => {
        const xHat = normal();
        const dHat = op('Mul', d, gain);
        const centred = op(
          'Sub',
          op('Sub', dHat, average(dHat)),
          op('Mul', xHat, average(op('Mul', dHat, xHat))),
        );
        return op('Mul', centred, inverse);
      },
    ],
    [gain, (d) => overRows(op('Mul', d, normal()))],
    [bias, (d) => overRows(d)],
  ]);
}
