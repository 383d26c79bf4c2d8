import type { StartThread } from './kernels/kernel-threads.ts';

/**
 * Runs numeric graphs. A graph is ONNX bytes (built by this folder's graph builder, or by anyone); an engine compiles
 * them once and runs them on flat arrays. One contract, several keepers: onnxruntime-node, onnxruntime-web.
 */
export interface Engine {
  /** For logs and manifests, e.g. "onnxruntime-node 1.30.0". */
  readonly id: string;
  compile(model: Uint8Array, options?: { readonly threads?: number }): Promise<Program>;
  /** Starts a thread for kernels that work in parts; missing where there are no threads. */
  readonly startThread?: StartThread;
}

export interface Program {
  /**
   * Fixes where inputs are read and outputs written, once; each run then reads the arrays as they are at that moment
   * and writes the results into the bound outputs, without copying more than the engine must.
   * Calls must not overlap.
   */
  bind(inputs: Tensors, outputs: Tensors): () => Promise<void>;
  release(): Promise<void>;
}

/** Row-major. Scalars have shape []. */
export interface Tensor {
  readonly data: Float32Array | Int32Array;
  readonly shape: readonly number[];
}

export type Tensors = Readonly<Record<string, Tensor>>;
