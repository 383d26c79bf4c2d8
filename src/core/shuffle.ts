import type { Rng } from './rng.ts';

/** Puts numbers into random order, in place (Fisher-Yates). */
export function shuffle(numbers: Int32Array, stream: Rng): void {
  for (let i = numbers.length - 1; i > 0; i--) {
    const j = stream.int(i + 1);
    const other = numbers[j]!;
    numbers[j] = numbers[i]!;
    numbers[i] = other;
  }
}
