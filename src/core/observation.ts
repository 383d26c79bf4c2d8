import { fail, ok, type Result } from './result.ts';
import { written } from './written.ts';

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

/** A row from its parts by name, `{recency: 15, ...}`; the first thing wrong is named with what would be accepted. */
export function readObservation(spec: ObservationSpec, given: unknown): Result<Float64Array> {
  const bad = (message: string): Result<never> => fail({ code: 'bad-observation', message });
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    return bad(
      `an observation is an object such as {"${spec.parts[0]?.name}": 1, ...}, not ${written(given)}`,
    );
  const names = spec.parts.map(({ name }) => name);
  for (const name of Object.keys(given))
    if (!names.includes(name))
      return bad(`the observation has no field "${name}"; there are: ${names.join(', ')}`);
  const row = new Float64Array(spec.size);
  let at = 0;
  for (const part of spec.parts) {
    const value: unknown = (given as Record<string, unknown>)[part.name];
    const numbers: readonly unknown[] = part.size === 1 && !Array.isArray(value) ? [value] : (value as never);
    const fits =
      Array.isArray(numbers) && numbers.length === part.size && numbers.every((x) => within(part, x));
    if (!fits) {
      const is = value === undefined ? 'is missing' : `is ${written(value)}`;
      return bad(`field "${part.name}" of the observation ${is}; accepted: ${acceptedOf(part)}`);
    }
    row.set(numbers as number[], at);
    at += part.size;
  }
  return ok(row);
}

function within(part: ObservationPart, value: unknown): boolean {
  if (typeof value !== 'number' || !Number.isFinite(value)) return false;
  if (part.kind === 'index') return Number.isInteger(value) && value >= 0 && value <= (part.n ?? Infinity);
  return value >= (part.low ?? -Infinity) && value <= (part.high ?? Infinity);
}

function acceptedOf({ kind, size, n, low, high }: ObservationPart): string {
  const [from, to] = kind === 'index' ? [0, n] : [low, high];
  const what = kind === 'index' ? 'whole number' : 'number';
  const range = `${from === undefined ? '' : ` from ${from}`}${to === undefined ? '' : ` to ${to}`}`;
  return size === 1 ? `a ${what}${range}` : `a list of ${size} ${what}s${range}`;
}
