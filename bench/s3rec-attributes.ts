import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { catalogue, type ItemFeatures } from '../src/core/index.ts';
import { encodingFitter, itemFeatures, itemLabels } from '../src/state/index.ts';

/** The attributes of the S3-Rec files (fine categories and brands, as numbers) as a catalogue's categories. */
export function attributesOf(root: string, set: string, numbers: ReadonlyMap<string, number>): ItemFeatures {
  const path = join(root, 's3rec-amazon-sequences', `${set}_item2attributes.json.gz`);
  const attributes: Record<string, number[]> = JSON.parse(gunzipSync(readFileSync(path)).toString());
  const items = catalogue(
    [...numbers.keys()].map((itemId) => ({
      itemId,
      categories: (attributes[itemId] ?? []).map((attribute) => `attribute${attribute}`),
    })),
  );
  return itemFeatures(
    items,
    encodingFitter().encoding({ itemCount: items.size, shopperCount: 0 }),
    itemLabels(items),
  );
}
