import type { Json } from '../core/index.ts';

/**
 * Reads a Python literal as `repr` writes it: dicts, lists, tuples, strings in either quote, numbers, True, False, None. The
 * metadata of 2014 is published so. Answers undefined where the text is something else.
 */
export function readPythonLiteral(text: string): Json | undefined {
  let at = 0;
  const broken = Symbol('broken');
  const skip = (): void => {
    while (text[at] === ' ' || text[at] === '\t') at++;
  };
  const expect = (mark: string): void => {
    skip();
    if (text[at] !== mark) throw broken;
    at++;
  };

  function value(depth: number): Json {
    skip();
    const mark = text[at];
    if (depth > 50) throw broken;
    if (mark === '{') return dict(depth);
    if (mark === '[' || mark === '(') return list(mark === '[' ? ']' : ')', depth);
    if (mark === "'" || mark === '"') return quoted(mark);
    if ((mark === 'u' || mark === 'b') && (text[at + 1] === "'" || text[at + 1] === '"')) {
      at++;
      return quoted(text[at]!);
    }
    const word = /[^,}\])\s:]+/y;
    word.lastIndex = at;
    const bare = word.exec(text)?.[0];
    if (bare === undefined) throw broken;
    at += bare.length;
    if (bare === 'True') return true;
    if (bare === 'False') return false;
    if (bare === 'None' || bare === 'nan') return null;
    const number = Number(bare.replace(/[lL]$/, ''));
    if (!Number.isFinite(number)) throw broken;
    return number;
  }

  function dict(depth: number): Json {
    const found: Record<string, Json> = {};
    expect('{');
    skip();
    while (text[at] !== '}') {
      const key = value(depth + 1);
      expect(':');
      found[String(key)] = value(depth + 1);
      skip();
      if (text[at] === ',') at++;
      else if (text[at] !== '}') throw broken;
      skip();
    }
    at++;
    return found;
  }

  function list(end: string, depth: number): Json {
    const found: Json[] = [];
    at++;
    skip();
    while (text[at] !== end) {
      found.push(value(depth + 1));
      skip();
      if (text[at] === ',') at++;
      else if (text[at] !== end) throw broken;
      skip();
    }
    at++;
    return found;
  }

  function quoted(quote: string): string {
    at++;
    let found = '';
    for (;;) {
      const from = at;
      while (at < text.length && text[at] !== quote && text[at] !== '\\') at++;
      if (at >= text.length) throw broken;
      found += text.slice(from, at);
      if (text[at++] === quote) return found;
      found += escaped();
    }
  }

  function escaped(): string {
    const mark = text[at++];
    const code = (length: number): string => {
      const digits = text.slice(at, at + length);
      if (!/^[0-9a-fA-F]+$/.test(digits) || digits.length < length) throw broken;
      at += length;
      const point = Number.parseInt(digits, 16);
      if (point > 0x10ffff) throw broken;
      return String.fromCodePoint(point);
    };
    if (mark === undefined) throw broken;
    if (mark === 'x') return code(2);
    if (mark === 'u') return code(4);
    if (mark === 'U') return code(8);
    if (mark >= '0' && mark <= '7') {
      let digits = mark;
      while (digits.length < 3 && text[at]! >= '0' && text[at]! <= '7') digits += text[at++];
      return String.fromCharCode(Number.parseInt(digits, 8));
    }
    return simple[mark] ?? `\\${mark}`;
  }

  try {
    const found = value(0);
    skip();
    return at === text.length ? found : undefined;
  } catch (error) {
    if (error === broken) return undefined;
    throw error;
  }
}

const simple: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '\n': '',
};
