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
  slice,
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
  observedInputs,
  outputGradients,
  type StepGraph,
  weightInputs,
} from './fine-tuning-network.ts';

/**
 * The graphs of `off-policy-ac`: the head of fine-tuning-network.ts gives logits instead of values, and begins as what the
 * transformer says is next; a critic on the same layer values the state.
 *
 *   log pi(. | s) = log softmax of the head over what is allowed          V(s) = a line on the layer
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

/**
 * Log-probability of each slot given the earlier ones (Plackett-Luce), from log pi of each shown item alone, [n, slots]: what the
 * earlier ones left is shared by the rest. Where less than a millionth is left it counts as that.
 */
function givenEarlier(shown: Value, open: Value, slots: number): Value {
  if (slots === 1) return shown;
  const g = shown.graph;
  const before = Float32Array.from({ length: slots * slots }, (_, i) =>
    Number(Math.floor(i / slots) < i % slots),
  );
  const gone = linear(mul(exp(shown), open), g.constant(before, [slots, slots]));
  return sub(shown, log(clip(sub(g.constant(1, shown.shape), gone), 1e-6, 1)));
}

/** Logits [n, items] and V [n, 1] of a state. */
function judged(
  s: FineTuningShape,
  w: FineTuningWeights,
  state: ReturnType<typeof attendedState>,
  catalogue: Catalogue,
): { logits: Value; value: Value; historyRows: Value | undefined } {
  const { h: layer, raw } = firstLayer(w.heads, s.heads, state, catalogue);
  return {
    logits: scoreAll(w.heads, s.heads, 'q', layer, state, catalogue),
    value: linear(layer, w.heads['critic.w']!, w.heads['critic.b']!),
    historyRows: raw,
  };
}

/** `scores` are log pi. */
export function actorCriticScoring(s: FineTuningShape, of: Learned, n: number): Uint8Array {
  const g = graph();
  const { all } = weightInputs(g, s, of, '');
  const catalogue = catalogueInputs(g, s.heads);
  const state = attendedState(g, s, n, observedInputs(g, s, n, '', catalogue), all, catalogue);
  const { logits, value } = judged(s, all, state, catalogue);
  g.output('scores', logSoftmax(logits));
  g.output('value', value);
  g.output('next', state.logits);
  return g.bytes();
}

export const actorCriticStep =
  (o: ActorCriticOptions) =>
  (s: FineTuningShape, of: Learned, n: number): StepGraph => {
    const g = graph();
    const online = weightInputs(g, s, of, '');
    const target = weightInputs(g, s, of, 'target.').all;
    const catalogue = catalogueInputs(g, s.heads);
    const after = attendedState(g, s, n, observedInputs(g, s, n, 'next.', catalogue), target, catalogue);
    const future = judged(s, target, after, catalogue).value;
    const slots = [n, o.slots];
    const credit = g.input('credit', slots);
    const open = g.input('open', slots);
    // What a slate paid stands in each of its slots.
    const reward = slice(g.input('reward', slots), 1, 0, 1);
    const worth = stopGradient(add(reward, mul(g.input('discount', [n, 1]), future)));

    const state = attendedState(g, s, n, observedInputs(g, s, n, '', catalogue), online.all, catalogue);
    const { logits, value, historyRows } = judged(s, online.all, state, catalogue);
    const logPi = logSoftmax(add(logits, g.input('closed', [n, s.heads.items])));
    const error = sub(value, worth);
    const actions = reshape(g.input('actions', [n * o.slots], 'int32'), slots);
    const shown = gatherColumns(logPi, actions);
    const given = mul(givenEarlier(shown, open, o.slots), open);

    // Of an answered slate one slot is learned from, of an unanswered one all are. What the log does not give a probability of
    // counts as it is.
    const unanswered = g.input('unanswered', [n, 1]);
    const counted = add(credit, mul(open, unanswered));
    const known = g.input('propensity', [n, 1]);
    const off = sub(given, g.input('behaviour', slots));
    const away = sum(mul(off, counted), { axes: [1], keep: true });
    const ratio = exp(minimum(away, g.constant(Math.log(o.weightCap), [1])));
    g.output('weight', reshape(ratio, [n]));
    const weight = add(mul(ratio, known), sub(g.constant(1, [n, 1]), known));

    const logOwn = sum(mul(shown, credit), { axes: [1], keep: true });
    let push = weight;
    if (o.slots > 1 && o.topK) {
      // An item is wanted among the k shown, not above all others (Chen et al. 2019, eq. 8).
      const others = log(clip(sub(g.constant(1, [n, 1]), exp(logOwn)), 1e-6, 1));
      push = mul(weight, mul(exp(mul(others, o.slots - 1)), o.slots));
    }
    // Of a slate the item answered to is learned from, whose share of the state's value nobody knows: no baseline.
    const above = sub(worth, value);
    const answered = sum(credit, { axes: [1], keep: true });
    const slope = stopGradient(mul(mul(o.slots > 1 ? worth : above, push), answered));
    const ofWhole = stopGradient(mul(mul(above, weight), unanswered));
    const logWhole = sum(given, { axes: [1], keep: true });
    const actorLoss = mul(sum(add(mul(slope, logOwn), mul(ofWhole, logWhole))), -1 / n);
    const valueLoss = sum(mul(square(error), g.input('valued', [n, 1])));
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
      inputs: [
        ...['actions', 'credit', 'open', 'reward', 'discount', 'taken', 'takenWeight'],
        ...['behaviour', 'propensity', 'closed', 'unanswered', 'valued'],
      ],
      outputs: [
        ...['loss', 'error', 'nextLoss', 'valueLoss', 'entropy', 'weight'],
        ...rows.map(([name]) => `rows.${name}`),
      ],
      wholeTable: 'q',
    };
  };
