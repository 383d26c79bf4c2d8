import { type Kernels, type Matrix, type PartKernels, sparseProductRoom } from '../math/index.ts';

/**
 * Some units of the second layer of `dqnTower`, `from` to `to`, with all that leads to them and what they add to the answers. Parts
 * share no number that changes in a step but weights and gradients of the first layer: each has its own copy of the first
 * layer's answers, and hands back its own share of that layer's gradient, as the gradient of a sum is the sum of the gradients.
 */
export interface TowerPart {
  /** Adds up to the answers over all parts: out = relu(relu(x w1 + b1) w2^T + b2) w3^T, and b3 from the first part. */
  forward(on: PartKernels, w: Weights, x: Matrix, out: Matrix): void;
  /**
   * From what `forward` had last and the loss by the answers, the loss by the weights: `w2` and `b2` in the places of these units
   * in `gradient`, the shares of `w1`, `b1` and `w3` in `own`.
   */
  backward(on: PartKernels, w: Weights, x: Matrix, dz: Matrix, gradient: Weights): void;
  readonly own: { readonly w1: Matrix; readonly b1: Matrix; readonly w3: Matrix };
  readonly from: number;
  readonly to: number;
}

export type Weights = Readonly<Record<'w1' | 'b1' | 'w2' | 'b2' | 'w3' | 'b3', Matrix>>;

export interface TowerSizes {
  readonly inputs: number;
  readonly first: number;
  readonly second: number;
  readonly outputs: number;
  /** Of a training batch, and the most of one forward. */
  readonly rows: number;
}

export function towerPart(kernels: Kernels, sizes: TowerSizes, from: number, to: number): TowerPart {
  const { inputs, first, outputs, rows } = sizes;
  const units = to - from;
  const matrix = (count: number, columns: number): Matrix => ({
    values: kernels.floats(count * columns),
    rows: count,
    columns,
  });
  const [h1, h2] = [matrix(rows, first), matrix(rows, units)];
  const [d1, d2] = [matrix(rows, first), matrix(rows, units)];
  const ones = matrix(1, rows);
  ones.values.fill(1);
  const room = kernels.floats(roomOf(sizes));
  const own = { w1: matrix(inputs, first), b1: matrix(1, first), w3: matrix(outputs, units) };

  const product = (
    on: PartKernels,
    a: Matrix,
    b: Matrix,
    out: Matrix,
    rest: { start?: Matrix; rectify?: boolean; gate?: Matrix } = {},
  ): void =>
    on.sparseProduct({
      a,
      b,
      out: out.values,
      room,
      rectify: rest.rectify ?? false,
      start: rest.start?.values,
      gate: rest.gate?.values,
    });
  const units2 = (w2: Matrix): Matrix => (units === sizes.second ? w2 : rowsOf(w2, from, to));
  const units3 = (w3: Matrix): Matrix => ({
    values: w3.values.subarray(from),
    rows: outputs,
    columns: units,
    stride: w3.columns,
  });
  const unitsOf = (b2: Matrix): Matrix => ({ values: b2.values.subarray(from, to), rows: 1, columns: units });

  return {
    own,
    from,
    to,
    forward(on, w, x, out) {
      const [x1, x2] = [rowsOf(h1, 0, x.rows), rowsOf(h2, 0, x.rows)];
      product(on, x, w.w1, x1, { start: w.b1, rectify: true });
      product(on, x1, turned(units2(w.w2)), x2, { start: unitsOf(w.b2), rectify: true });
      product(on, x2, turned(units3(w.w3)), out, from === 0 ? { start: w.b3 } : {});
    },
    backward(on, w, x, dz, gradient) {
      product(on, dz, units3(w.w3), d2, { gate: h2 });
      product(on, d2, units2(w.w2), d1, { gate: h1 });
      product(on, turned(d2), h1, units2(gradient.w2));
      product(on, ones, d2, unitsOf(gradient.b2));
      product(on, turned(dz), h2, own.w3);
      product(on, turned(x), d1, own.w1);
      product(on, ones, d1, own.b1);
      if (from === 0) product(on, ones, dz, gradient.b3);
    },
  };
}

/** Numbers that a part takes from the kernels' memory. */
export const partNumbers = (sizes: TowerSizes): number =>
  2 * sizes.rows * (sizes.first + sizes.second) +
  sizes.rows +
  sizes.first * (sizes.inputs + 1) +
  sizes.outputs * sizes.second +
  roomOf(sizes) +
  8 * 16;

const roomOf = ({ inputs, first, second, outputs, rows }: TowerSizes): number =>
  Math.max(
    ...[inputs, first, second, outputs].map((width) =>
      Math.max(sparseProductRoom(rows, width), sparseProductRoom(width, rows)),
    ),
  );

const turned = (m: Matrix): Matrix => ({ ...m, transposed: !m.transposed });
const rowsOf = (m: Matrix, from: number, to: number): Matrix => ({
  ...m,
  values: m.values.subarray(from * m.columns, to * m.columns),
  rows: to - from,
});
