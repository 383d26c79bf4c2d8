/** Buckets of pauses: 1 below a second, then one more for every doubling, the last for everything beyond 17 years. */
export const gapBuckets = 30;

/** The bucket of a pause in milliseconds, 1 .. gapBuckets; 0 stands for "unknown" wherever buckets are shown. */
export const gapBucket = (milliseconds: number): number =>
  1 + Math.min(gapBuckets - 1, Math.floor(Math.log2(1 + Math.max(0, milliseconds) / 1000)));
