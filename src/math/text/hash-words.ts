import { hash53 } from '../../core/index.ts';

/**
 * Text as a vector of fixed size without a vocabulary (feature hashing: Weinberger et al. 2009): each distinct word goes
 * to the bucket and with the sign its hash says, weighted 1 + ln(times it occurs). The row has length 1, or 0 where there is no
 * word, so that a product of two rows is their cosine; collisions cancel out on average, because signs differ.
 */
export function hashWords(text: string, size: number): Float32Array {
  const counts = new Map<string, number>();
  for (const word of wordsOf(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
  const row = new Float32Array(size);
  for (const [word, count] of counts) {
    const hash = hash53(word);
    const sign = Math.floor(hash / 2 ** 40) % 2 === 0 ? 1 : -1;
    row[hash % size]! += sign * (1 + Math.log(count));
  }
  const length = Math.hypot(...row);
  return length > 0 ? row.map((value) => value / length) : row;
}

/** Lower-case words of letters, marks and digits in any script; an apostrophe inside one belongs to it. */
function wordsOf(text: string): readonly string[] {
  return (
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}\p{N}]+)*/gu) ?? []
  );
}
