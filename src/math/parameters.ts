import type { Rng } from '../core/index.ts';
import type { Tensor } from './engine.ts';
import { elements, type Graph, type Value } from './graph/graph.ts';
import { gradients } from './graph/reverse-mode.ts';
import type { Kernels } from './kernels/kernels.ts';
import { orthogonal } from './orthogonal.ts';

/**
 * A network's parameters and their gradients: named tensors that are views on two flat arrays, so that optimiser,
 * clipping, copying to a target network and saving are single loops. Each tensor begins on a multiple of 16 numbers.
 *
 *     values     [ w1 . . . . | b1 . | w2 . . . | ... ]
 *     gradients  [ same places                        ]
 */
export interface Parameters {
  readonly values: Float32Array;
  readonly gradients: Float32Array;
  readonly entries: readonly ParameterEntry[];
}

interface ParameterEntry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly size: number;
}

/**
 * A parameter's shape and what it starts as: `glorot` uniform (Glorot & Bengio 2010), `he` uniform, a constant,
 * normal, uniform within a limit either way, or orthogonal (Saxe et al. 2014) times a gain.
 */
export interface ParameterSpec {
  readonly shape: readonly number[];
  readonly start:
    | 'glorot'
    | 'he'
    | number
    | { readonly normal: number }
    | { readonly uniform: number }
    | { readonly orthogonal: number };
  /** The shape it is stored in where that is larger, zero beyond its own; for matrices that start orthogonal or at 0. */
  readonly within?: readonly number[];
}

/** Draws the start values; the two arrays lie in the kernels' memory. */
export function parameters(
  specs: Readonly<Record<string, ParameterSpec>>,
  rng: Rng,
  kernels: Kernels,
): Parameters {
  let size = 0;
  const entries = Object.entries(specs).map(([name, { shape: own, within: shape = own }]) => {
    const entry = { name, shape, offset: size, size: elements(shape) };
    size += Math.ceil(entry.size / 16) * 16;
    return entry;
  });
  const values = kernels.floats(size);
  for (const { name, offset, size: count } of entries) {
    const { shape, start, within = shape } = specs[name]!;
    const stream = rng.fork(name);
    if (typeof start === 'object' && 'orthogonal' in start) {
      const [rows, columns, stored] = [shape[0]!, shape[1]!, within[1]!];
      const drawn = orthogonal(rows, columns, start.orthogonal, stream);
      for (let row = 0; row < rows; row++)
        values.set(drawn.subarray(row * columns, (row + 1) * columns), offset + row * stored);
      continue;
    }
    const draw = sampler(start, shape, stream);
    for (let i = offset; i < offset + count; i++) values[i] = draw();
  }
  return { values, gradients: kernels.floats(size), entries };
}

function sampler(
  start: Exclude<ParameterSpec['start'], { orthogonal: number }>,
  shape: readonly number[],
  rng: Rng,
): () => number {
  if (typeof start === 'number') return () => start;
  if (typeof start === 'object' && 'normal' in start) return () => start.normal * rng.normal();
  const [inputs, outputs] = [shape[0] ?? 1, shape[1] ?? 1];
  const limit =
    typeof start === 'object' ? start.uniform : Math.sqrt(6 / (start === 'he' ? inputs : inputs + outputs));
  return () => limit * (2 * rng.float() - 1);
}

/** Declares every parameter as an input of the graph, under `prefix` + its name. */
export function parameterInputs(g: Graph, of: Parameters, prefix = ''): Record<string, Value> {
  return Object.fromEntries(of.entries.map(({ name, shape }) => [name, g.input(prefix + name, shape)]));
}

/** Differentiates `loss` by every parameter and makes the gradients outputs named `gradient.` + name. */
export function gradientOutputs(
  g: Graph,
  loss: Value,
  inputs: Readonly<Record<string, Value>>,
  also: readonly Value[] = [],
): Value[] {
  const names = Object.keys(inputs);
  const found = gradients(loss, [...Object.values(inputs), ...also]);
  names.forEach((name, i) => {
    g.output(`gradient.${name}`, found[i]!);
  });
  return found.slice(names.length);
}

/** What to bind to the inputs that `parameterInputs` declared. */
export function parameterTensors(of: Parameters, prefix = ''): Record<string, Tensor> {
  return views(of, of.values, prefix);
}

/** What to bind to the outputs that `gradientOutputs` made. */
export const gradientTensors = (of: Parameters): Record<string, Tensor> =>
  views(of, of.gradients, 'gradient.');

function views(of: Parameters, numbers: Float32Array, prefix: string): Record<string, Tensor> {
  return Object.fromEntries(
    of.entries.map(({ name, shape, offset, size }) => [
      prefix + name,
      { data: numbers.subarray(offset, offset + size), shape },
    ]),
  );
}
