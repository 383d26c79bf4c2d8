export type { Outcome, Step, StepInfo, TabularModel, World, WorldDefinition } from './world.ts';
export { worldNamed, worlds } from './worlds.ts';
