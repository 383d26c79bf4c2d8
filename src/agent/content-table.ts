/**
 * Every item's row with what its content adds, out = table + content x w: content [n, columns], mostly zeros, and w
 * [columns, width] from entry `at` of `weights`.
 */
export function rowsWithContent(
  out: Float32Array,
  table: Float32Array,
  content: Float32Array,
  columns: number,
  weights: Float32Array,
  at: number,
  width: number,
): void {
  out.set(table);
  for (let entry = 0; entry < content.length; entry++) {
    const x = content[entry]!;
    if (x === 0) continue;
    const to = Math.floor(entry / columns) * width;
    const from = at + (entry % columns) * width;
    for (let d = 0; d < width; d++) out[to + d]! += x * weights[from + d]!;
  }
}
