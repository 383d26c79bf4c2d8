import { isUpper } from './is-upper.ts';
import { type VaderWord, vaderWords } from './vader-words.ts';
import { isWhiteSpace } from './white-space.ts';

/** A text as VADER sees it: words and emoticons between white space, without the punctuation around words. */
export interface VaderTokens {
  readonly lower: readonly string[];
  readonly words: readonly (VaderWord | undefined)[];
  /** Whether the token is in capitals. */
  readonly capitals: readonly boolean[];
  readonly someCapitals: boolean;
  readonly exclamations: number;
  readonly questions: number;
}

// One byte says what an ASCII character is; the bits of a token's characters are or-ed as it is read.
const space = 1;
const punctuation = 2;
const upperCase = 4;
const lowerCase = 8;
const beyondAscii = 16;
const marks = 32;
const kinds = Uint8Array.from({ length: 128 }, (_, unit) => {
  if (isWhiteSpace(unit)) return space;
  if (unit === 0x21 || unit === 0x3f) return punctuation | marks;
  if (unit >= 0x41 && unit <= 0x5a) return upperCase;
  if (unit >= 0x61 && unit <= 0x7a) return lowerCase;
  return unit > 0x20 && unit < 0x7f && !(unit >= 0x30 && unit <= 0x39) ? punctuation : 0;
});

const kindOf = (unit: number): number =>
  unit < 128 ? kinds[unit]! : isWhiteSpace(unit) ? space : beyondAscii;

/** Splits as Python's `str.split()`, strips as `strip(string.punctuation)`. One pass over the UTF-16 units. */
export function vaderTokens(text: string): VaderTokens {
  const lower: string[] = [];
  const words: (VaderWord | undefined)[] = [];
  const capitals: boolean[] = [];
  let inCapitals = 0;
  let exclamations = 0;
  let questions = 0;
  const end = text.length;
  for (let at = 0; at < end; at++) {
    let kind = kindOf(text.charCodeAt(at));
    if (kind === space) continue;
    const from = at;
    let bits = 0;
    for (;;) {
      if (kind & marks) {
        if (text.charCodeAt(at) === 0x21) exclamations++;
        else questions++;
      }
      bits |= kind;
      if (++at === end) break;
      kind = kindOf(text.charCodeAt(at));
      if (kind === space) break;
    }
    const token = bits & punctuation ? withoutPunctuation(text, from, at) : text.slice(from, at);
    const capital = bits & beyondAscii ? isUpper(token) : (bits & (upperCase | lowerCase)) === upperCase;
    const small = bits & (upperCase | beyondAscii) ? token.toLowerCase() : token;
    lower.push(small);
    words.push(vaderWords.get(small));
    capitals.push(capital);
    if (capital) inCapitals++;
  }
  return {
    lower,
    words,
    capitals,
    someCapitals: inCapitals > 0 && inCapitals < lower.length,
    exclamations,
    questions,
  };
}

/** The token without the punctuation at its ends; all of it where at most two characters would be left: an emoticon. */
function withoutPunctuation(text: string, from: number, to: number): string {
  let first = from;
  let last = to;
  while (first < last && kindOf(text.charCodeAt(first)) & punctuation) first++;
  while (last > first && kindOf(text.charCodeAt(last - 1)) & punctuation) last--;
  const left = last - first;
  if (left > 4) return text.slice(first, last);
  const characters = left <= 2 ? left : [...text.slice(first, last)].length;
  return characters <= 2 ? text.slice(from, to) : text.slice(first, last);
}
