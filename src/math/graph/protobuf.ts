/**
 * The protobuf wire format, as much of it as ONNX needs. A message is a run of fields, each a varint
 * `(field number << 3) | wire type`, then its value: wire type 0 a varint, 2 a length and that many bytes, 5 four bytes.
 */
export interface ProtobufWriter {
  integer(field: number, value: number): ProtobufWriter;
  float(field: number, value: number): ProtobufWriter;
  /** ASCII only: names and operators are. */
  text(field: number, value: string): ProtobufWriter;
  bytes(field: number, value: Uint8Array): ProtobufWriter;
  message(field: number, value: ProtobufWriter): ProtobufWriter;
  finish(): Uint8Array;
}

export function protobufWriter(): ProtobufWriter {
  let buffer = new Uint8Array(64);
  let length = 0;
  const reserve = (more: number): void => {
    if (length + more <= buffer.length) return;
    const grown = new Uint8Array(Math.max(2 * buffer.length, length + more));
    grown.set(buffer);
    buffer = grown;
  };
  const varint = (value: number): void => {
    reserve(10);
    // Negative numbers are written as 64-bit two's complement: always ten bytes.
    let rest = BigInt.asUintN(64, BigInt(value));
    while (rest > 127n) {
      buffer[length++] = Number(rest & 127n) | 128;
      rest >>= 7n;
    }
    buffer[length++] = Number(rest);
  };
  const self: ProtobufWriter = {
    integer(field, value) {
      varint(field * 8);
      varint(value);
      return self;
    },
    float(field, value) {
      varint(field * 8 + 5);
      reserve(4);
      new DataView(buffer.buffer).setFloat32(length, value, true);
      length += 4;
      return self;
    },
    text: (field, value) =>
      self.bytes(
        field,
        Uint8Array.from(value, (letter) => letter.charCodeAt(0)),
      ),
    bytes(field, value) {
      varint(field * 8 + 2);
      varint(value.length);
      reserve(value.length);
      buffer.set(value, length);
      length += value.length;
      return self;
    },
    message: (field, value) => self.bytes(field, value.finish()),
    finish: () => buffer.subarray(0, length),
  };
  return self;
}
