export * from './shop-v1/index.ts';
export type { Outcome, Step, StepInfo, TabularModel, World, WorldDefinition } from './world.ts';
export { worldNamed, worlds } from './worlds.ts';
