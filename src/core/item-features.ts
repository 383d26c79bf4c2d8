/** What content-aware agents know of the items, numbered as in the catalogue. Scaled on training rows, saved with the model. */
export interface ItemFeatures {
  readonly n: number;
  /** Category number of each item, 0 for none, 1 .. categoryCount. */
  readonly categories: Int32Array;
  readonly categoryCount: number;
  /** Brand number of each item, 0 for none, 1 .. brandCount. */
  readonly brands: Int32Array;
  readonly brandCount: number;
  /** Min-max scaled price, .5 where unknown. */
  readonly prices: Float32Array;
  /** n x textSize: hashed and weighted words of title, brand, category and description; rows of length 1 or 0. */
  readonly text: Float32Array;
  readonly textSize: number;
  /** n x vectorSize: the vectors of the items, rows of length 1 or 0; only where items have some. */
  readonly vectors?: Float32Array;
  readonly vectorSize?: number;
  /** Mean sentiment (-1 .. 1) of what was written about each item, NaN where nothing was; only where it was asked for. */
  readonly sentiments?: Float32Array;
}
