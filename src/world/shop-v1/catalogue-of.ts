import { type Catalogue, catalogue, type ItemFeatures } from '../../core/index.ts';
import { chanceNormal } from './chance.ts';
import type { ShopModel } from './model.ts';

/** The shop's products as the product knows any other shop's. */
export function catalogueOf(model: ShopModel): Catalogue {
  return catalogue(
    Array.from({ length: model.items }, (_, i) => ({
      itemId: `item-${i}`,
      title: `Product ${i}`,
      categories: [`Category ${model.category[i]!}`],
      price: model.price[i]!,
    })),
  );
}

/**
 * What an agent may know of the items: category, price (there are no brands), and as `text` what a description would tell of the style: the
 * style itself with noise of half its size, as rows of length 1. Quality, appeal and clickbait are not in it.
 */
export function itemFeaturesOf(model: ShopModel): ItemFeatures {
  const { items, styleSize } = model;
  const text = new Float32Array(items * styleSize);
  for (let i = 0; i < items; i++) {
    let square = 0;
    for (let d = 0; d < styleSize; d++) {
      const j = i * styleSize + d;
      const noisy = model.style[j]! * Math.sqrt(styleSize) + 0.5 * chanceNormal(0x5eed, i, 0, d);
      text[j] = noisy;
      square += noisy * noisy;
    }
    for (let d = 0; d < styleSize; d++) text[i * styleSize + d]! /= Math.sqrt(square);
  }
  return {
    n: items,
    categories: Int32Array.from(model.category, (c) => c + 1),
    categoryCount: model.categories,
    brands: new Int32Array(items),
    brandCount: 0,
    prices: Float32Array.from(model.scaledPrice),
    text,
    textSize: styleSize,
  };
}
