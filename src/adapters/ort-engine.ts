import type { Engine } from '../math/index.ts';
import { bindingOf } from './ort-binding.ts';

/**
 * The engine on ONNX Runtime's native CPU build. Inputs are read from, and outputs written into, the very arrays that
 * were bound: nothing is copied on the way (the engine's contract suite guards it).
 *
 * A run blocks the event loop while it computes, although it is awaited: train in a worker thread. Arrays on a
 * SharedArrayBuffer are refused by ONNX Runtime. Rejects where this machine has no native build (Alpine, Intel Macs):
 * see `openEngine`.
 */
export async function ortEngine(): Promise<Engine> {
  const { env, InferenceSession, Tensor } = await import('onnxruntime-node');
  return {
    id: `onnxruntime-node ${env.versions.common}`,
    async compile(model, { threads = 1 } = {}) {
      const session = await InferenceSession.create(model, {
        executionProviders: ['cpu'],
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        executionMode: 'sequential',
        graphOptimizationLevel: 'all',
        logSeverityLevel: 3,
      });
      return {
        bind(inputs, outputs) {
          const { feeds, fetches } = bindingOf(Tensor, session, inputs, outputs);
          return async () => {
            await session.run(feeds, fetches);
          };
        },
        release: () => session.release(),
      };
    },
  };
}
