import { type ProtobufWriter, protobufWriter } from './protobuf.ts';

/**
 * The parts of an ONNX model as protobuf messages (onnx.proto3, IR version 8, operator set 18 plus the fused operators
 * of com.microsoft). Each function makes one message; `onnxModel` puts them together.
 */
export type ElementType = 'float32' | 'int32' | 'int64' | 'bool';

/** TensorProto.DataType. */
export const elementCode: Readonly<Record<ElementType, number>> = {
  float32: 1,
  int32: 6,
  int64: 7,
  bool: 9,
};

/** A whole number, a list of them, text, or `{ float }`: JavaScript cannot tell 1 from 1.0. */
export type Attribute = number | readonly number[] | string | { readonly float: number };
export type Attributes = Readonly<Record<string, Attribute>>;

export function onnxNode(
  operator: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Attributes,
): ProtobufWriter {
  const [domain, name] = operator.includes(':') ? operator.split(':') : ['', operator];
  const node = protobufWriter();
  for (const input of inputs) node.text(1, input);
  for (const output of outputs) node.text(2, output);
  node.text(3, `make ${outputs[0]}`).text(4, name!);
  for (const [key, value] of Object.entries(attributes)) node.message(5, attribute(key, value));
  if (domain) node.text(7, domain);
  return node;
}

/** AttributeProto: `i` is field 3, `f` 2, `s` 4, `ints` 8; field 20 says which it is. */
function attribute(key: string, value: Attribute): ProtobufWriter {
  const message = protobufWriter().text(1, key);
  if (typeof value === 'number') return message.integer(3, value).integer(20, 2);
  if (typeof value === 'string') return message.text(4, value).integer(20, 3);
  if ('float' in value) return message.float(2, value.float).integer(20, 1);
  for (const entry of value) message.integer(8, entry);
  return message.integer(20, 7);
}

/** TensorProto with raw little-endian data. */
export function onnxTensor(
  name: string,
  shape: readonly number[],
  data: Float32Array | Int32Array | BigInt64Array,
): ProtobufWriter {
  const type = data instanceof Float32Array ? 'float32' : data instanceof Int32Array ? 'int32' : 'int64';
  const tensor = protobufWriter();
  for (const size of shape) tensor.integer(1, size);
  return tensor
    .integer(2, elementCode[type])
    .text(8, name)
    .bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

/** ValueInfoProto: the name, type and shape of an input or output. */
export function onnxValue(name: string, type: ElementType, shape: readonly number[]): ProtobufWriter {
  const dimensions = protobufWriter();
  for (const size of shape) dimensions.message(1, protobufWriter().integer(1, size));
  const tensor = protobufWriter().integer(1, elementCode[type]).message(2, dimensions);
  return protobufWriter().text(1, name).message(2, protobufWriter().message(1, tensor));
}

export function onnxModel(parts: {
  readonly nodes: readonly ProtobufWriter[];
  readonly constants: readonly ProtobufWriter[];
  readonly inputs: readonly ProtobufWriter[];
  readonly outputs: readonly ProtobufWriter[];
}): Uint8Array {
  const graph = protobufWriter();
  for (const node of parts.nodes) graph.message(1, node);
  graph.text(2, 'tendril');
  for (const constant of parts.constants) graph.message(5, constant);
  for (const input of parts.inputs) graph.message(11, input);
  for (const output of parts.outputs) graph.message(12, output);
  return protobufWriter()
    .integer(1, 8)
    .text(2, 'tendril')
    .message(7, graph)
    .message(8, protobufWriter().text(1, '').integer(2, 18))
    .message(8, protobufWriter().text(1, 'com.microsoft').integer(2, 1))
    .finish();
}
