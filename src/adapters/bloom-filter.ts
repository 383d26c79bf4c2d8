/**
 * Tells that a number was never added, in 12 bits a number: "no" is certain, "maybe" is wrong about once in 300. The six
 * probes of a 53-bit hash are its halves added up (Kirsch and Mitzenmacher, "Less hashing, same performance", 2006).
 */
export interface BloomFilter {
  /** Numbers it was made for. */
  readonly capacity: number;
  add(hash: number): void;
  /** False: certainly not. */
  maybe(hash: number): boolean;
}

const BITS = 12;
const PROBES = 6;

export function bloomFilter(capacity: number): BloomFilter {
  const words = new Uint32Array(Math.ceil((capacity * BITS) / 32) + 1);
  const bits = words.length * 32;
  return {
    capacity,
    add(hash) {
      const step = Math.imul((hash / 4294967296) | 1, 0x9e3779b1);
      let at = hash | 0;
      for (let probe = 0; probe < PROBES; probe++) {
        const bit = (at >>> 0) % bits;
        words[bit >>> 5] = words[bit >>> 5]! | (1 << (bit & 31));
        at = (at + step) | 0;
      }
    },
    maybe(hash) {
      const step = Math.imul((hash / 4294967296) | 1, 0x9e3779b1);
      let at = hash | 0;
      for (let probe = 0; probe < PROBES; probe++) {
        const bit = (at >>> 0) % bits;
        if ((words[bit >>> 5]! & (1 << (bit & 31))) === 0) return false;
        at = (at + step) | 0;
      }
      return true;
    },
  };
}
