import type { Rng } from '../core/index.ts';

/**
 * A transformer encoder that is never taught (Vaswani et al. 2017), in plain arithmetic: its numbers are drawn once from
 * `rng` and stay. For `ap-trl`, whose algorithm uses one as a hash of the sequence.
 *
 *   x = embedding of the token + sin/cos of its place
 *   blocks times:  x = norm(x + attention(x)),  x = norm(x + relu(x w1) w2)        all places see each other
 *   mean over the places
 */
export interface UntrainedTransformer {
  /** The mean of the outputs, `width` numbers; 0 for no tokens. */
  read(tokens: readonly number[]): Float64Array;
}

export interface UntrainedShape {
  readonly tokens: number;
  readonly width: number;
  readonly heads: number;
  readonly blocks: number;
}

export function untrainedTransformer(
  { tokens: tokenCount, width, heads, blocks }: UntrainedShape,
  rng: Rng,
): UntrainedTransformer {
  const drawn = (name: string, rows: number, columns: number, scale = 1 / Math.sqrt(rows)): Float64Array => {
    const stream = rng.fork(name);
    return Float64Array.from({ length: rows * columns }, () => scale * stream.normal());
  };
  const embeddings = drawn('embeddings', tokenCount, width, 1);
  const inner = 4 * width;
  const layers = Array.from({ length: blocks }, (_, b) => ({
    query: drawn(`${b}.query`, width, width),
    key: drawn(`${b}.key`, width, width),
    value: drawn(`${b}.value`, width, width),
    out: drawn(`${b}.out`, width, width),
    w1: drawn(`${b}.w1`, width, inner),
    w2: drawn(`${b}.w2`, inner, width),
  }));
  return {
    read(tokens) {
      const n = tokens.length;
      const mean = new Float64Array(width);
      if (n === 0) return mean;
      let x: Float64Array = new Float64Array(n * width);
      tokens.forEach((token, place) => {
        for (let j = 0; j < width; j++)
          x[place * width + j] = embeddings[token * width + j]! + placed(place, j, width);
      });
      for (const layer of layers) {
        const [q, k, v] = [layer.query, layer.key, layer.value].map((w) =>
          product(x, w, n, width, width),
        ) as [Float64Array, Float64Array, Float64Array];
        const seen = attend(q, k, v, n, width, heads);
        x = normalised(plus(x, product(seen, layer.out, n, width, width)), n, width);
        const hidden = product(x, layer.w1, n, width, inner).map((h) => Math.max(0, h));
        x = normalised(plus(x, product(hidden, layer.w2, n, inner, width)), n, width);
      }
      for (let i = 0; i < n * width; i++) mean[i % width]! += x[i]! / n;
      return mean;
    },
  };
}

/** sin and cos of the place at falling frequencies. */
function placed(place: number, j: number, width: number): number {
  const angle = place / 10_000 ** ((2 * Math.floor(j / 2)) / width);
  return j % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
}

/** softmax(q k^T / sqrt(width of a head)) v, head by head. */
function attend(
  q: Float64Array,
  k: Float64Array,
  v: Float64Array,
  n: number,
  width: number,
  heads: number,
): Float64Array {
  const out = new Float64Array(n * width);
  const size = width / heads;
  const weights = new Float64Array(n);
  for (let head = 0; head < heads; head++)
    for (let i = 0; i < n; i++) {
      let total = 0;
      for (let j = 0; j < n; j++) {
        let dot = 0;
        for (let d = head * size; d < (head + 1) * size; d++) dot += q[i * width + d]! * k[j * width + d]!;
        weights[j] = Math.exp(dot / Math.sqrt(size));
        total += weights[j]!;
      }
      for (let j = 0; j < n; j++)
        for (let d = head * size; d < (head + 1) * size; d++)
          out[i * width + d]! += (weights[j]! / total) * v[j * width + d]!;
    }
  return out;
}

/** [n, inputs] x [inputs, outputs] */
function product(x: Float64Array, w: Float64Array, n: number, inputs: number, outputs: number): Float64Array {
  const y = new Float64Array(n * outputs);
  for (let i = 0; i < n; i++)
    for (let k = 0; k < inputs; k++) {
      const factor = x[i * inputs + k]!;
      for (let j = 0; j < outputs; j++) y[i * outputs + j]! += factor * w[k * outputs + j]!;
    }
  return y;
}

const plus = (a: Float64Array, b: Float64Array): Float64Array => a.map((x, i) => x + b[i]!);

/** Each row with mean 0 and variance 1. */
function normalised(x: Float64Array, n: number, width: number): Float64Array {
  const out = new Float64Array(n * width);
  for (let i = 0; i < n; i++) {
    const row = x.subarray(i * width, (i + 1) * width);
    const mean = row.reduce((a, b) => a + b, 0) / width;
    const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / width;
    row.forEach((value, j) => {
      out[i * width + j] = (value - mean) / Math.sqrt(variance + 1e-5);
    });
  }
  return out;
}
