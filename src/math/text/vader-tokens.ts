import { findWord } from './find-word.ts';
import { isUpper } from './is-upper.ts';
import { type VaderWord, vaderWords } from './vader-words.ts';
import { isWhiteSpace } from './white-space.ts';

/** A text as VADER sees it: words and emoticons between white space, without the punctuation around words. */
export interface VaderTokens {
  /** Of each token what VADER knows of it, undefined where it knows nothing. */
  readonly words: readonly (VaderWord | undefined)[];
  /** Whether the token is in capitals. */
  readonly capitals: readonly boolean[];
  /** Whether the token turns what comes after it: "not", "never", anything with "n't" in it. */
  readonly negates: readonly boolean[];
  /** Whether some tokens, but not all, are in capitals. */
  readonly someCapitals: boolean;
  readonly exclamations: number;
  readonly questions: number;
  readonly beyondAscii: boolean;
}

// One byte says what an ASCII character is; the bits of a token's characters are or-ed as it is read.
const space = 1;
const punctuation = 2;
const upperCase = 4;
const lowerCase = 8;
const beyondAscii = 16;
const exclamationOrQuestion = 32;
const apostrophe = 64;
const kinds = Uint8Array.from({ length: 128 }, (_, unit) => {
  if (isWhiteSpace(unit)) return space;
  if (unit === 0x21 || unit === 0x3f) return punctuation | exclamationOrQuestion;
  if (unit === 0x27) return punctuation | apostrophe;
  if (unit >= 0x41 && unit <= 0x5a) return upperCase;
  if (unit >= 0x61 && unit <= 0x7a) return lowerCase;
  return unit > 0x20 && unit < 0x7f && !(unit >= 0x30 && unit <= 0x39) ? punctuation : 0;
});

const kindOf = (unit: number): number =>
  unit < 128 ? kinds[unit]! : isWhiteSpace(unit) ? space : beyondAscii;

/** Splits as Python's `str.split()`, strips as `strip(string.punctuation)`. One pass over the UTF-16 units. */
export function vaderTokens(text: string): VaderTokens {
  const words: (VaderWord | undefined)[] = [];
  const capitals: boolean[] = [];
  const negates: boolean[] = [];
  let inCapitals = 0;
  let exclamations = 0;
  let questions = 0;
  let seen = 0;
  const end = text.length;
  for (let at = 0; at < end; at++) {
    let kind = kindOf(text.charCodeAt(at));
    if (kind === space) continue;
    const from = at;
    let bits = 0;
    do {
      bits |= kind;
      if (++at === end) break;
      kind = kindOf(text.charCodeAt(at));
    } while (kind !== space);
    seen |= bits;
    if (bits & exclamationOrQuestion) {
      for (let i = from; i < at; i++) {
        if (text.charCodeAt(i) === 0x21) exclamations++;
        else if (text.charCodeAt(i) === 0x3f) questions++;
      }
    }

    // Without the punctuation at its ends; with it where at most two characters would be left: an emoticon.
    let first = from;
    let last = at;
    if (bits & punctuation) {
      while (first < last && kindOf(text.charCodeAt(first)) & punctuation) first++;
      while (last > first && kindOf(text.charCodeAt(last - 1)) & punctuation) last--;
      if (atMostTwoCharacters(text, first, last)) {
        first = from;
        last = at;
      }
    }

    let word: VaderWord | undefined;
    let capital: boolean;
    if (bits & beyondAscii) {
      const token = text.slice(first, last);
      word = vaderWords.get(token.toLowerCase());
      capital = isUpper(token);
    } else {
      word = findWord(text, first, last);
      capital = (bits & (upperCase | lowerCase)) === upperCase;
    }
    if (capital) inCapitals++;
    words.push(word);
    capitals.push(capital);
    negates.push(
      word?.negates === true ||
        ((bits & apostrophe) !== 0 && text.slice(first, last).toLowerCase().includes("n't")),
    );
  }
  return {
    words,
    capitals,
    negates,
    someCapitals: inCapitals > 0 && inCapitals < words.length,
    exclamations,
    questions,
    beyondAscii: (seen & beyondAscii) !== 0,
  };
}

/** Characters are code points: a pair of surrogates is one. */
function atMostTwoCharacters(text: string, first: number, last: number): boolean {
  const units = last - first;
  return units <= 2 || (units <= 4 && [...text.slice(first, last)].length <= 2);
}
