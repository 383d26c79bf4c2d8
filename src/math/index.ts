export type { Engine, Program, Tensor, Tensors } from './engine.ts';
