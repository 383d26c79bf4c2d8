/**
 * Python's `round(x, digits)` for |x| below 1e9 and 0 to 9 digits: the nearest decimal to the number's exact binary
 * value, ties (possible only where that value is a multiple of a power of one half) to the even digit. Keeps -0.
 */
export function roundHalfEven(x: number, digits: number): number {
  const power = 10 ** digits;
  const scaled = x * power;
  const nearest = Math.round(scaled);
  // The product is off by at most half a unit in its last place, so only what lies this close to a tie is in doubt.
  if (Math.abs(scaled - nearest) < 0.499999) return nearest / power;
  const halves = x * 2 ** (digits + 1);
  const tie = Number.isInteger(halves) && Math.abs(scaled % 1) === 0.5;
  if (!tie) return Number(x.toFixed(digits));
  const below = Math.floor(scaled);
  return (below % 2 === 0 ? below : below + 1) / power;
}
