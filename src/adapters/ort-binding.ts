import type { InferenceSession, Tensor as OrtTensor, TensorConstructor } from 'onnxruntime-node';
import type { Tensor, Tensors } from '../math/index.ts';

/**
 * Bound arrays as ONNX Runtime's tensors, made once: both runtimes share these types. Throws RangeError where a name
 * is missing or unknown, or an array does not fill its shape.
 */
export function bindingOf(
  make: TensorConstructor,
  session: InferenceSession,
  inputs: Tensors,
  outputs: Tensors,
): { feeds: Record<string, OrtTensor>; fetches: Record<string, OrtTensor> } {
  for (const name of session.inputNames)
    if (!(name in inputs)) throw new RangeError(`input "${name}" is not bound`);
  const known = (names: readonly string[], bound: Tensors, role: string): Record<string, OrtTensor> =>
    Object.fromEntries(
      Object.entries(bound).map(([name, tensor]) => {
        if (!names.includes(name))
          throw new RangeError(`the model has no ${role} "${name}"; it has: ${names.join(', ')}`);
        return [name, ortTensor(make, name, tensor)];
      }),
    );
  return {
    feeds: known(session.inputNames, inputs, 'input'),
    fetches: known(session.outputNames, outputs, 'output'),
  };
}

function ortTensor(make: TensorConstructor, name: string, { data, shape }: Tensor): OrtTensor {
  const size = shape.reduce((product, axis) => product * axis, 1);
  if (data.length !== size)
    throw new RangeError(`"${name}": ${data.length} numbers do not fill the shape [${shape}]`);
  return data instanceof Float32Array ? new make('float32', data, shape) : new make('int32', data, shape);
}
