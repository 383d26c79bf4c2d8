/**
 * A value from outside as JSON, for a message. A number too large to be held, such as 1e999, is read as Infinity, which
 * `JSON.stringify` calls null: it is called what it is.
 */
export function written(value: unknown): string {
  if (typeof value === 'number' && !Number.isFinite(value))
    return `${value}${Number.isNaN(value) ? '' : ' (a number beyond 1.8e308)'}`;
  if (Array.isArray(value)) return `[${value.map(written).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? String(value);
  return `{${Object.entries(value)
    .map(([key, inner]) => `${JSON.stringify(key)}:${written(inner)}`)
    .join(',')}}`;
}
