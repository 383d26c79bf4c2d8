import { type ActionSpec, observationSpec, rng } from '../../core/index.ts';
import type { Step, StepInfo, World, WorldDefinition } from '../world.ts';
import { chance, purposes } from './chance.ts';
import { shopSettings, shopV1 } from './shop-v1.ts';
import type { ShopWorld } from './shop-world.ts';
import { truthOf } from './truth.ts';

/** What a page is made of beside its products. */
export const pageContents = ['banner', 'video', 'review', 'guide'] as const;
export const pageLayouts = ['grid', 'list', 'carousel'] as const;
const devices = 3;

/** What a page adds to the utility of every product on it, against choosing nothing. */
const pulls = { content: 0.8, otherContent: -0.3, layout: 0.4, otherLayout: -0.2 } as const;

/**
 * shop-page-v1: a placement of shop-v1 where one decision picks the products, a content type and a layout of the page:
 *
 *   action       [ k products | content | layout ]
 *   observation  [ shop-v1's | device | for each content: how often it was answered, how often shown ]
 *
 * A shopper has a habit, one of the contents, that stays for life and is not seen, and a device that is seen. The content of
 * the habit and the layout that suits the device (which, the shop decides) make every product on the page more worth a
 * click, the others less. Everything else is shop-v1's, with the same shoppers and the same luck.
 */
export interface PageWorld extends World {
  /** For scoring only: shop-v1's truth, what every shopper likes, and the page that is worth most in the next step, exactly. */
  readonly hidden: {
    readonly shop: ShopWorld;
    readonly habits: Int32Array;
    readonly bestLayouts: Int32Array;
    best(w: number): { readonly action: Int32Array; readonly worth: number };
  };
  masks(): Uint8Array;
  info(): readonly StepInfo[];
}

export function pageWorld(n: number, options: Readonly<Record<string, unknown>> = {}): PageWorld {
  const shop = shopV1.create(n, options);
  const { model, lives } = shop.hidden;
  const { k } = shop.action;
  const contents = pageContents.length;
  const layouts = pageLayouts.length;
  const action: ActionSpec = {
    kind: 'composite',
    specs: [
      { name: 'products', spec: shop.action },
      { name: 'content', spec: { kind: 'choice', n: contents } },
      { name: 'layout', spec: { kind: 'choice', n: layouts } },
    ],
  };
  const observation = observationSpec([
    ...shop.observation.parts,
    { name: 'page.device', kind: 'index', size: 1, n: devices },
    { name: 'page.answered', kind: 'real', size: contents, low: 0, high: 1 },
    { name: 'page.shown', kind: 'real', size: contents, low: 0, high: 1 },
  ]);
  // How frequent each habit is and which layout suits which device: the shop's, as its products are.
  const stream = rng(Number(options.shop ?? shopSettings.shop.default)).fork('shop-page-v1');
  const shares = Array.from({ length: contents }, () => 0.5 + stream.float());
  const total = shares.reduce((a, b) => a + b, 0);
  const suits = Array.from({ length: devices }, () => stream.int(layouts));

  const habits = new Int32Array(n);
  const device = new Int32Array(n);
  const bestLayouts = new Int32Array(n);
  const shown = new Int32Array(n * contents);
  const answered = new Int32Array(n * contents);
  const size = observation.size;
  const inner = shop.observation.size;
  const observations = new Float32Array(n * size);
  const finalObservations = new Float32Array(n * size);
  const slates = new Int32Array(n * k);
  const items = model.items;
  const masks = new Uint8Array(n * (items + contents + layouts)).fill(1);

  const begin = (w: number): void => {
    const [a, b] = [lives.keyA[w]!, lives.keyB[w]!];
    let luck = total * chance(a, b, 0, purposes.habit);
    let habit = 0;
    while (habit < contents - 1 && luck >= shares[habit]!) luck -= shares[habit++]!;
    habits[w] = habit;
    device[w] = Math.floor(devices * chance(a, b, 0, purposes.device));
    bestLayouts[w] = suits[device[w]!]!;
    shown.fill(0, w * contents, (w + 1) * contents);
    answered.fill(0, w * contents, (w + 1) * contents);
  };
  const write = (from: Float32Array, w: number, to: Float32Array): void => {
    const at = w * size;
    to.set(from.subarray(w * inner, (w + 1) * inner), at);
    to[at + inner] = device[w]! + 1;
    for (let c = 0; c < contents; c++) {
      const [seen, taken] = [shown[w * contents + c]!, answered[w * contents + c]!];
      to[at + inner + 1 + c] = (taken + 0.2) / (seen + 1);
      to[at + inner + 1 + contents + c] = 1 - Math.exp(-seen / 5);
    }
  };
  const pullOf = (w: number, content: number, layout: number): number =>
    (content === habits[w] ? pulls.content : pulls.otherContent) +
    (layout === bestLayouts[w] ? pulls.layout : pulls.otherLayout);

  const truth = truthOf(shop);
  return {
    id: 'shop-page-v1',
    observation,
    action,
    n,
    itemFeatures: shop.itemFeatures,
    hidden: {
      shop,
      habits,
      bestLayouts,
      best(w) {
        // Every product gains alike, so the page that pulls most is best with any products, and the products are best for it.
        lives.pull[w] = pullOf(w, habits[w]!, bestLayouts[w]!);
        const { slate, worth } = truth.best(w);
        return { action: Int32Array.of(...slate, habits[w]!, bestLayouts[w]!), worth };
      },
    },
    reset(seed) {
      const first = shop.reset(seed);
      for (let w = 0; w < n; w++) {
        begin(w);
        write(first, w, observations);
      }
      return observations;
    },
    step(actions): Step {
      for (let w = 0; w < n; w++) {
        const at = w * (k + 2);
        for (let slot = 0; slot < k; slot++) slates[w * k + slot] = actions[at + slot]!;
        lives.pull[w] = pullOf(w, actions[at + k]!, actions[at + k + 1]!);
      }
      const step = shop.step(slates);
      const info = shop.info();
      for (let w = 0; w < n; w++) {
        const content = w * contents + actions[w * (k + 2) + k]!;
        shown[content]!++;
        if (info[w]!.chosen >= 0) answered[content]!++;
        if (step.terminated[w] || step.truncated[w]) {
          write(step.finalObservations, w, finalObservations);
          begin(w);
        }
        write(step.observations, w, observations);
      }
      return { ...step, observations, finalObservations };
    },
    masks() {
      const open = shop.masks();
      const width = items + contents + layouts;
      for (let w = 0; w < n; w++) masks.set(open.subarray(w * items, (w + 1) * items), w * width);
      return masks;
    },
    info: () => shop.info(),
  };
}

export const shopPageV1: Omit<WorldDefinition, 'create'> & {
  create(n: number, options?: Readonly<Record<string, unknown>>): PageWorld;
} = {
  id: 'shop-page-v1',
  summary: 'a placement of shop-v1: one decision picks products, a content type and a layout',
  options: shopSettings,
  doc: {
    observation:
      "shop-v1's, then the device, and of each content type how often it was answered and how often shown to this shopper.",
    action: `a slate of distinct products, then a content type (${pageContents.join(', ')}) and a layout (${pageLayouts.join(', ')}).`,
    reward: 'that of shop-v1.',
    dynamics:
      "shop-v1's; a page whose content is the shopper's hidden habit and whose layout suits the visible device makes its products more worth a click.",
    optimum: 'the best page of a step is known exactly; over a life it is not, as in shop-v1.',
  },
  create: pageWorld,
};
