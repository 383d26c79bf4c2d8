/**
 * Whether Python's `str.split()` and `str.strip()` take a UTF-16 unit for white space: the characters whose
 * bidirectional type is WS, B or S, and the space separators. Unlike JavaScript's `trim` this counts the separators
 * U+001C to U+001F and U+0085, and not U+FEFF. All of them lie in the basic plane.
 */
export function isWhiteSpace(unit: number): boolean {
  if (unit < 0x80) return unit === 0x20 || (unit >= 0x09 && unit <= 0x0d) || (unit >= 0x1c && unit <= 0x1f);
  return (
    unit === 0x85 ||
    unit === 0xa0 ||
    unit === 0x1680 ||
    (unit >= 0x2000 && unit <= 0x200a) ||
    unit === 0x2028 ||
    unit === 0x2029 ||
    unit === 0x202f ||
    unit === 0x205f ||
    unit === 0x3000
  );
}
