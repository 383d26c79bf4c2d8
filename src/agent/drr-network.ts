import {
  add,
  argMax,
  concat,
  gatherRows,
  gradientOutputs,
  graph,
  linear,
  linearTransposed,
  mean,
  mul,
  type ParameterSpec,
  type Parameters,
  parameterInputs,
  reshape,
  softmax,
  square,
  stopGradient,
  sub,
  sum,
  tanh,
  topK,
  type Value,
} from '../math/index.ts';
import { type DrrShape, stateOf, stateParameters, stateSize } from './drr-state.ts';
import { reluTower, throughTower, type Weights } from './relu-tower.ts';

/**
 * The networks of `drr` (drr.ts): an actor and a critic on a state (drr-state.ts), and the rows of the items that both read.
 */
export interface DrrNetworkShape extends DrrShape {
  readonly items: number;
  readonly slots: number;
  readonly content: number;
  readonly climb: 'items' | 'point';
  /** Items an actor is judged on: the first it would show, and random others. */
  readonly near: number;
  readonly others: number;
  /** Whether it is told what is forbidden next. */
  readonly masks: boolean;
}

/** A point for each state, each number within [-1, 1]. */
export const act = (w: Weights, state: Value): Value => tanh(throughTower(w, 'actor', state));
/** States [n, size] and m points of each, [n x m, width] -> [n, m]. */
function judge(w: Weights, state: Value, points: Value): Value {
  const [n, size] = state.shape as [number, number];
  const m = points.shape[0]! / n;
  const each = add(reshape(state, [n, 1, size]), state.graph.constant(0, [n, m, size]));
  return reshape(throughTower(w, 'critic', concat([reshape(each, [n * m, size]), points], 1)), [n, m]);
}

/** One update as a graph: losses, the gradients of both networks, and of the gathered rows. */
export function drrTraining(
  actor: Parameters,
  critic: Parameters,
  s: DrrNetworkShape,
  n: number,
): Uint8Array {
  const g = graph();
  const w = { ...parameterInputs(g, actor), ...parameterInputs(g, critic) };
  const target = { ...parameterInputs(g, actor, 'target.'), ...parameterInputs(g, critic, 'target.') };
  const table = g.input('table', [s.items, s.width]);
  const content = s.content > 0 ? g.input('content', [s.items, s.content]) : undefined;
  const withContent = (raw: Value, of: Weights, indices?: Value): Value =>
    content ? add(raw, linear(indices ? gatherRows(content, indices) : content, of['content.w']!)) : raw;
  const seen = (of: Weights, prefix: string): { state: Value; raw: Value } => {
    const tokens = g.input(`${prefix}tokens`, [n * s.last], 'int32');
    const raw = gatherRows(table, tokens);
    const items = reshape(withContent(raw, of, tokens), [n, s.last, s.width]);
    const padding = g.input(`${prefix}padding`, [n, s.last]);
    return { state: stateOf(of, s, g.input(`${prefix}dense`, [n, s.dense]), items, padding), raw };
  };
  const every = stopGradient(withContent(table, w));
  const after = seen(target, 'next.').state;
  let point = act(target, after);
  if (s.climb === 'items') {
    const ranked = linearTransposed(point, every);
    const best = argMax(s.masks ? add(ranked, g.input('forbidden', [n, s.items])) : ranked);
    point = gatherRows(every, reshape(best, [n]));
  }
  const future = mul(g.input('discount', [n, 1]), judge(target, after, point));
  const y = stopGradient(add(g.input('reward', [n, s.slots]), future));

  const { state, raw: historyRows } = seen(w, '');
  const actions = g.input('actions', [n * s.slots], 'int32');
  const taken = gatherRows(table, actions);
  const error = sub(judge(w, state, withContent(taken, w, actions)), y);
  const criticLoss = sum(mul(square(error), g.input('open', [n, s.slots])));

  const still = Object.fromEntries(critic.entries.map(({ name }) => [name, stopGradient(w[name]!)]));
  const here = stopGradient(state);
  const named = act(w, here);
  let value: Value;
  if (s.climb === 'point') value = mean(judge(still, here, named));
  else {
    const near = topK(linearTransposed(stopGradient(named), every), s.near).columns;
    const others = gatherRows(every, g.input('others', [1, s.others], 'int32'));
    const all = add(others, g.constant(0, [n, s.others, s.width]));
    const rows = concat([gatherRows(every, near), all], 1);
    const ranked = sum(mul(rows, reshape(named, [n, 1, s.width])), { axes: [2] });
    const worth = judge(still, here, reshape(rows, [n * (s.near + s.others), s.width]));
    value = mul(sum(mul(softmax(ranked), worth)), 1 / n);
  }
  g.output('criticLoss', criticLoss);
  g.output('value', value);
  const [ofHistory, ofTaken] = gradientOutputs(g, sub(criticLoss, value), w, [historyRows, taken]);
  g.output('rows.history', ofHistory!);
  g.output('rows.taken', ofTaken!);
  return g.bytes();
}

/** Everything the critic learns beside the items' rows, and what the actor does. */
export function drrParameters(
  s: DrrNetworkShape,
  hidden: number,
): Record<'actor' | 'critic', Record<string, ParameterSpec>> {
  const size = stateSize(s);
  return {
    actor: reluTower('actor', size, hidden, s.width),
    critic: {
      ...(s.content > 0 && { 'content.w': { shape: [s.content, s.width], start: { normal: 0.1 } } }),
      ...stateParameters(s),
      ...reluTower('critic', size + s.width, hidden, 1),
    },
  };
}
