/**
 * The shops on which agents are compared, fixed before any comparison: seeds of `drawShop` with shop-v1's default sizes
 * (100 items, 8 categories, slates of 5). Nothing may be tuned on them; tuning has shops of its own.
 */
export const fixedShops: readonly number[] = Array.from({ length: 20 }, (_, i) => 2001 + i);

/** For choosing settings and for trying things out. */
export const developmentShops: readonly number[] = [101, 102, 103, 104, 105, 106];
