import { type ObservationSpec, TendrilError } from '../core/index.ts';
import { runningStatistics } from './running-statistics.ts';

/**
 * From observations to the numbers a plain network reads: index parts as one-hot, real parts
 *
 *   raw       as they are
 *   scaled    to [-1, 1] by their bounds where they have some, else as they are
 *   running   less their mean, over their standard deviation, within 10; of all that `learn` was shown
 */
export interface DenseEncoder {
  /** Numbers in an encoded row. */
  readonly size: number;
  /** Rows begin every `stride` numbers of `out`; where left out, one after the other. */
  encode(observations: Float32Array, n: number, out: Float32Array, stride?: number): void;
  /** Takes n observations into the running statistics, where these are used. */
  learn(observations: Float32Array, n: number): void;
  /** Everything a restored run needs; live. */
  readonly state: Readonly<Record<string, Float64Array>>;
  /** To be called after `state` was written to. */
  restored(): void;
}

export type DenseMode = 'raw' | 'scaled' | 'running';

/** The widest one-hot part that is sensible; beyond it an index part would need a table of its own. */
const mostOneHot = 20_000;
const farthest = 10;

export function denseEncoder(spec: ObservationSpec, mode: DenseMode): DenseEncoder {
  const from: number[] = [];
  const shift: number[] = [];
  const scale: number[] = [];
  const oneHot: { readonly from: number; readonly entries: number; readonly to: number }[] = [];
  let offset = 0;
  let wide = 0;
  for (const part of spec.parts) {
    for (let i = 0; i < part.size; i++, offset++) {
      if (part.kind === 'index') {
        const entries = part.n ?? 1;
        oneHot.push({ from: offset, entries, to: wide });
        wide += entries;
        continue;
      }
      const { low = -Infinity, high = Infinity } = part;
      const bounded = mode === 'scaled' && Number.isFinite(high - low) && high > low;
      from.push(offset);
      shift.push(bounded ? (low + high) / 2 : 0);
      scale.push(bounded ? 2 / (high - low) : 1);
    }
    if (wide > mostOneHot)
      throw new TendrilError(
        'bad-setting',
        `the observation has more than ${mostOneHot} entries up to part "${part.name}"; this agent reads them as one-hot`,
      );
  }
  const reals = from.length;
  const size = reals + wide;
  const statistics = mode === 'running' ? runningStatistics(reals) : undefined;
  const limit = statistics ? farthest : Infinity;
  const refresh = (): void => {
    for (let c = 0; c < reals; c++) {
      shift[c] = statistics!.means[c]!;
      scale[c] = 1 / Math.sqrt(statistics!.variance(c) + 1e-8);
    }
  };

  return {
    size,
    encode(observations, n, out, stride = size) {
      for (let i = 0; i < n; i++) {
        const at = i * spec.size;
        const to = i * stride;
        for (let c = 0; c < reals; c++) {
          const x = (observations[at + from[c]!]! - shift[c]!) * scale[c]!;
          out[to + c] = x > limit ? limit : x < -limit ? -limit : x;
        }
        if (wide === 0) continue;
        out.fill(0, to + reals, to + size);
        for (const part of oneHot) {
          const index = observations[at + part.from]!;
          if (index > 0) out[to + reals + part.to + index - 1] = 1;
        }
      }
    },
    learn(observations, n) {
      if (!statistics) return;
      const rows = new Float64Array(n * reals);
      for (let i = 0; i < n; i++)
        for (let c = 0; c < reals; c++) rows[i * reals + c] = observations[i * spec.size + from[c]!]!;
      statistics.add(rows, n);
      refresh();
    },
    state: statistics
      ? {
          'observations.count': statistics.count,
          'observations.means': statistics.means,
          'observations.squares': statistics.squares,
        }
      : {},
    restored() {
      if (statistics && statistics.count[0]! > 0) refresh();
    },
  };
}
