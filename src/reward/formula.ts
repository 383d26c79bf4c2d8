import { fail, ok, type Result } from '../core/index.ts';

/** A weighted sum of named numbers: `1*purchase + 0.2*rating - refund`. */
export interface Term<Name extends string> {
  readonly weight: number;
  readonly signal: Name;
}

const term = /\s*([+-]?)\s*(?:(\d+(?:\.\d*)?|\.\d+)\s*\*\s*)?([A-Za-z_]+)\s*/y;

/** Reads terms `weight*name`, `name` or `-name`; what is wrong is named with its place and what would be accepted. */
export function parseTerms<Name extends string>(
  text: string,
  names: Readonly<Record<Name, unknown>>,
  example: Name,
): Result<readonly Term<Name>[]> {
  const terms: Term<Name>[] = [];
  const bad = (what: string) =>
    fail({
      code: 'bad-setting' as const,
      message: `reward "${text}": ${what}; accepted: terms like 0.2*${example} joined by + or -, of ${Object.keys(names).join(', ')}`,
    });
  for (let at = 0; at < text.length; at = term.lastIndex) {
    term.lastIndex = at;
    const found = term.exec(text);
    if (!found) return bad(`"${text.slice(at).trim() || text}" (character ${at + 1}) is not a term`);
    const [, sign, weight, signal] = found as unknown as [string, string, string | undefined, string];
    if (terms.length > 0 && sign === '') return bad(`a + or - is missing before "${text.slice(at).trim()}"`);
    if (!Object.hasOwn(names, signal)) return bad(`there is no signal "${signal}"`);
    if (terms.some((known) => known.signal === signal)) return bad(`"${signal}" stands there twice`);
    terms.push({ weight: (sign === '-' ? -1 : 1) * Number(weight ?? 1), signal: signal as Name });
  }
  return terms.length === 0 ? bad('it is empty') : ok(terms);
}
