import { type Json, TendrilError } from '../core/index.ts';

/**
 * The bytes of a saved model, the same for every agent:
 *
 *   'TDM1' | header length, u32 | header, ASCII JSON padded with spaces | array | array | ...
 *
 * little-endian, every array on a multiple of 8. The header is {agent, values, arrays: [{name, type, length}]}.
 */
export interface SavedModel {
  readonly values: Readonly<Record<string, Json>>;
  readonly arrays: Readonly<Record<string, SavedArray>>;
}

export type SavedArray = Float32Array | Float64Array | Int32Array | Uint32Array | Uint8Array | Int8Array;

const kinds = {
  f32: Float32Array,
  f64: Float64Array,
  i32: Int32Array,
  u32: Uint32Array,
  u8: Uint8Array,
  i8: Int8Array,
} as const;
type Kind = keyof typeof kinds;

const magic = 'TDM1';
const padded = (bytes: number): number => Math.ceil(bytes / 8) * 8;

export function writeModel(agent: string, model: SavedModel): Uint8Array {
  const entries = Object.entries(model.arrays);
  const arrays = entries.map(([name, array]) => ({ name, type: kindOf(array), length: array.length }));
  const header = asciiJson({ agent, values: model.values, arrays });
  const start = padded(8 + header.length);
  const total = entries.reduce((sum, [, array]) => sum + padded(array.byteLength), start);
  const bytes = new Uint8Array(total);
  putAscii(bytes, 0, magic);
  new DataView(bytes.buffer).setUint32(4, start - 8, true);
  putAscii(bytes, 8, header.padEnd(start - 8));
  let at = start;
  for (const [, array] of entries) {
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at);
    at += padded(array.byteLength);
  }
  return bytes;
}

/** Throws TendrilError `bad-model` where the bytes are not a whole model of this agent. Arrays are copies. */
export function readModel(agent: string, bytes: Uint8Array): SavedModel {
  const damaged = (): TendrilError =>
    new TendrilError('bad-model', `the saved model of "${agent}" is damaged: ${bytes.length} bytes`);
  if (bytes.length < 8 || ascii(bytes, 0, 4) !== magic) throw damaged();
  const size = new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true);
  if (8 + size > bytes.length) throw damaged();
  let header: {
    agent: string;
    values: Record<string, Json>;
    arrays: { name: string; type: Kind; length: number }[];
  };
  try {
    header = JSON.parse(ascii(bytes, 8, size));
  } catch {
    throw damaged();
  }
  if (header.agent !== agent)
    throw new TendrilError('bad-model', `the saved model is of "${header.agent}", not of "${agent}"`);
  const arrays: Record<string, SavedArray> = {};
  let at = 8 + size;
  for (const { name, type, length } of header.arrays) {
    const width = length * kinds[type].BYTES_PER_ELEMENT;
    if (at + width > bytes.length) throw damaged();
    arrays[name] = new kinds[type](bytes.slice(at, at + width).buffer);
    at += padded(width);
  }
  return { values: header.values, arrays };
}

/** An array of a saved model, checked. Throws TendrilError `bad-model` where it is missing, of another type or length. */
export function arrayOf<K extends Kind>(
  model: SavedModel,
  name: string,
  type: K,
  length?: number,
): InstanceType<(typeof kinds)[K]> {
  const array = model.arrays[name];
  if (!array || kindOf(array) !== type)
    throw new TendrilError('bad-model', `the saved model has no ${type} array "${name}"`);
  if (length !== undefined && array.length !== length) {
    throw new TendrilError(
      'bad-model',
      `"${name}" of the saved model has ${array.length} entries where ${length} are needed: it was made for another catalogue or other settings`,
    );
  }
  return array as InstanceType<(typeof kinds)[K]>;
}

const kindOf = (array: SavedArray): Kind =>
  (Object.keys(kinds) as Kind[]).find((kind) => array instanceof kinds[kind])!;

function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function putAscii(bytes: Uint8Array, at: number, text: string): void {
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
}

function ascii(bytes: Uint8Array, at: number, length: number): string {
  let text = '';
  for (let i = at; i < at + length; i++) text += String.fromCharCode(bytes[i]!);
  return text;
}
