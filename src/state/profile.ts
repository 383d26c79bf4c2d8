import type { Event, Json } from '../core/index.ts';

/** What a shop says of a shopper. Only this much of `properties.shopper` is looked at; the rest stays in the log. */
export interface Profile {
  /** Years; of a range ("45-54") its middle, of an open one ("65+") its begin. */
  readonly age?: number;
  /** "m" and "f" are "male" and "female"; others as they stand, in lower case. */
  readonly gender?: string;
  /** A region, state or country in lower case; of a postal code its first character: in the US a group of states. */
  readonly region?: string;
}

/** The names a field goes by, letters only, the first that is there counts. */
const names = {
  age: ['age', 'agerange', 'agegroup', 'agedesc'],
  gender: ['gender', 'sex'],
  region: ['region', 'state', 'province'],
  zip: ['zip', 'zipcode', 'postcode', 'postalcode'],
  country: ['country'],
} as const;

/** Of a `shopper_changed` event. Whatever cannot be read is left out. */
export function profileOf({ properties }: Event): Profile {
  const given = properties?.shopper;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return {};
  const fields = new Map(
    Object.entries(given).map(([key, value]) => [key.toLowerCase().replace(/[^a-z]/g, ''), textOf(value)]),
  );
  const field = (of: keyof typeof names): string | undefined =>
    names[of].map((name) => fields.get(name)).find((text) => text !== undefined);
  const age = ageOf(field('age') ?? '');
  const gender = field('gender');
  const region = field('region') ?? field('zip')?.charAt(0) ?? field('country');
  return {
    ...(age !== undefined && { age }),
    ...(gender !== undefined && { gender: genders.get(gender) ?? gender }),
    ...(region !== undefined && { region }),
  };
}

const genders = new Map([
  ['m', 'male'],
  ['f', 'female'],
]);
const unsaid = new Set(['', 'unknown', 'u', 'n/a', 'na', 'null', 'none']);

function textOf(value: Json | undefined): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const text = String(value).trim().toLowerCase();
  return unsaid.has(text) ? undefined : text;
}

function ageOf(text: string): number | undefined {
  const [, from, to] = /^(\d{1,3}(?:\.\d+)?)\s*(?:[-–]\s*(\d{1,3})|\+)?$/.exec(text) ?? [];
  if (from === undefined) return undefined;
  const age = to === undefined ? Number(from) : (Number(from) + Number(to)) / 2;
  return age > 0 && age <= 120 ? age : undefined;
}

/** How profiles become numbers: fitted on training rows, saved with the model. What is not here is unknown, 0. */
export interface ProfileLabels {
  /** The oldest age, 0 where none is known. */
  readonly oldest: number;
  /** The first has number 1. */
  readonly genders: readonly string[];
  readonly regions: readonly string[];
}

/** Collects profiles in any order; no labels where nothing was known of anybody. */
export function profileFitter(): { add(profile: Profile): void; labels(): ProfileLabels | undefined } {
  let oldest = 0;
  const known = { genders: new Set<string>(), regions: new Set<string>() };
  return {
    add({ age = 0, gender, region }) {
      oldest = Math.max(oldest, age);
      if (gender !== undefined) known.genders.add(gender);
      if (region !== undefined) known.regions.add(region);
    },
    labels() {
      const labels = { oldest, genders: [...known.genders].sort(), regions: [...known.regions].sort() };
      return oldest > 0 || labels.genders.length > 0 || labels.regions.length > 0 ? labels : undefined;
    },
  };
}
