/**
 * A 128-bit content hash (MurmurHash3 x86_128, Austin Appleby, public domain) over UTF-16 code units, as 32 hex digits.
 * Used for the ids of rows that bring none: not a cryptographic hash.
 */
export function contentHash(text: string, seed = 0): string {
  let h1 = seed | 0;
  let h2 = seed | 0;
  let h3 = seed | 0;
  let h4 = seed | 0;
  const whole = text.length & ~7;
  // The tail is padded with zeros to a whole block; the length, mixed in below, tells padded texts apart.
  const tail = whole < text.length ? text.slice(whole).padEnd(8, '\0') : '';
  for (let i = 0; i < text.length; i += 8) {
    const from = i < whole ? text : tail;
    const at = i < whole ? i : 0;
    const w1 = from.charCodeAt(at) | (from.charCodeAt(at + 1) << 16);
    const w2 = from.charCodeAt(at + 2) | (from.charCodeAt(at + 3) << 16);
    const w3 = from.charCodeAt(at + 4) | (from.charCodeAt(at + 5) << 16);
    const w4 = from.charCodeAt(at + 6) | (from.charCodeAt(at + 7) << 16);
    h1 ^= Math.imul(rotate(Math.imul(w1, C1), 15), C2);
    h1 = (Math.imul((rotate(h1, 19) + h2) | 0, 5) + 0x561ccd1b) | 0;
    h2 ^= Math.imul(rotate(Math.imul(w2, C2), 16), C3);
    h2 = (Math.imul((rotate(h2, 17) + h3) | 0, 5) + 0x0bcaa747) | 0;
    h3 ^= Math.imul(rotate(Math.imul(w3, C3), 17), C4);
    h3 = (Math.imul((rotate(h3, 15) + h4) | 0, 5) + 0x96cd1c35) | 0;
    h4 ^= Math.imul(rotate(Math.imul(w4, C4), 18), C1);
    h4 = (Math.imul((rotate(h4, 13) + h1) | 0, 5) + 0x32ac3b17) | 0;
  }
  h1 ^= text.length;
  h2 ^= text.length;
  h3 ^= text.length;
  h4 ^= text.length;
  h1 = (h1 + h2 + h3 + h4) | 0;
  h2 = (h2 + h1) | 0;
  h3 = (h3 + h1) | 0;
  h4 = (h4 + h1) | 0;
  h1 = finish(h1);
  h2 = finish(h2);
  h3 = finish(h3);
  h4 = finish(h4);
  h1 = (h1 + h2 + h3 + h4) | 0;
  h2 = (h2 + h1) | 0;
  h3 = (h3 + h1) | 0;
  h4 = (h4 + h1) | 0;
  return hex(h1) + hex(h2) + hex(h3) + hex(h4);
}

const C1 = 0x239b961b;
const C2 = 0xab0e9789;
const C3 = 0x38b34ae5;
const C4 = 0xa1e38b93;
const rotate = (x: number, r: number): number => (x << r) | (x >>> (32 - r));
function finish(h: number): number {
  let x = h ^ (h >>> 16);
  x = Math.imul(x, 0x85ebca6b);
  x ^= x >>> 13;
  x = Math.imul(x, 0xc2b2ae35);
  return x ^ (x >>> 16);
}
/** Two hex digits for each byte value. */
const digits = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const hex = (h: number): string =>
  digits[h >>> 24]! + digits[(h >>> 16) & 255]! + digits[(h >>> 8) & 255]! + digits[h & 255]!;

/**
 * A 53-bit hash over UTF-16 code units as a whole number, for tables of numbers: two multiply-and-xor lanes with
 * MurmurHash3's finish. Not for ids (it collides once in about 100 million texts); whoever uses it checks its hits.
 */
export function hash53(text: string): number {
  let a = 0x9e3779b9 ^ text.length;
  let b = 0x85ebca6b ^ text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x9e3779b1);
    b = Math.imul(b ^ unit, 0x5f356495);
    b ^= a >>> 15;
  }
  a = Math.imul(a ^ (a >>> 16), 0x85ebca6b) ^ Math.imul(b ^ (b >>> 13), 0xc2b2ae35);
  b = Math.imul(b ^ (b >>> 16), 0x85ebca6b) ^ Math.imul(a ^ (a >>> 13), 0xc2b2ae35);
  return (b & 0x1fffff) * 4294967296 + (a >>> 0);
}
