import { eventTypeCode, rng, type Sequences } from '../../core/index.ts';
import type { ShopWorld } from './shop-world.ts';

export interface PlayOptions {
  /** Slates of each world that are played first and not counted. */
  readonly skip?: number;
  /** Told of the slates about to be shown, n x k, and of what each shopper did so far in this visit. */
  readonly shown?: (actions: Int32Array, visits: readonly Visit[]) => void;
}

interface Visit {
  readonly items: number[];
  readonly types: number[];
}

/** What shoppers answer to when slates are uniformly random among the allowed: a row for each visit. */
export function playAtRandom(
  world: ShopWorld,
  steps: number,
  seed: number,
  { skip = 0, shown }: PlayOptions = {},
): Sequences {
  const { n, action } = world;
  const { k, n: items } = action;
  const chance = rng(seed).fork('slates');
  const actions = new Int32Array(n * k);
  const visits: Visit[] = [];
  const open = Array.from({ length: n }, (): Visit => ({ items: [], types: [] }));
  world.reset(seed);
  for (let done = -skip * n; done < steps; done += n) {
    const masks = world.masks();
    for (let w = 0; w < n; w++) {
      for (let j = 0; j < k; j++) {
        let item = -1;
        // Some tries are enough: what is still forbidden or shown twice counts as an empty slot.
        for (let tries = 0; tries < 50 && item < 0; tries++) {
          const drawn = chance.int(items);
          let again = false;
          for (let l = 0; l < j; l++) again ||= actions[w * k + l] === drawn;
          if (masks[w * items + drawn] && !again) item = drawn;
        }
        actions[w * k + j] = item;
      }
    }
    if (done >= 0) shown?.(actions, open);
    world.step(actions);
    world.info().forEach(({ events }, w) => {
      let last: { item: number; type: string } | undefined;
      for (const event of events) {
        if (event.item >= 0 && event.type !== 'rating' && event.type !== 'review') last = event;
      }
      if (last) {
        open[w]!.items.push(last.item);
        open[w]!.types.push(eventTypeCode(last.type));
      }
      if (!events.some(({ type }) => type === 'leave')) return;
      if (open[w]!.items.length > 0 && done >= 0) visits.push(open[w]!);
      open[w] = { items: [], types: [] };
    });
  }
  const offsets = new Int32Array(visits.length + 1);
  visits.forEach((visit, u) => {
    offsets[u + 1] = offsets[u]! + visit.items.length;
  });
  return {
    n: visits.length,
    itemCount: items,
    offsets,
    items: Int32Array.from(visits.flatMap((visit) => visit.items)),
    types: Uint8Array.from(visits.flatMap((visit) => visit.types)),
  };
}
