import { type VaderWord, vaderWords } from './vader-words.ts';

/**
 * Finds a word in a text without cutting it out: most words are in no list, and making a string of each of them, only to
 * look it up in a map, was half the time of a score. An open-addressing table, at most a quarter full; the hash is
 * FNV-1a over the letters in lower case.
 */
const words = [...vaderWords.values()];
const size = 32768;
const slots = new Int16Array(size).fill(-1);
words.forEach(({ text }, i) => {
  let slot = hash(text, 0, text.length) & (size - 1);
  while (slots[slot] !== -1) slot = (slot + 1) & (size - 1);
  slots[slot] = i;
});

/** The word that stands at from .. to of an ASCII text in any case, if VADER knows it. */
export function findWord(text: string, from: number, to: number): VaderWord | undefined {
  for (let slot = hash(text, from, to) & (size - 1); ; slot = (slot + 1) & (size - 1)) {
    const i = slots[slot]!;
    if (i < 0) return undefined;
    const word = words[i]!;
    if (word.text.length === to - from && same(word.text, text, from)) return word;
  }
}

function lower(unit: number): number {
  return unit >= 0x41 && unit <= 0x5a ? unit | 0x20 : unit;
}

function hash(text: string, from: number, to: number): number {
  let value = 0x811c9dc5;
  for (let at = from; at < to; at++) value = Math.imul(value ^ lower(text.charCodeAt(at)), 0x01000193);
  return value ^ (value >>> 15);
}

/** The few words of the lexicon that hold capitals (":D") are never equal, as in the original, which looks up lower case. */
function same(word: string, text: string, from: number): boolean {
  for (let i = 0; i < word.length; i++) {
    if (word.charCodeAt(i) !== lower(text.charCodeAt(from + i))) return false;
  }
  return true;
}
