export { type Adopted, adoptVersion } from './adopt-version.ts';
export { memoryRegistry } from './memory-registry.ts';
export { isVersion, type Promoted, type Promotion, promote, refuseRemoval } from './promotions.ts';
export type { Manifest, Registry } from './registry.ts';
export { trainedAnew } from './trained-anew.ts';
