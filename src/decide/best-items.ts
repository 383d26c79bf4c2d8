/**
 * The `most` allowed items of the highest finite values, best first, ties to the lowest number. One pass over the catalogue
 * with a heap of the best so far, whose worst is the bar: of 100,000 items in no order some thousands ever enter.
 */
export function bestItems(values: Float32Array, allowed: Uint8Array, most: number): number[] {
  const heap: number[] = [];
  /** Whether a comes after b in the order; the heap's first is the last of all. */
  const after = (a: number, b: number): boolean =>
    values[a]! < values[b]! || (values[a] === values[b] && a > b);
  const sink = (from: number): void => {
    const item = heap[from]!;
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && after(heap[child + 1]!, heap[child]!)) child++;
      if (!after(heap[child]!, item)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = item;
  };
  const count = Math.min(values.length, allowed.length);
  for (let i = 0; i < count; i++) {
    const value = values[i]!;
    // Later items enter only where they are higher: ties go to the lowest number.
    if (!allowed[i] || (heap.length === most && !(value > values[heap[0]!]!)) || !Number.isFinite(value))
      continue;
    if (heap.length < most) {
      heap.push(i);
      if (heap.length === most) for (let k = (most >> 1) - 1; k >= 0; k--) sink(k);
    } else {
      heap[0] = i;
      sink(0);
    }
  }
  return heap.sort((a, b) => values[b]! - values[a]! || a - b);
}
