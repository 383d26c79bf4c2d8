export { type Choices, conditionalLogit, weightsUnder } from './conditional-logit.ts';
export { type EmbeddingTable, embeddingTable } from './embedding-table.ts';
export type { Engine, Program, Tensor, Tensors } from './engine.ts';
export {
  add,
  clip,
  div,
  exp,
  huber,
  log,
  minimum,
  mul,
  relu,
  sigmoid,
  square,
  stopGradient,
  sub,
  tanh,
} from './graph/elementwise.ts';
export { argMax, gatherColumns, gatherRows, topK } from './graph/gather.ts';
export { type Graph, graph, type Value } from './graph/graph.ts';
export { layerNorm } from './graph/layer-norm.ts';
export { linear, linearTransposed, matmul } from './graph/matrix.ts';
export { logSumExp, max, mean, sum } from './graph/reduce.ts';
export { gradients } from './graph/reverse-mode.ts';
export { concat, reshape, slice, transpose } from './graph/shape.ts';
export { logSoftmax, softmax } from './graph/softmax.ts';
export { sampledCrossEntropy, tableCrossEntropy } from './graph/table-cross-entropy.ts';
export { betaDensity, incompleteBeta } from './incomplete-beta.ts';
export { fours } from './kernels/dense-kernels.ts';
export {
  followCalls,
  type KernelThreads,
  kernelThreads,
  oneThread,
  type PartKernels,
  placesOf,
  type SharedWork,
  type StartThread,
} from './kernels/kernel-threads.ts';
export {
  type AdamStep,
  type Kernels,
  type Matrix,
  sparseProductRoom,
  sumRowsWidth,
} from './kernels/kernels.ts';
export { loadKernels } from './kernels/load-kernels.ts';
export type { TopK } from './kernels/order-scores.ts';
export { plainKernels } from './kernels/plain-kernels.ts';
export { buildTopK, type TopKIndex } from './kernels/top-k-index.ts';
export { logisticRegression } from './logistic-regression.ts';
export { normalCdf, normalDensity } from './normal.ts';
export { type AdamOptions, adam, clipScale, type Optimiser, rmsProp, sgd } from './optimiser.ts';
export {
  gradientOutputs,
  gradientTensors,
  type ParameterSpec,
  type Parameters,
  parameterInputs,
  parameters,
  parameterTensors,
} from './parameters.ts';
export { classChances, fittedTemperature, softmaxRegression } from './softmax-regression.ts';
export { solveSymmetric } from './solve-symmetric.ts';
export { blockRows, type TanhTower, tanhTower, towerParameters } from './tanh-tower.ts';
export { hashWords } from './text/hash-words.ts';
export { type Sentiment, sentiment } from './text/sentiment.ts';
export { topEigenvectors } from './top-eigenvectors.ts';
