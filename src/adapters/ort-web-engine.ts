import type { Engine } from '../math/index.ts';
import { bindingOf } from './ort-binding.ts';

/**
 * The engine on ONNX Runtime's WebAssembly build: the same bytes where there is no native one, at two to four times
 * the time. WebAssembly has a memory of its own, so each run copies inputs in and outputs out.
 * One thread: more need a page or process set up for them.
 */
export async function ortWebEngine(): Promise<Engine> {
  const { env, InferenceSession, Tensor } = await import('onnxruntime-web');
  env.wasm.numThreads = 1;
  return {
    id: `onnxruntime-web ${env.versions.web}`,
    async compile(model) {
      const session = await InferenceSession.create(model, {
        executionProviders: ['wasm'],
        graphOptimizationLevel: 'all',
        logSeverityLevel: 3,
      });
      return {
        bind(inputs, outputs) {
          const { feeds } = bindingOf(Tensor, session, inputs, outputs);
          const wanted = Object.keys(outputs);
          return async () => {
            const results = await session.run(feeds, wanted);
            for (const name of wanted) {
              const { data } = outputs[name]!;
              data.set(results[name]!.data as Float32Array & Int32Array);
              results[name]!.dispose();
            }
          };
        },
        release: () => session.release(),
      };
    },
  };
}
