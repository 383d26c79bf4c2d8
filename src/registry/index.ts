export { type Adopted, adoptVersion, isVersion } from './adopt-version.ts';
export { memoryRegistry } from './memory-registry.ts';
export { type Promoted, type Promotion, promote, refuseServing } from './promotions.ts';
export type { Manifest, Registry } from './registry.ts';
