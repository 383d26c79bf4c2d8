const notUpper = /[\p{Lowercase}\p{Lt}]/u;
const upper = /\p{Uppercase}/u;

/**
 * Python's `str.isupper()`: at least one character is upper case and none is lower or title case. Goes by the Unicode
 * properties, so U+01C5 (title case) and U+00AA (lower case without being a letter pair) count against it, and U+24B6
 * (a circled letter) counts for it. Characters newer than the interpreter's Unicode version are where the two may differ.
 */
export function isUpper(text: string): boolean {
  return upper.test(text) && !notUpper.test(text);
}
