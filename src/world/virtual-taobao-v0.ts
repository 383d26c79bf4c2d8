import { observationSpec, type Rng, readSettings, TendrilError } from '../core/index.ts';
import { type SingleWorld, vectorWorld } from './vector-world.ts';
import type { World, WorldDefinition } from './world.ts';

/**
 * virtual-taobao-v0: customers of a search page, learnt from logs of Taobao (Shi et al. 2019, "Virtual-Taobao", AAAI).
 * Three networks, trained by their authors:
 *
 *   generator  128 uniform numbers  ->  88 logits in 11 blocks: who the customer is, one position drawn from each
 *   leave      customer             ->  101 logits: after how many pages the visit ends
 *   action     customer, page, 27 weights  ->  11 + 10 logits: clicks on the page, and a second act of the customer
 */
export interface TaobaoNetworks {
  readonly generator: readonly Layer[];
  readonly leave: readonly Layer[];
  readonly action: readonly Layer[];
}

/** outputs = weight x inputs + bias; `weight` is row-major, [out][in]. */
export interface Layer {
  readonly in: number;
  readonly out: number;
  readonly weight: ArrayLike<number>;
  readonly bias: ArrayLike<number>;
}

/** Sizes of the eleven attributes of a customer. */
const blocks = [8, 8, 11, 11, 11, 11, 2, 2, 3, 18, 3] as const;
const customerSize = 88;
const noise = 128;
const weights = 27;
const clickKinds = 11;
const actKinds = 10;
const mostPages = 100;
const slope = 0.01;

export const virtualTaobaoV0: WorldDefinition = {
  id: 'virtual-taobao-v0',
  summary: 'customers learnt from real logs of Taobao; the action weighs 27 features of the products',
  options: {},
  doc: {
    observation:
      "91 numbers: the customer's 11 attributes one-hot (88), the last clicks (0-10) and second act (0-9), pages shown (0-100).",
    action: 'a box of 27 weights in [-1, 1], by which the page is ranked.',
    reward: 'the clicks on the page, 0 to 10.',
    dynamics:
      'A customer is generated, with the patience for so many pages; each page is answered by clicks and a second act, both drawn from a trained network. The visit terminates when patience is at an end. Needs the networks as option `networks`; the command line reads them from TENDRIL_DATASETS.',
    optimum: 'not known; uniformly random weights get about .016 clicks a product shown (10 a page).',
  },
  /** `networks` (TaobaoNetworks) is needed: the weights are data, not code. */
  create(n, { networks, ...given } = {}): World {
    const read = readSettings({}, given);
    if (!read.ok) throw new TendrilError(read.error.code, read.error.message);
    const checked = checkNetworks(networks);
    return vectorWorld('virtual-taobao-v0', n, () => customerAndPages(checked));
  },
};

function customerAndPages(networks: TaobaoNetworks): SingleWorld {
  const customer = new Float64Array(customerSize);
  const input = new Float64Array(customerSize + 1 + weights);
  let [clicks, act, page, patience] = [0, 0, 0, 1];
  const show = (out: Float32Array): void => {
    out.set(customer);
    out[customerSize] = clicks;
    out[customerSize + 1] = act;
    out[customerSize + 2] = page;
  };
  return {
    observation: observationSpec([
      { name: 'customer', kind: 'real', size: customerSize, low: 0, high: 1 },
      { name: 'clicks', kind: 'real', size: 1, low: 0, high: clickKinds - 1 },
      { name: 'act', kind: 'real', size: 1, low: 0, high: actKinds - 1 },
      { name: 'page', kind: 'real', size: 1, low: 0, high: mostPages },
    ]),
    action: { kind: 'box', size: weights, low: -1, high: 1 },
    reset(stream, out) {
      const z = Float64Array.from({ length: noise }, () => stream.float());
      const logits = forward(networks.generator, z);
      let from = 0;
      customer.fill(0);
      for (const size of blocks) {
        customer[from + drawSoftmax(logits, from, from + size, stream)] = 1;
        from += size;
      }
      const pages = forward(networks.leave, customer);
      patience = drawSoftmax(pages, 0, pages.length, stream);
      [clicks, act, page] = [0, 0, 0];
      show(out);
    },
    step(action, stream, out) {
      input.set(customer);
      input[customerSize] = page;
      for (let i = 0; i < weights; i++) input[customerSize + 1 + i] = Math.min(Math.max(action[i]!, -1), 1);
      const answer = forward(networks.action, input);
      clicks = drawSoftmax(answer, 0, clickKinds, stream);
      act = drawSoftmax(answer, clickKinds, clickKinds + actKinds, stream);
      page++;
      show(out);
      return { reward: clicks, terminated: page >= patience };
    },
  };
}

/** Linear layers with LeakyReLU between them and none after the last, in double precision. */
export function forward(layers: readonly Layer[], input: ArrayLike<number>): Float64Array {
  let values = Float64Array.from(input);
  layers.forEach((layer, place) => {
    const out = new Float64Array(layer.out);
    for (let o = 0; o < layer.out; o++) {
      let sum = layer.bias[o]!;
      for (let i = 0; i < layer.in; i++) sum += layer.weight[o * layer.in + i]! * values[i]!;
      out[o] = place < layers.length - 1 && sum < 0 ? slope * sum : sum;
    }
    values = out;
  });
  return values;
}

/** A place in `from .. to`, counted from `from`, drawn from the softmax of the logits there. */
function drawSoftmax(logits: Float64Array, from: number, to: number, stream: Rng): number {
  let top = -Infinity;
  for (let i = from; i < to; i++) top = Math.max(top, logits[i]!);
  let mass = 0;
  for (let i = from; i < to; i++) mass += Math.exp(logits[i]! - top);
  let left = stream.float() * mass;
  for (let i = from; i < to - 1; i++) {
    left -= Math.exp(logits[i]! - top);
    if (left < 0) return i - from;
  }
  return to - 1 - from;
}

function checkNetworks(given: unknown): TaobaoNetworks {
  const networks = given as TaobaoNetworks | undefined;
  const ends = {
    generator: [noise, customerSize],
    leave: [customerSize, mostPages + 1],
    action: [customerSize + 1 + weights, clickKinds + actKinds],
  } as const;
  for (const [name, [first, last]] of Object.entries(ends)) {
    const layers = networks?.[name as keyof TaobaoNetworks];
    const fit =
      layers &&
      layers[0]?.in === first &&
      layers.at(-1)?.out === last &&
      layers.every(
        (layer, i) =>
          layer.weight.length === layer.in * layer.out &&
          layer.bias.length === layer.out &&
          (i === 0 || layers[i - 1]!.out === layer.in),
      );
    if (!fit) {
      throw new TendrilError(
        'bad-setting',
        `virtual-taobao-v0: the ${name} network is missing or of another shape; accepted: option "networks" with layers from ${first} to ${last} numbers`,
      );
    }
  }
  return networks!;
}
