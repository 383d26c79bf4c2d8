export type { Manifest, Registry } from './registry.ts';
