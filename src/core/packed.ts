import type { Json } from './event.ts';

/**
 * A header and named arrays of numbers as bytes:
 *
 *   magic, 4 ASCII letters | header length, u32 | header, ASCII JSON padded with spaces | array | array | ...
 *
 * little-endian, every array on a multiple of 8. The header ends with `arrays`: [{name, type, length}].
 */
export interface Packed {
  readonly header: Readonly<Record<string, Json>>;
  readonly arrays: Readonly<Record<string, PackedArray>>;
}

export type PackedArray = Float32Array | Float64Array | Int32Array | Uint32Array | Uint8Array | Int8Array;

const kinds = {
  f32: Float32Array,
  f64: Float64Array,
  i32: Int32Array,
  u32: Uint32Array,
  u8: Uint8Array,
  i8: Int8Array,
} as const;
export type ArrayKind = keyof typeof kinds;
export type ArrayOfKind<K extends ArrayKind> = InstanceType<(typeof kinds)[K]>;

export const kindOfArray = (array: PackedArray): ArrayKind =>
  (Object.keys(kinds) as ArrayKind[]).find((kind) => array instanceof kinds[kind])!;

const padded = (bytes: number): number => Math.ceil(bytes / 8) * 8;

export function pack(magic: string, { header, arrays }: Packed): Uint8Array {
  const entries = Object.entries(arrays);
  const described = entries.map(([name, array]) => ({
    name,
    type: kindOfArray(array),
    length: array.length,
  }));
  const json = asciiJson({ ...header, arrays: described });
  const start = padded(8 + json.length);
  const total = entries.reduce((sum, [, array]) => sum + padded(array.byteLength), start);
  const bytes = new Uint8Array(total);
  putAscii(bytes, 0, magic);
  new DataView(bytes.buffer).setUint32(4, start - 8, true);
  putAscii(bytes, 8, json.padEnd(start - 8));
  let at = start;
  for (const [, array] of entries) {
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at);
    at += padded(array.byteLength);
  }
  return bytes;
}

/** Undefined where the bytes are not whole or something else. Arrays are copies, those of bytes are views. */
export function unpack(magic: string, bytes: Uint8Array): Packed | undefined {
  if (bytes.length < 8 || asciiOf(bytes, 0, 4) !== magic) return undefined;
  const size = new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true);
  if (8 + size > bytes.length) return undefined;
  let header: Record<string, Json> & { arrays: { name: string; type: ArrayKind; length: number }[] };
  try {
    header = JSON.parse(asciiOf(bytes, 8, 8 + size));
  } catch {
    return undefined;
  }
  const { arrays: described, ...rest } = header;
  if (!Array.isArray(described)) return undefined;
  const arrays: Record<string, PackedArray> = {};
  let at = 8 + size;
  for (const { name, type, length } of described) {
    const width = length * (kinds[type]?.BYTES_PER_ELEMENT ?? Number.NaN);
    if (!(at + width <= bytes.length)) return undefined;
    // A Buffer of Node's is a Uint8Array whose own slice copies nothing.
    const copied = (): ArrayBuffer => new Uint8Array(bytes.subarray(at, at + width)).buffer;
    arrays[name] = type === 'u8' ? bytes.subarray(at, at + width) : new kinds[type](copied());
    at += padded(width);
  }
  return { header: rest, arrays };
}

/** JSON in ASCII alone, whatever the texts in it. */
export function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

export function putAscii(bytes: Uint8Array, at: number, text: string): void {
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
}

export const asciiOf = (bytes: Uint8Array, from: number, to: number): string =>
  new TextDecoder().decode(bytes.subarray(from, to));
