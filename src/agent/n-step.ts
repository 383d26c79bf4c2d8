import type { ReplayLayout } from './replay-buffer.ts';

/**
 * Turns single steps into returns over n steps (Sutton 1988): rows wait until n - 1 successors came or the episode
 * ended, then carry r1 + g r2 + g^2 r3 ..., the discount g^n, the last observation and what it allows.
 *
 *     step 1 [s0 a0 r1 s1]  step 2 [s1 a1 r2 s2]  ->  [s0 a0 r1 + g r2 s2, g^2]
 *
 * The successor of a row is recognised by its observation: it is the row that begins where the other ended. Where
 * several worlds stand in the same state either may follow; by the Markov property the returns are as good.
 */
export interface NStep {
  /** Takes a row; calls `emit` with those that are complete. `ended` is true for the last row of an episode. */
  push(row: Float32Array, ended: boolean, emit: (row: Float32Array) => void): void;
  /** Rows still waiting, for saving, and the way to put them back. */
  waiting(): { readonly rows: Float32Array; readonly lengths: Int32Array };
  restore(rows: Float32Array, lengths: Int32Array): void;
}

/** A growing return: its row and how many steps it holds. */
interface Open {
  readonly row: Float32Array;
  steps: number;
}

export function nStep(n: number, { observation, action, width }: ReplayLayout): NStep {
  const rewardAt = 2 * observation + action;
  const discountAt = rewardAt + 1;
  // The chains that end in an observation, by a hash of it; each chain is the open returns of the last n - 1 steps.
  let chains = new Map<number, Open[][]>();
  const takeChain = (row: Float32Array): Open[] => {
    const key = hash(row, 0, observation);
    const found = chains.get(key);
    const at = found?.findIndex((chain) => same(chain[0]!.row, observation, row, 0, observation)) ?? -1;
    if (!found || at < 0) return [];
    const [chain] = found.splice(at, 1);
    if (found.length === 0) chains.delete(key);
    return chain!;
  };
  const keep = (chain: Open[]): void => {
    if (chain.length === 0) return;
    const key = hash(chain[0]!.row, observation, 2 * observation);
    const found = chains.get(key);
    if (found) found.push(chain);
    else chains.set(key, [chain]);
  };
  return {
    push(row, ended, emit) {
      if (n === 1) {
        emit(row);
        return;
      }
      const chain = takeChain(row);
      for (const open of chain) {
        open.row[rewardAt]! += open.row[discountAt]! * row[rewardAt]!;
        open.row[discountAt]! *= row[discountAt]!;
        open.row.set(row.subarray(observation, 2 * observation), observation);
        open.row.set(row.subarray(discountAt + 2), discountAt + 2);
        open.steps++;
      }
      chain.push({ row: row.slice(), steps: 1 });
      const complete = chain.filter((open) => ended || open.steps >= n);
      for (const open of complete) emit(open.row);
      keep(chain.filter((open) => !complete.includes(open)));
    },
    waiting() {
      const open = [...chains.values()].flat();
      const flat = open.flat();
      const rows = new Float32Array(flat.length * width);
      flat.forEach(({ row }, i) => {
        rows.set(row, i * width);
      });
      return {
        rows,
        lengths: Int32Array.from(open.flatMap((chain) => [chain.length, ...chain.map((o) => o.steps)])),
      };
    },
    restore(rows, lengths) {
      chains = new Map();
      let row = 0;
      for (let at = 0; at < lengths.length; at += 1 + lengths[at]!) {
        keep(
          Array.from({ length: lengths[at]! }, (_, i) => {
            const start = row++ * width;
            return { row: rows.slice(start, start + width), steps: lengths[at + 1 + i]! };
          }),
        );
      }
    },
  };
}

function hash(row: Float32Array, from: number, to: number): number {
  const bits = new Int32Array(row.buffer, row.byteOffset, row.length);
  let h = 2166136261;
  for (let i = from; i < to; i++) h = Math.imul(h ^ bits[i]!, 16777619) ^ (h >>> 13);
  return h;
}

function same(a: Float32Array, fromA: number, b: Float32Array, fromB: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (a[fromA + i] !== b[fromB + i]) return false;
  return true;
}
