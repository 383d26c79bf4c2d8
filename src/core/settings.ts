import type { Result } from './result.ts';
import { fail, ok } from './result.ts';
import { written } from './written.ts';

/**
 * Define once, derive the rest: an agent's or a command's settings are one table of these; flags, validation, the
 * reference page and the manifest of a saved model come from it.
 */
export type SettingTable = Readonly<Record<string, Setting>>;

export type Setting =
  | {
      readonly type: 'number';
      readonly default: number;
      readonly min?: number;
      readonly max?: number;
      readonly integer?: boolean;
      readonly doc: string;
    }
  | { readonly type: 'boolean'; readonly default: boolean; readonly doc: string }
  | {
      readonly type: 'choice';
      readonly default: string;
      readonly choices: readonly string[];
      readonly doc: string;
    }
  | { readonly type: 'text'; readonly default: string; readonly doc: string };

type Widen<S extends Setting> = S extends { type: 'number' }
  ? number
  : S extends { type: 'boolean' }
    ? boolean
    : S extends { type: 'choice'; choices: readonly (infer C)[] }
      ? C
      : string;

/** The values a table describes. */
export type SettingsOf<T extends SettingTable> = { readonly [K in keyof T]: Widen<T[K]> };

/** Fills defaults in and checks every value; the first thing wrong is named with what would be accepted. */
export function readSettings<const T extends SettingTable>(
  table: T,
  given: Readonly<Record<string, unknown>> = {},
): Result<SettingsOf<T>> {
  for (const key of Object.keys(given)) {
    if (!Object.hasOwn(table, key)) {
      return fail({
        code: 'unknown-setting',
        message: `unknown setting "${key}"; there are: ${Object.keys(table).join(', ') || 'none'}`,
      });
    }
  }
  const values: Record<string, unknown> = {};
  for (const [key, setting] of Object.entries(table)) {
    const value = coerce(setting, given[key] ?? setting.default);
    if (value === undefined) {
      return fail({
        code: 'bad-setting',
        message: `setting "${key}" is ${written(given[key])}; accepted: ${accepted(setting)}`,
      });
    }
    values[key] = value;
  }
  return ok(values as SettingsOf<T>);
}

/** What a setting takes, in words. */
export function accepted(setting: Setting): string {
  switch (setting.type) {
    case 'number': {
      const kind = setting.integer ? 'a whole number' : 'a number';
      const low = setting.min === undefined ? '' : ` from ${setting.min}`;
      const high = setting.max === undefined ? '' : ` to ${setting.max}`;
      return `${kind}${low}${high}`;
    }
    case 'boolean':
      return 'true or false';
    case 'choice':
      return setting.choices.join(' | ');
    case 'text':
      return 'text';
  }
}

function coerce(setting: Setting, value: unknown): unknown {
  switch (setting.type) {
    case 'number': {
      const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
      if (typeof number !== 'number' || !Number.isFinite(number)) return undefined;
      if (setting.integer && !Number.isInteger(number)) return undefined;
      if (number < (setting.min ?? -Infinity) || number > (setting.max ?? Infinity)) return undefined;
      return number;
    }
    case 'boolean':
      return value === true || value === 'true'
        ? true
        : value === false || value === 'false'
          ? false
          : undefined;
    case 'choice':
      return typeof value === 'string' && setting.choices.includes(value) ? value : undefined;
    case 'text':
      return typeof value === 'string' ? value : undefined;
  }
}
