import { elements, type Value } from './graph.ts';

/** Operations on each number by itself. Two operands follow NumPy's broadcasting; a plain number stands for itself. */

export function add(a: Value, b: Value | number): Value {
  const [right, y] = binary('Add', a, b);
  return a.graph.differentiable(y, [
    [a, (d) => foldTo(d, a.shape)],
    [right, (d) => foldTo(d, right.shape)],
  ]);
}

export function sub(a: Value, b: Value | number): Value {
  const [right, y] = binary('Sub', a, b);
  return a.graph.differentiable(y, [
    [a, (d) => foldTo(d, a.shape)],
    [right, (d) => foldTo(d.graph.node('Neg', [d], d.shape), right.shape)],
  ]);
}

export function mul(a: Value, b: Value | number): Value {
  const [right, y] = binary('Mul', a, b);
  return a.graph.differentiable(y, [
    [a, (d) => foldTo(d.graph.node('Mul', [d, right], d.shape), a.shape)],
    [right, (d) => foldTo(d.graph.node('Mul', [d, a], d.shape), right.shape)],
  ]);
}

export function div(a: Value, b: Value | number): Value {
  const [right, y] = binary('Div', a, b);
  const over = (d: Value): Value => d.graph.node('Div', [d, right], d.shape);
  return a.graph.differentiable(y, [
    [a, (d) => foldTo(over(d), a.shape)],
    [right, (d) => foldTo(minus(d.graph.node('Mul', [over(d), y], d.shape)), right.shape)],
  ]);
}

/** max(x, 0). Its backward pass keeps the gradient where y is not 0. */
export function relu(x: Value): Value {
  const y = x.graph.node('Relu', [x], x.shape);
  return x.graph.differentiable(y, [[x, (d) => keepWhere(nonZero(y), d)]]);
}

export function tanh(x: Value): Value {
  const { graph } = x;
  const y = graph.node('Tanh', [x], x.shape);
  const slope = (): Value =>
    graph.node('Sub', [graph.constant(1), graph.node('Mul', [y, y], y.shape)], y.shape);
  return graph.differentiable(y, [[x, (d) => graph.node('Mul', [d, slope()], x.shape)]]);
}

export function sigmoid(x: Value): Value {
  const { graph } = x;
  const y = graph.node('Sigmoid', [x], x.shape);
  const rest = (): Value => graph.node('Sub', [graph.constant(1), y], y.shape);
  return graph.differentiable(y, [
    [x, (d) => graph.node('Mul', [d, graph.node('Mul', [y, rest()], y.shape)], x.shape)],
  ]);
}

export function exp(x: Value): Value {
  const y = x.graph.node('Exp', [x], x.shape);
  return x.graph.differentiable(y, [[x, (d) => d.graph.node('Mul', [d, y], x.shape)]]);
}

export function log(x: Value): Value {
  const y = x.graph.node('Log', [x], x.shape);
  return x.graph.differentiable(y, [[x, (d) => d.graph.node('Div', [d, x], x.shape)]]);
}

export const square = (x: Value): Value => {
  const y = x.graph.node('Mul', [x, x], x.shape);
  return x.graph.differentiable(y, [
    [x, (d) => d.graph.node('Mul', [d, d.graph.node('Mul', [x, d.graph.constant(2)], x.shape)], x.shape)],
  ]);
};

/** The smaller of two; where they are equal the gradient goes to the first. */
export function minimum(a: Value, b: Value): Value {
  const { graph } = a;
  const y = graph.node('Min', [a, b], broadcast(a.shape, b.shape));
  const first = (): Value => graph.nodes('LessOrEqual', [a, b], [{ shape: y.shape, type: 'bool' }])[0]!;
  return graph.differentiable(y, [
    [a, (d) => foldTo(keepWhere(first(), d), a.shape)],
    [
      b,
      (d) =>
        foldTo(keepWhere(graph.nodes('Not', [first()], [{ shape: y.shape, type: 'bool' }])[0]!, d), b.shape),
    ],
  ]);
}

/** x within [low, high]; the gradient passes only inside. */
export function clip(x: Value, low: Value | number, high: Value | number): Value {
  const y = clamp(x, low, high);
  return x.graph.differentiable(y, [[x, (d) => keepWhere(equal(x, y), d)]]);
}

/**
 * Huber loss of each number (Huber 1964): x^2 / 2 within delta of zero, delta (|x| - delta / 2) beyond; its slope is x
 * clipped to [-delta, delta], which is how gradients of rare large errors are kept small.
 */
export function huber(x: Value, delta = 1): Value {
  const { graph } = x;
  const inside = clamp(x, -delta, delta);
  const twice = graph.node('Sub', [graph.node('Add', [x, x], x.shape), inside], x.shape);
  const y = graph.node('Mul', [graph.node('Mul', [inside, twice], x.shape), graph.constant(0.5)], x.shape);
  return graph.differentiable(y, [[x, (d) => graph.node('Mul', [d, inside], x.shape)]]);
}

/** The same numbers with no way back: what a target is made of. */
export const stopGradient = (x: Value): Value => x.graph.node('Identity', [x], x.shape);

const clamp = (x: Value, ...limits: readonly [low: Value | number, high: Value | number]): Value =>
  x.graph.node(
    'Clip',
    [x, ...limits.map((limit) => (typeof limit === 'number' ? x.graph.constant(limit) : limit))],
    x.shape,
  );

const minus = (x: Value): Value => x.graph.node('Neg', [x], x.shape);

const equal = (a: Value, b: Value): Value =>
  a.graph.nodes('Equal', [a, b], [{ shape: a.shape, type: 'bool' }])[0]!;

const nonZero = (x: Value): Value =>
  x.graph.nodes('Cast', [x], [{ shape: x.shape, type: 'bool' }], { to: 9 })[0]!;

const keepWhere = (condition: Value, d: Value): Value =>
  d.graph.nodes('Where', [condition, d, d.graph.constant(0)], [{ shape: d.shape }])[0]!;

function binary(operator: string, a: Value, b: Value | number): [Value, Value] {
  const right = typeof b === 'number' ? a.graph.constant(b) : b;
  return [right, a.graph.node(operator, [a, right], broadcast(a.shape, right.shape))];
}

/** The shape of two shapes together; throws RangeError where they do not fit. */
export function broadcast(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const left = a[i - rank + a.length] ?? 1;
    const right = b[i - rank + b.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1)
      throw new RangeError(`shapes [${a}] and [${b}] do not broadcast`);
    return left === 1 ? right : left;
  });
}

/** The way back of broadcasting: sums a gradient over the axes along which its operand was repeated. */
function foldTo(d: Value, shape: readonly number[]): Value {
  const { graph } = d;
  const extra = d.shape.length - shape.length;
  const axes = d.shape.flatMap((size, i) => (i < extra || (shape[i - extra] === 1 && size !== 1) ? [i] : []));
  if (axes.length === 0) return d;
  const summed = graph.node(
    'ReduceSum',
    [d, graph.integers(axes)],
    d.shape.map((size, i) => (axes.includes(i) ? 1 : size)),
    { keepdims: 1 },
  );
  if (extra === 0) return summed;
  if (elements(summed.shape) !== elements(shape))
    throw new RangeError(`cannot fold [${d.shape}] to [${shape}]`);
  return graph.node('Reshape', [summed, graph.integers(shape)], shape);
}
