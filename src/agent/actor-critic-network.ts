import {
  add,
  concat,
  exp,
  type Graph,
  gradientOutputs,
  graph,
  linear,
  logSoftmax,
  mul,
  type Parameters,
  parameterInputs,
  slice,
  sub,
  sum,
  tanh,
  type Value,
} from '../math/index.ts';

/**
 * Two networks beside each other, as graphs: one for acting, one for judging what was done, one for a training step.
 *
 *   observation -> tanh layer -> tanh layer -> logits, one softmax for each part of the action
 *   observation -> tanh layer -> tanh layer -> value
 */
export interface ActorCriticShape {
  readonly dense: number;
  readonly hidden: number;
  /** Choices of each part of the action. */
  readonly parts: readonly number[];
}

export const choicesOf = ({ parts }: ActorCriticShape): number => parts.reduce((all, n) => all + n, 0);

/** Orthogonal start, as usual for these agents: the policy near uniform, the value of its own size. */
export function actorCriticParameters(
  s: ActorCriticShape,
): Record<string, { shape: number[]; start: number | { orthogonal: number } }> {
  const tower = (name: string, outputs: number, gain: number) => ({
    [`${name}.w1`]: { shape: [s.dense, s.hidden], start: { orthogonal: Math.SQRT2 } },
    [`${name}.b1`]: { shape: [s.hidden], start: 0 },
    [`${name}.w2`]: { shape: [s.hidden, s.hidden], start: { orthogonal: Math.SQRT2 } },
    [`${name}.b2`]: { shape: [s.hidden], start: 0 },
    [`${name}.w3`]: { shape: [s.hidden, outputs], start: { orthogonal: gain } },
    [`${name}.b3`]: { shape: [outputs], start: 0 },
  });
  return { ...tower('policy', choicesOf(s), 0.01), ...tower('value', 1, 1) };
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

/** Output `logits` of n observations. */
export function actingGraph(s: ActorCriticShape, of: Parameters, n: number): Uint8Array {
  const g = graph();
  g.output('logits', tower(parameterInputs(g, policyOf(of)), 'policy', g.input('dense', [n, s.dense])));
  return g.bytes();
}

/** What both networks say of n rows, [n, 1] each. */
interface Judged {
  /** Of the whole action: the sum over its parts. */
  readonly logProb: Value;
  readonly entropy: Value;
  readonly value: Value;
}

/** Inputs: `dense`, `chosen` (1 for the choice taken in each part, else 0) and, where masked, `mask`. */
function judge(g: Graph, w: Weights, s: ActorCriticShape, n: number, masked: boolean): Judged {
  const dense = g.input('dense', [n, s.dense]);
  const chosen = g.input('chosen', [n, choicesOf(s)]);
  const logits = tower(w, 'policy', dense);
  const open = masked ? add(logits, mul(sub(g.input('mask', logits.shape), 1), 1e9)) : logits;
  let from = 0;
  const each = s.parts.map((size) => {
    from += size;
    return logSoftmax(s.parts.length === 1 ? open : slice(open, 1, from - size, from));
  });
  const logs = each.length === 1 ? each[0]! : concat(each, 1);
  const overParts = (x: Value): Value => sum(x, { axes: [1], keep: true });
  return {
    logProb: overParts(mul(logs, chosen)),
    entropy: mul(overParts(mul(exp(logs), logs)), -1),
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
