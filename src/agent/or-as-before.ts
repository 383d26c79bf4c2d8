/**
 * Does `work`; where that fails the arrays are again what they were before, so that nothing answers half-taught: `restored`
 * then drops what was made of them in between.
 */
export async function orAsBefore<T>(
  arrays: readonly (Float32Array | Float64Array)[],
  work: () => Promise<T>,
  restored: () => Promise<void>,
): Promise<T> {
  const before = arrays.map((array) => array.slice());
  try {
    return await work();
  } catch (error) {
    arrays.forEach((array, i) => {
      array.set(before[i]!);
    });
    // What failed first is told, also where this fails too.
    await restored().catch(() => {});
    throw error;
  }
}
