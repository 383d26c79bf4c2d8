import { type ObservationSpec, observationSpec, TendrilError } from '../core/index.ts';
import { denseEncoder } from './dense-encoder.ts';

/** What a linear model reads of an observation: 1, the numbers of the parts it names, and on request all their products. */
export interface LinearFeatures {
  /** Numbers of an observation. */
  readonly width: number;
  /** Numbers read of it. */
  readonly size: number;
  /** Fills `out` for the observation that begins at `at`. */
  of(observations: Float32Array, at: number, out: Float64Array): void;
}

export const linearFeatureSettings = {
  features: {
    type: 'text',
    default: '',
    doc: 'parts of the observation that are read, separated by commas; empty: all',
  },
  products: {
    type: 'boolean',
    default: false,
    doc: 'read the products of every two numbers too: what depends on two things at once',
  },
} as const;

/** Real parts are scaled to [-1, 1] by their bounds, index parts are one-hot. */
export function linearFeatures(
  observation: ObservationSpec,
  { features, products }: { readonly features: string; readonly products: boolean },
): LinearFeatures {
  const names = features === '' ? undefined : features.split(',').map((name) => name.trim());
  const known = observation.parts.map(({ name }) => name);
  for (const name of names ?? []) {
    if (!known.includes(name))
      throw new TendrilError(
        'bad-setting',
        `"${name}" of setting "features" is not in the observation; accepted: ${known.join(', ')}`,
      );
  }
  const places: number[] = [];
  let at = 0;
  const parts = observation.parts.filter(({ name, size }) => {
    at += size;
    const read = names?.includes(name) ?? true;
    for (let i = at - size; read && i < at; i++) places.push(i);
    return read;
  });
  const encoder = denseEncoder(observationSpec(parts), 'scaled');
  const row = new Float32Array(places.length);
  const encoded = new Float32Array(encoder.size);
  const plain = 1 + encoder.size;
  return {
    width: observation.size,
    size: products ? plain + (encoder.size * plain) / 2 : plain,
    of(observations, from, out) {
      for (let i = 0; i < places.length; i++) row[i] = observations[from + places[i]!]!;
      encoder.encode(row, 1, encoded);
      out[0] = 1;
      out.set(encoded, 1);
      if (!products) return;
      let to = plain;
      for (let i = 0; i < encoded.length; i++)
        for (let j = i; j < encoded.length; j++) out[to++] = encoded[i]! * encoded[j]!;
    },
  };
}
