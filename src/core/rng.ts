/**
 * A seeded stream of chance. Nothing in the pure rows draws from anywhere else, so a run is a function of its
 * seed, and a stream can be forked by name: concurrent decisions stay reproducible because each takes
 * `rng.fork(decisionId)` and never a shared stream.
 *
 * The generator is sfc32 (Chris Doty-Humphrey, PractRand): 128 bits of state, passes BigCrush, 32-bit operations only.
 */
export interface Rng {
  /** Uniform in [0, 1), 32 bits of resolution. */
  float(): number;
  /** Uniform whole number in [0, n), n in 1 .. 2^32. */
  int(n: number): number;
  /** Standard normal (Marsaglia's polar method, one of each pair; the other is thrown away so that state is four words). */
  normal(): number;
  /** Standard Gumbel: adding it to log-weights and taking the largest samples a softmax (Gumbel-max). */
  gumbel(): number;
  /** A new independent stream named by `key`; does not advance this one. */
  fork(key: string | number): Rng;
  /** Four unsigned 32-bit words; `rngFrom` continues identically. */
  state(): [number, number, number, number];
}

/** A stream from a seed: a whole number or any text. */
export function rng(seed: number | string): Rng {
  const mix = seedMixer(typeof seed === 'number' ? `#${seed}` : seed);
  const stream = rngFrom([mix(), mix(), mix(), mix()]);
  for (let i = 0; i < 12; i++) stream.float();
  return stream;
}

/** Continues a stream from a saved state. */
export function rngFrom(state: readonly [number, number, number, number]): Rng {
  let [a, b, c, counter] = state;
  const next = (): number => {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return t >>> 0;
  };
  const self: Rng = {
    float: () => next() / 4294967296,
    int: (n) => Math.floor((next() / 4294967296) * n),
    normal() {
      for (;;) {
        const x = 2 * self.float() - 1;
        const y = 2 * self.float() - 1;
        const s = x * x + y * y;
        if (s > 0 && s < 1) return x * Math.sqrt((-2 * Math.log(s)) / s);
      }
    },
    gumbel: () => -Math.log(-Math.log((next() + 0.5) / 4294967296)),
    fork: (key) => rng(`${a >>> 0}.${b >>> 0}.${c >>> 0}.${counter >>> 0}/${key}`),
    state: () => [a >>> 0, b >>> 0, c >>> 0, counter >>> 0],
  };
  return self;
}

/** Turns text into a sequence of well-spread 32-bit words (xmur3 over UTF-16 units). */
function seedMixer(text: string): () => number {
  let h = 1779033703 ^ text.length;
  for (let i = 0; i < text.length; i++) {
    h = Math.imul(h ^ text.charCodeAt(i), 3432918353);
    h = (h << 13) | (h >>> 19);
  }
  return () => {
    h = Math.imul(h ^ (h >>> 16), 2246822507);
    h = Math.imul(h ^ (h >>> 13), 3266489909);
    h ^= h >>> 16;
    return h >>> 0;
  };
}
