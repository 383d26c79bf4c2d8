/** One choice for each of n worlds, or a RangeError that names the first that is not one of 0 .. choices - 1. */
export function checkChoices(id: string, chosen: ArrayLike<number>, n: number, choices: number): void {
  if (chosen.length !== n)
    throw new RangeError(`${id}: ${chosen.length} actions were given where ${n} are needed`);
  for (let i = 0; i < n; i++) {
    const action = chosen[i]!;
    if (!(Number.isInteger(action) && action >= 0 && action < choices))
      throw new RangeError(`${id}: action ${action} of world ${i} is not one of 0 .. ${choices - 1}`);
  }
}
