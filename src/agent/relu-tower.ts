import {
  type Engine,
  type Graph,
  graph,
  linear,
  type ParameterSpec,
  relu,
  type Tensors,
  type Value,
} from '../math/index.ts';
import { oneAtATime } from './one-at-a-time.ts';

/** Two ReLU layers and a linear one: the network of every agent that learns from replay with separate networks. */

export type Weights = Readonly<Record<string, Value>>;

/** Its parameters, under `name.`; the last layer starts near 0, so that first answers say nothing. */
export const reluTower = (
  name: string,
  inputs: number,
  hidden: number,
  outputs: number,
): Record<string, ParameterSpec> => ({
  [`${name}.w1`]: { shape: [inputs, hidden], start: 'he' },
  [`${name}.b1`]: { shape: [hidden], start: 0 },
  [`${name}.w2`]: { shape: [hidden, hidden], start: 'he' },
  [`${name}.b2`]: { shape: [hidden], start: 0 },
  [`${name}.w3`]: { shape: [hidden, outputs], start: { normal: 0.003 } },
  [`${name}.b3`]: { shape: [outputs], start: 0 },
});

/** [n, inputs] -> [n, outputs]. */
export function throughTower(w: Weights, name: string, x: Value): Value {
  const first = relu(linear(x, w[`${name}.w1`]!, w[`${name}.b1`]!));
  const second = relu(linear(first, w[`${name}.w2`]!, w[`${name}.b2`]!));
  return linear(second, w[`${name}.w3`]!, w[`${name}.b3`]!);
}

/** Rows in one run; more are taken in several, fewer are filled up to a power of two, so few graphs are compiled. */
const mostRows = 256;

/** Answers of a network for n encoded rows; `encode` writes rows `from` .. `from + n` to the beginning of `out`. */
export type Answers = (
  encode: (out: Float32Array, from: number, n: number) => void,
  n: number,
) => Promise<Float32Array>;

/** A network to be asked: input `dense` [n, inputs], the answer [n, outputs]. `weights` are read in place. */
export function askable(
  engine: Engine,
  weights: Tensors,
  inputs: number,
  outputs: number,
  answer: (g: Graph, dense: Value) => Value,
): Answers {
  interface Asked {
    readonly dense: Float32Array;
    readonly answer: Float32Array;
    readonly run: () => Promise<void>;
  }
  const made = new Map<number, Asked>();
  const make = async (n: number): Promise<Asked> => {
    const g = graph();
    g.output('answer', answer(g, g.input('dense', [n, inputs])));
    const [dense, said] = [new Float32Array(n * inputs), new Float32Array(n * outputs)];
    const program = await engine.compile(g.bytes());
    const bound = { ...weights, dense: { data: dense, shape: [n, inputs] } };
    return { dense, answer: said, run: program.bind(bound, { answer: { data: said, shape: [n, outputs] } }) };
  };
  const alone = oneAtATime();
  const ask: Answers = async (encode, n) => {
    const answers = new Float32Array(n * outputs);
    for (let done = 0; done < n; ) {
      const rows = Math.min(n - done, mostRows);
      const size = 2 ** Math.ceil(Math.log2(rows));
      const asked = made.get(size) ?? (await make(size));
      made.set(size, asked);
      encode(asked.dense, done, rows);
      await asked.run();
      answers.set(asked.answer.subarray(0, rows * outputs), done * outputs);
      done += rows;
    }
    return answers;
  };
  return (encode, n) => alone(() => ask(encode, n));
}
