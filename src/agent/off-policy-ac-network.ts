import {
  add,
  clip,
  exp,
  gatherColumns,
  graph,
  linear,
  log,
  logSoftmax,
  minimum,
  mul,
  type ParameterSpec,
  reshape,
  square,
  stopGradient,
  sub,
  sum,
  type Value,
} from '../math/index.ts';
import { type Catalogue, catalogueInputs, firstLayer, networkParameters, scoreAll } from './dqn-network.ts';
import {
  attendedState,
  type FineTuningShape,
  type FineTuningWeights,
  type Learned,
  nextLoss,
  outputGradients,
  type StepGraph,
  weightInputs,
} from './fine-tuning-network.ts';

/**
 * The graphs of `off-policy-ac`: the head of fine-tuning-network.ts gives logits instead of values, and begins as what the
 * transformer says is next; a critic on the same layer values the state.
 *
 *   log pi(. | s) = log softmax of the head over the catalogue          V(s) = a line on the layer
 */
export interface ActorCriticOptions {
  /** Slots of a slate; 1 for single choices. */
  readonly slots: number;
  /** Largest pi / beta. */
  readonly weightCap: number;
  readonly topK: boolean;
  readonly entropyWeight: number;
  readonly valueWeight: number;
}

export function actorCriticHeads({ heads, body }: FineTuningShape): Record<string, ParameterSpec> {
  const specs = networkParameters({ ...heads, dense: heads.dense + body.width });
  return {
    ...specs,
    // A head that says nothing of its own yet: the policy begins as the transformer's.
    ...(specs['q.content'] && { 'q.content': { ...specs['q.content'], start: 0 } }),
    'q.next': { shape: [1], start: 1 },
    'critic.w': { shape: [heads.hidden, 1], start: 0 },
    'critic.b': { shape: [1], start: 0 },
  };
}

/** log pi [n, items] and V [n, 1] of a state. */
function judged(
  s: FineTuningShape,
  w: FineTuningWeights,
  state: ReturnType<typeof attendedState>,
  catalogue: Catalogue,
): { logPi: Value; value: Value; historyRows: Value | undefined } {
  const { h: layer, raw } = firstLayer(w.heads, s.heads, state, catalogue);
  return {
    logPi: logSoftmax(scoreAll(w.heads, s.heads, 'q', layer, state, catalogue)),
    value: linear(layer, w.heads['critic.w']!, w.heads['critic.b']!),
    historyRows: raw,
  };
}

/** `scores` are log pi. */
export function actorCriticScoring(s: FineTuningShape, of: Learned, n: number): Uint8Array {
  const g = graph();
  const { all } = weightInputs(g, s, of, '');
  const catalogue = catalogueInputs(g, s.heads);
  const state = attendedState(g, s, n, '', all, catalogue);
  const { logPi, value } = judged(s, all, state, catalogue);
  g.output('scores', logPi);
  g.output('value', value);
  g.output('next', state.next);
  return g.bytes();
}

export const actorCriticStep =
  (o: ActorCriticOptions) =>
  (s: FineTuningShape, of: Learned, n: number): StepGraph => {
    const g = graph();
    const online = weightInputs(g, s, of, '');
    const target = weightInputs(g, s, of, 'target.').all;
    const catalogue = catalogueInputs(g, s.heads);
    const after = attendedState(g, s, n, 'next.', target, catalogue);
    const future = judged(s, target, after, catalogue).value;
    const reward = g.input('reward', [n, 1]);
    const worth = stopGradient(add(reward, mul(g.input('discount', [n, 1]), future)));

    const state = attendedState(g, s, n, '', online.all, catalogue);
    const { logPi, value, historyRows } = judged(s, online.all, state, catalogue);
    const error = sub(value, worth);
    const action = reshape(g.input('actions', [n], 'int32'), [n, 1]);
    const logOwn = gatherColumns(logPi, action);
    const credit = g.input('credit', [n, 1]);

    // What the log does not give a probability of counts as it is.
    const known = g.input('propensity', [n, 1]);
    const ratio = exp(minimum(sub(logOwn, g.input('behaviour', [n, 1])), g.constant(Math.log(o.weightCap))));
    let weight = add(mul(ratio, known), sub(g.constant(1, [n, 1]), known));
    if (o.slots > 1 && o.topK) {
      // An item is wanted among the k shown, not above all others (Chen et al. 2019, eq. 8).
      const others = log(clip(sub(g.constant(1, [n, 1]), exp(logOwn)), 1e-6, 1));
      weight = mul(weight, mul(exp(mul(others, o.slots - 1)), o.slots));
    }
    // Of a slate the item answered to is learned from, whose share of the state's value nobody knows: no baseline.
    const gain = o.slots > 1 ? worth : sub(worth, value);
    const slope = stopGradient(mul(mul(gain, weight), credit));
    const actorLoss = mul(sum(mul(slope, logOwn)), -1 / n);
    const valueLoss = mul(sum(square(error)), 1 / n);
    const entropy = mul(sum(mul(exp(logPi), logPi)), -1 / n);
    const next = nextLoss(g, state, n);
    const ofActs = sub(add(actorLoss, mul(valueLoss, o.valueWeight)), mul(entropy, o.entropyWeight));
    const loss = s.frozen ? ofActs : add(ofActs, mul(next.loss, s.nextWeight));
    g.output('loss', actorLoss);
    g.output('valueLoss', valueLoss);
    g.output('entropy', entropy);
    g.output('nextLoss', next.loss);
    g.output('error', reshape(error, [n]));
    const rows: [string, Value][] = [
      ['all', online.all.heads['table.q']!],
      ...(historyRows ? [['history', historyRows] as [string, Value]] : []),
      ...(s.frozen
        ? []
        : ([
            ['tokens', state.tokenRows],
            ['items', online.all.table],
          ] as [string, Value][])),
    ];
    outputGradients(g, loss, s.frozen ? { body: {}, heads: online.heads } : online, rows);
    return {
      bytes: g.bytes(),
      inputs: ['actions', 'credit', 'reward', 'discount', 'taken', 'takenWeight', 'behaviour', 'propensity'],
      outputs: [
        ...['loss', 'error', 'nextLoss', 'valueLoss', 'entropy'],
        ...rows.map(([name]) => `rows.${name}`),
      ],
      wholeTable: 'q',
    };
  };
