/**
 * A second head of a network that says which item comes next (next-item-agent.ts): the type of the next event, taught
 * together with the first, so that the state that both read holds what tells of types too.
 *
 *   chance of type c = softmax(h . weight + bias)[c]
 *   loss = loss of the next item + typeLoss x mean of -log chance of the next event's type
 *
 * It teaches and does not answer. In teaching the place of an event tells how many follow it in its row, which is not known
 * where the head would answer: there a head is fitted on the state as it is served (behaviour-heads.ts).
 */
import { eventTypes } from '../core/index.ts';
import {
  add,
  linear,
  logSoftmax,
  mul,
  type ParameterSpec,
  type Parameters,
  sum,
  type Value,
} from '../math/index.ts';

const [weight, bias] = ['nextType.weight', 'nextType.bias'];
export const typeCount = eventTypes.length;

/** Its parameters; they stand behind those of the network under it, so that the network's own are saved as without it. */
export const nextTypeParameters = (width: number): Record<string, ParameterSpec> => ({
  [weight]: { shape: [width, typeCount], start: 0 },
  [bias]: { shape: [typeCount], start: 0 },
});

/** `loss` and what is wanted of the types: `wanted` [n, types] holds the weight of a place in the column of its next type. */
export function withTypeLoss(
  loss: Value,
  h: Value,
  w: Readonly<Record<string, Value>>,
  wanted: Value,
): Value {
  const logChances = logSoftmax(linear(h, w[weight]!, w[bias]!));
  return add(loss, mul(sum(mul(logChances, wanted)), -1));
}

/** The network's parameters without the head's, and the first number of the head's among all values. */
export function withoutTypeHead(of: Parameters): { readonly trunk: Parameters; readonly end: number } {
  const head = of.entries.findIndex(({ name }) => name === weight);
  if (head < 0) return { trunk: of, end: of.values.length };
  return { trunk: { ...of, entries: of.entries.slice(0, head) }, end: of.entries[head]!.offset };
}
