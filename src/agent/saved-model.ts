import {
  type ArrayKind,
  type ArrayOfKind,
  type Json,
  kindOfArray,
  type PackedArray,
  pack,
  TendrilError,
  unpack,
} from '../core/index.ts';

/** What every agent saves, as packed bytes (core's `pack`) that begin with "TDM1"; the header is {agent, values}. */
export interface SavedModel {
  readonly values: Readonly<Record<string, Json>>;
  readonly arrays: Readonly<Record<string, PackedArray>>;
}

const magic = 'TDM1';

export const writeModel = (agent: string, { values, arrays }: SavedModel): Uint8Array =>
  pack(magic, { header: { agent, values }, arrays });

/** Throws TendrilError `bad-model` where the bytes are not a whole model of this agent. */
export function readModel(agent: string, bytes: Uint8Array): SavedModel {
  const packed = unpack(magic, bytes);
  if (!packed)
    throw new TendrilError('bad-model', `the saved model of "${agent}" is damaged: ${bytes.length} bytes`);
  const { header, arrays } = packed;
  if (header.agent !== agent)
    throw new TendrilError('bad-model', `the saved model is of "${header.agent}", not of "${agent}"`);
  return { values: header.values as SavedModel['values'], arrays };
}

/** Which agent's the bytes are; undefined where they are not a whole model. */
export const modelKind = (bytes: Uint8Array): unknown => unpack(magic, bytes)?.header.agent;

/** An array of a saved model, checked. Throws TendrilError `bad-model` where it is missing, of another type or length. */
export function arrayOf<K extends ArrayKind>(
  model: SavedModel,
  name: string,
  type: K,
  length?: number,
): ArrayOfKind<K> {
  const array = model.arrays[name];
  if (!array || kindOfArray(array) !== type)
    throw new TendrilError('bad-model', `the saved model has no ${type} array "${name}"`);
  if (length !== undefined && array.length !== length) {
    throw new TendrilError(
      'bad-model',
      `"${name}" of the saved model has ${array.length} entries where ${length} are needed: it was made for another catalogue or other settings`,
    );
  }
  return array as ArrayOfKind<K>;
}

/** Throws `bad-model` where an array of a saved model holds NaN or an infinite number: no score could be trusted. */
export function checkFinite(model: SavedModel, names: readonly string[]): void {
  for (const name of names) {
    const at = (model.arrays[name] as Float32Array).findIndex((value) => !Number.isFinite(value));
    if (at >= 0)
      throw new TendrilError(
        'bad-model',
        `"${name}" of the saved model holds ${model.arrays[name]![at]} at entry ${at}; accepted: numbers, as in a model that was saved whole`,
      );
  }
}

/** Writes a saved model's arrays into the live ones of the same names; checked as `arrayOf` does. */
export function restoreArrays(
  model: SavedModel,
  live: Readonly<Record<string, Float32Array | Float64Array>>,
): void {
  for (const [name, array] of Object.entries(live)) {
    const type = array instanceof Float32Array ? 'f32' : 'f64';
    (array as Float32Array).set(arrayOf(model, name, type, array.length) as Float32Array);
  }
}
