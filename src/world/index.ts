export { type CheckOptions, checkWorld, type MakeWorld } from './check-world.ts';
export { choiceCount, emptyActions, randomAction } from './random-actions.ts';
export * from './shop-v1/index.ts';
export { tabularWorld } from './tabular-world.ts';
export { type SingleWorld, vectorWorld } from './vector-world.ts';
export { forward, type Layer, type TaobaoNetworks, virtualTaobaoV0 } from './virtual-taobao-v0.ts';
export type { Outcome, Step, StepInfo, TabularModel, World, WorldDefinition, WorldDoc } from './world.ts';
export { worldNamed, worlds } from './worlds.ts';
