import { type Attributes, type ElementType, onnxModel, onnxNode, onnxTensor, onnxValue } from './onnx.ts';
import type { ProtobufWriter } from './protobuf.ts';

/**
 * A static graph, written down as it is built. Operations are plain functions over values (`relu(linear(x, w, b))`);
 * each adds nodes and, where it can be differentiated, its rule for the vector-Jacobian product to the tape that
 * `gradients` (reverse-mode.ts) replays backwards, adding more nodes. All shapes are known while building, so mistakes
 * are found then, and the result is one ONNX model for the whole step, forward and backward.
 */
export interface Graph {
  input(name: string, shape: readonly number[], type?: ElementType): Value;
  /** A float32 constant; scalars by default. Equal scalars are stored once. */
  constant(data: number | Float32Array, shape?: readonly number[]): Value;
  /** A list of int64, for the axes and shapes that operators take. */
  integers(list: readonly number[]): Value;
  /** Adds one operator, e.g. `node('Gemm', [x, w], [4, 2], { transB: 1 })`; "com.microsoft:" in front names that domain. */
  node(operator: string, inputs: readonly Value[], shape: readonly number[], attributes?: Attributes): Value;
  /** As `node`, for operators with several outputs. */
  nodes(
    operator: string,
    inputs: readonly Value[],
    outputs: readonly Made[],
    attributes?: Attributes,
  ): Value[];
  /** Says how the gradient of `output` becomes the gradients of the inputs it came from; returns `output`. */
  differentiable(output: Value, rules: readonly Rule[]): Value;
  output(name: string, value: Value): void;
  readonly tape: readonly Recorded[];
  /** The graph as an ONNX model. */
  bytes(): Uint8Array;
}

export interface Value {
  readonly graph: Graph;
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: ElementType;
}

export interface Made {
  readonly shape: readonly number[];
  readonly type?: ElementType;
}

/** An input, and the gradient of it from the gradient of the output (same shapes as those). Called only where needed. */
export type Rule = readonly [input: Value, gradient: (outputGradient: Value) => Value];

export interface Recorded {
  readonly output: Value;
  readonly rules: readonly Rule[];
}

export function graph(): Graph {
  const nodes: ProtobufWriter[] = [];
  const constants: ProtobufWriter[] = [];
  const inputs: ProtobufWriter[] = [];
  const outputs: ProtobufWriter[] = [];
  const tape: Recorded[] = [];
  const shared = new Map<string, Value>();
  let count = 0;
  const value = (name: string, shape: readonly number[], type: ElementType): Value => ({
    graph: self,
    name,
    shape,
    type,
  });
  const once = (key: string, make: () => Value): Value => {
    const known = shared.get(key) ?? make();
    shared.set(key, known);
    return known;
  };
  const self: Graph = {
    tape,
    input(name, shape, type = 'float32') {
      inputs.push(onnxValue(name, type, shape));
      return value(name, shape, type);
    },
    constant(data, shape = []) {
      const make = (numbers: Float32Array): Value => {
        if (numbers.length !== elements(shape))
          throw new RangeError(`${numbers.length} numbers do not fill the shape [${shape}]`);
        const name = `c${count++}`;
        constants.push(onnxTensor(name, shape, numbers));
        return value(name, shape, 'float32');
      };
      if (typeof data !== 'number') return make(data);
      return once(`${data}[${shape}]`, () => make(new Float32Array(elements(shape)).fill(data)));
    },
    integers: (list) =>
      once(`i${list}`, () => {
        const name = `c${count++}`;
        constants.push(onnxTensor(name, [list.length], BigInt64Array.from(list, BigInt)));
        return value(name, [list.length], 'int64');
      }),
    node: (operator, from, shape, attributes) =>
      self.nodes(operator, from, [{ shape, type: from[0]?.type ?? 'float32' }], attributes)[0]!,
    nodes(operator, from, made, attributes = {}) {
      const results = made.map(({ shape, type = 'float32' }) => value(`v${count++}`, shape, type));
      nodes.push(
        onnxNode(
          operator,
          from.map((input) => input.name),
          results.map((result) => result.name),
          attributes,
        ),
      );
      return results;
    },
    differentiable(output, rules) {
      tape.push({ output, rules });
      return output;
    },
    output(name, of) {
      nodes.push(onnxNode('Identity', [of.name], [name], {}));
      outputs.push(onnxValue(name, of.type, of.shape));
    },
    bytes: () => onnxModel({ nodes, constants, inputs, outputs }),
  };
  return self;
}

/** Numbers in a tensor of this shape. */
export const elements = (shape: readonly number[]): number =>
  shape.reduce((product, size) => product * size, 1);
