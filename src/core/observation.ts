/**
 * What an agent sees, as one flat row of Float32 numbers described by named parts, so that worlds, real shoppers,
 * tables, count models and networks share one format.
 *
 * `real` parts are numbers in [low, high]. `index` parts are whole numbers: 0 stands for "none", 1 .. n for the entries
 * of a vocabulary (item i of a catalogue is written i + 1). Histories are left-padded with 0, newest last.
 */
export interface ObservationPart {
  readonly name: string;
  readonly kind: 'real' | 'index';
  readonly size: number;
  /** Entries in the vocabulary, for `index` parts. */
  readonly n?: number;
  readonly low?: number;
  readonly high?: number;
}

export interface ObservationSpec {
  readonly parts: readonly ObservationPart[];
  /** Numbers in one row: the sum of the parts' sizes. */
  readonly size: number;
}

export function observationSpec(parts: readonly ObservationPart[]): ObservationSpec {
  return { parts, size: parts.reduce((sum, part) => sum + part.size, 0) };
}

/** Where a part lies in a row, or undefined where the observation has no such part. */
export function partAt(
  spec: ObservationSpec,
  name: string,
): { readonly offset: number; readonly part: ObservationPart } | undefined {
  let offset = 0;
  for (const part of spec.parts) {
    if (part.name === name) return { offset, part };
    offset += part.size;
  }
  return undefined;
}
