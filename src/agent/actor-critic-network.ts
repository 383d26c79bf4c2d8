import {
  type Graph,
  gradientOutputs,
  graph,
  linear,
  type ParameterSpec,
  type Parameters,
  parameterInputs,
  tanh,
  type Value,
} from '../math/index.ts';
import type { Distribution } from './distribution.ts';

/**
 * Two networks beside each other, as graphs: one for acting, one for judging what was done, one for a training step.
 *
 *   observation -> tanh layer -> tanh layer -> logits of choices or means of numbers (distribution.ts)
 *   observation -> tanh layer -> tanh layer -> value
 */
export interface ActorCriticShape {
  readonly dense: number;
  readonly hidden: number;
  readonly distribution: Distribution;
}

/** Orthogonal start, as usual for these agents: the policy near uniform, the value of its own size. */
export function actorCriticParameters(s: ActorCriticShape): Record<string, ParameterSpec> {
  const tower = (name: string, outputs: number, gain: number): Record<string, ParameterSpec> => ({
    [`${name}.w1`]: { shape: [s.dense, s.hidden], start: { orthogonal: Math.SQRT2 } },
    [`${name}.b1`]: { shape: [s.hidden], start: 0 },
    [`${name}.w2`]: { shape: [s.hidden, s.hidden], start: { orthogonal: Math.SQRT2 } },
    [`${name}.b2`]: { shape: [s.hidden], start: 0 },
    [`${name}.w3`]: { shape: [s.hidden, outputs], start: { orthogonal: gain } },
    [`${name}.b3`]: { shape: [outputs], start: 0 },
  });
  const { size, own } = s.distribution;
  return { ...tower('policy', size, 0.01), ...tower('value', 1, 1), ...own };
}

type Weights = Readonly<Record<string, Value>>;

function tower(w: Weights, name: 'policy' | 'value', x: Value): Value {
  const h = tanh(linear(x, w[`${name}.w1`]!, w[`${name}.b1`]!));
  return linear(tanh(linear(h, w[`${name}.w2`]!, w[`${name}.b2`]!)), w[`${name}.w3`]!, w[`${name}.b3`]!);
}

/** The parameters that acting needs. */
export const policyOf = (of: Parameters): Parameters => ({
  ...of,
  entries: of.entries.filter(({ name }) => name.startsWith('policy.')),
});

/** Output `said`, the policy network's, of n observations. */
export function actingGraph(s: ActorCriticShape, of: Parameters, n: number): Uint8Array {
  const g = graph();
  g.output('said', tower(parameterInputs(g, policyOf(of)), 'policy', g.input('dense', [n, s.dense])));
  return g.bytes();
}

/** What both networks say of n rows, [n, 1] each. */
interface Judged {
  /** Of the whole action: the sum over its parts or numbers. */
  readonly logProb: Value;
  readonly entropy: Value;
  readonly value: Value;
}

/** Inputs: `dense`, `chosen` (the action, as the distribution writes it) and, where masked, `mask`. */
function judge(g: Graph, w: Weights, s: ActorCriticShape, n: number, masked: boolean): Judged {
  const dense = g.input('dense', [n, s.dense]);
  const { size } = s.distribution;
  const chosen = g.input('chosen', [n, size]);
  const mask = masked ? g.input('mask', [n, size]) : undefined;
  return {
    ...s.distribution.judge(tower(w, 'policy', dense), chosen, mask, w),
    value: tower(w, 'value', dense),
  };
}

/** Outputs `logProb` and `value` of n rows. */
export function judgingGraph(s: ActorCriticShape, of: Parameters, n: number, masked: boolean): Uint8Array {
  const g = graph();
  const { logProb, value } = judge(g, parameterInputs(g, of), s, n, masked);
  g.output('logProb', logProb);
  g.output('value', value);
  return g.bytes();
}

/** What a loss is made of: the networks' answers, numbers of each row and numbers of the whole batch. */
export interface LossInputs extends Judged {
  column(name: string): Value;
  scalar(name: string): Value;
}

/** The loss, and what of it is to be reported: scalars by name. */
export interface Loss {
  readonly loss: Value;
  readonly report: Readonly<Record<string, Value>>;
}

/** A training step on n rows: outputs the reported scalars and the gradients of all parameters. */
export function trainingGraph(
  s: ActorCriticShape,
  of: Parameters,
  n: number,
  masked: boolean,
  lossOf: (inputs: LossInputs) => Loss,
): Uint8Array {
  const g = graph();
  const weights = parameterInputs(g, of);
  const { loss, report } = lossOf({
    ...judge(g, weights, s, n, masked),
    column: (name) => g.input(name, [n, 1]),
    scalar: (name) => g.input(name, []),
  });
  for (const [name, value] of Object.entries(report)) g.output(name, value);
  gradientOutputs(g, loss, weights);
  return g.bytes();
}
