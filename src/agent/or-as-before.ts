/** Does `work`; where that fails the arrays are again what they were before, so that nothing answers half-taught. */
export async function orAsBefore<T>(
  arrays: readonly (Float32Array | Float64Array)[],
  work: () => Promise<T>,
): Promise<T> {
  const before = arrays.map((array) => array.slice());
  try {
    return await work();
  } catch (error) {
    arrays.forEach((array, i) => {
      array.set(before[i]!);
    });
    throw error;
  }
}
