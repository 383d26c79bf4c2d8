import type { Validation } from '../../src/agent/index.ts';
import { rng, type Sequences } from '../../src/core/index.ts';
import type { ShopWorld } from '../../src/world/index.ts';

interface Taking {
  readonly item: number;
  readonly type: number;
}

/**
 * What the shoppers of a shop took from random slates: for each life the items answered to, with the deepest thing done. The
 * last item of every tenth life is held back for validation. Slates are uniform, or hold an item with odds of
 * (1 + how often it was taken so far) ^ `favour`, as where a shop shows what sells.
 */
export function takingsAtRandom(
  world: ShopWorld,
  slates: number,
  seed: number,
  favour = 0,
): { readonly train: Sequences; readonly validation: Validation } {
  const { n, action } = world;
  const stream = rng(seed).fork('takings');
  const actions = new Int32Array(n * action.k);
  const lives: Taking[][] = [];
  const running = Array.from({ length: n }, (): Taking[] => []);
  const taken = new Float64Array(action.n);
  world.reset(seed);
  const { items, types } = historyColumns(world);
  for (let shown = 0; shown < slates; shown += n) {
    const masks = world.masks();
    const odds = favour > 0 ? taken.map((times) => (1 + times) ** favour) : undefined;
    for (let w = 0; w < n; w++) drawSlate(masks, w * action.n, action.n, action.k, stream, actions, w, odds);
    const step = world.step(actions);
    const info = world.info();
    for (let w = 0; w < n; w++) {
      const over = step.terminated[w]! + step.truncated[w]! > 0;
      const seen = over ? step.finalObservations : step.observations;
      const at = w * world.observation.size;
      if (info[w]!.chosen >= 0) {
        running[w]!.push({ item: seen[at + items]! - 1, type: seen[at + types]! - 1 });
        taken[running[w]!.at(-1)!.item]!++;
      }
      if (!over) continue;
      lives.push(running[w]!);
      running[w] = [];
    }
  }
  const [train, held] = [[] as Taking[][], [] as Taking[][]];
  lives.forEach((life, i) => {
    (i % 10 === 9 && life.length > 1 ? held : train).push(life);
  });
  return {
    train: sequencesOf(train, action.n),
    validation: {
      inputs: sequencesOf(
        held.map((life) => life.slice(0, -1)),
        action.n,
      ),
      targets: Int32Array.from(held, (life) => life.at(-1)!.item),
      repeats: true,
    },
  };
}

/** Where an observation shows the newest interaction. */
function historyColumns({ observation }: ShopWorld): { readonly items: number; readonly types: number } {
  const { size } = observation.parts[0]!;
  return { items: size - 1, types: 2 * size - 1 };
}

/** Different open items, drawn by `odds` or each as likely, into row `row` of `out`; -1 where there are none left. */
export function drawSlate(
  masks: Uint8Array,
  from: number,
  n: number,
  k: number,
  stream: ReturnType<typeof rng>,
  out: Int32Array,
  row: number,
  odds?: Float64Array,
): void {
  const open: number[] = [];
  for (let item = 0; item < n; item++) if (masks[from + item]) open.push(item);
  for (let slot = 0; slot < k; slot++) {
    const at = open.length === 0 ? -1 : odds ? byOdds(open, odds, stream) : stream.int(open.length);
    out[row * k + slot] = at < 0 ? -1 : open.splice(at, 1)[0]!;
  }
}

/** A place of `open`, with odds of its item. */
function byOdds(open: readonly number[], odds: Float64Array, stream: ReturnType<typeof rng>): number {
  let left = stream.float() * open.reduce((sum, item) => sum + odds[item]!, 0);
  const at = open.findIndex((item) => {
    left -= odds[item]!;
    return left <= 0;
  });
  return at < 0 ? open.length - 1 : at;
}

function sequencesOf(lives: readonly (readonly Taking[])[], itemCount: number): Sequences {
  const offsets = new Int32Array(lives.length + 1);
  lives.forEach((life, u) => {
    offsets[u + 1] = offsets[u]! + life.length;
  });
  return {
    n: lives.length,
    itemCount,
    offsets,
    items: Int32Array.from(lives.flatMap((life) => life.map(({ item }) => item))),
    types: Uint8Array.from(lives.flatMap((life) => life.map(({ type }) => type))),
  };
}
