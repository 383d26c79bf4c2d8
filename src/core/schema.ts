import { z } from 'zod';
import { written } from './written.ts';

/** Names from outside (items, shoppers, orders): any text of reasonable length. */
export const itemIdSchema = z.string().min(1).max(256);
export const textSchema = z.string().max(1_000);

/** A schema as JSON Schema (draft 2020-12). */
export const jsonSchemaOf = (schema: z.ZodType): object => z.toJSONSchema(schema, { unrepresentable: 'any' });

/** The first thing wrong with a value, by the schema it was read with, in one sentence: field, what it is, what would be accepted. */
export function explain(error: z.ZodError, value: unknown, schema: z.ZodType): string {
  const issue = error.issues[0]!;
  const path = issue.path
    .map((part, i) => (typeof part === 'number' ? `[${part}]` : i === 0 ? String(part) : `.${String(part)}`))
    .join('');
  if (issue.code === 'unrecognized_keys') {
    const where = path === '' ? '' : ` in ${path}`;
    const at = (outer: Fields | undefined, part: PropertyKey): Fields | undefined =>
      typeof part === 'number' ? outer?.items : fieldsOf(outer)[String(part)];
    const known = Object.keys(fieldsOf(issue.path.reduce(at, jsonSchemaOf(schema) as Fields)));
    const accepted = known.length > 0 ? `; accepted: ${known.join(', ')}` : '';
    return `unknown field ${issue.keys.map((key) => JSON.stringify(key)).join(', ')}${where}${accepted}`;
  }
  const found = issue.path.reduce<unknown>(
    (inner, part) => (inner as Readonly<Record<PropertyKey, unknown>> | undefined)?.[part as PropertyKey],
    value,
  );
  if (found === undefined) return `${path || 'the body'} is missing; accepted: ${wanted(issue)}`;
  const shown = written(found);
  return `${path || 'the body'} is ${shown.length > 60 ? `${shown.slice(0, 57)}...` : shown}; accepted: ${wanted(issue)}`;
}

interface Fields {
  readonly properties?: Readonly<Record<string, Fields>>;
  readonly items?: Fields;
  readonly anyOf?: readonly Fields[];
  readonly oneOf?: readonly Fields[];
}

/** An object's fields; of a union those of every kind. */
const fieldsOf = (outer: Fields | undefined): NonNullable<Fields['properties']> =>
  Object.assign({}, outer?.properties, ...(outer?.anyOf ?? outer?.oneOf ?? []).map(fieldsOf));

type Issue = z.ZodError['issues'][number];

function wanted(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return named[issue.expected] ?? issue.expected;
    case 'too_small':
      return `${of(issue.origin)} ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${unit(issue.origin, issue.minimum)}`;
    case 'too_big':
      return `${of(issue.origin)} ${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}${unit(issue.origin, issue.maximum)}`;
    case 'invalid_format':
      if (issue.pattern === '/^[A-Z]{3}$/') return 'three capital letters such as EUR';
      // A schema that says itself what it takes; zod's own words begin with Invalid.
      return issue.message.startsWith('Invalid') ? issue.format : issue.message;
    case 'invalid_value':
      return issue.values.map(String).join(' | ');
    default:
      return issue.message;
  }
}

const named: Readonly<Record<string, string>> = {
  string: 'text',
  int: 'a whole number',
  number: 'a number',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  boolean: 'true or false',
};
const of = (origin: string): string =>
  origin === 'string' ? 'text of' : origin === 'array' ? 'a list of' : 'a number of';
const unit = (origin: string, n: number | bigint): string =>
  origin === 'string'
    ? ` character${n === 1 ? '' : 's'}`
    : origin === 'array'
      ? ` entr${n === 1 ? 'y' : 'ies'}`
      : '';
