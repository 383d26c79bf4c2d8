import type { Policy, Validation } from '../../src/agent/index.ts';
import { rng, type Sequences } from '../../src/core/index.ts';
import { type Cases, rankCases } from '../../src/eval/index.ts';
import { judgeWeighedSlates, rankingWeight } from '../../src/measure/index.ts';
import { shopV1, truthOf } from '../../src/world/index.ts';
import { drawSlate } from '../fine-tuning/takings-at-random.ts';

/** Shoppers at a time. */
export const worlds = 64;

/** A shopper's answered slates, in order. */
interface Life {
  readonly begun: number;
  readonly items: number[];
  readonly types: number[];
  /** What was known before each answer. */
  readonly observations: Float32Array[];
}

/**
 * A log of uniformly random slates of shop-v1, split by time. Of the first `before` slates the lives that had ended are
 * learned from, every tenth of them is validation. Lives that began after them are what is predicted, and the `after`
 * slates shown then are what other policies are judged by.
 */
export interface RandomLog {
  readonly shop: number;
  readonly seed: number;
  readonly train: Sequences;
  readonly validation: Validation;
  readonly later: { readonly lives: Sequences; readonly observations: readonly Float32Array[] };
  /** Of each round, a slate for each world. */
  readonly slates: readonly Int32Array[];
  readonly firstLater: number;
}

export function randomLog(
  shop: number,
  { before, after, seed }: { readonly before: number; readonly after: number; readonly seed: number },
): RandomLog {
  const world = shopV1.create(worlds, { shop });
  const { size, parts } = world.observation;
  const { k, n } = world.action;
  const stream = rng(seed).fork('slates');
  const firstLater = Math.ceil(before / worlds);
  const empty = (begun: number): Life => ({ begun, items: [], types: [], observations: [] });
  const running = Array.from({ length: worlds }, () => empty(0));
  const [earlier, later]: [Life[], Life[]] = [[], []];
  const slates: Int32Array[] = [];
  let observations = world.reset(seed).slice();
  for (let round = 0; round < firstLater + Math.ceil(after / worlds); round++) {
    const actions = new Int32Array(worlds * k);
    const masks = world.masks();
    for (let w = 0; w < worlds; w++) drawSlate(masks, w * n, n, k, stream, actions, w);
    slates.push(actions);
    const step = world.step(actions);
    const info = world.info();
    for (let w = 0; w < worlds; w++) {
      const life = running[w]!;
      const over = step.terminated[w]! + step.truncated[w]! > 0;
      if (info[w]!.chosen >= 0) {
        const seen = over ? step.finalObservations : step.observations;
        life.items.push(actions[w * k + info[w]!.chosen]!);
        // The newest token of the history.
        life.types.push(seen[w * size + 2 * parts[0]!.size - 1]! - 1);
        if (life.begun >= firstLater) life.observations.push(observations.slice(w * size, (w + 1) * size));
      }
      if (!over) continue;
      if (round < firstLater) earlier.push(life);
      else if (life.begun >= firstLater) later.push(life);
      running[w] = empty(round + 1);
    }
    observations = step.observations.slice();
  }
  const held = earlier.filter((life, i) => i % 10 === 9 && life.items.length > 1);
  const taken = earlier.filter((life) => !held.includes(life));
  return {
    shop,
    seed,
    train: sequencesOf(taken, n),
    validation: {
      inputs: sequencesOf(
        held.map((life) => ({ ...life, items: life.items.slice(0, -1), types: life.types.slice(0, -1) })),
        n,
      ),
      targets: Int32Array.from(held, (life) => life.items.at(-1)!),
      repeats: true,
    },
    later: { lives: sequencesOf(later, n), observations: later.flatMap((life) => life.observations) },
    slates,
    firstLater,
  };
}

export interface RankingFigures {
  /** Shoppers judged in the middle of their life, by everything they took after it. */
  readonly shoppers: number;
  readonly precision: number;
  readonly recall: number;
  /** Every answer with a history before it, as the one next item. */
  readonly cases: number;
  readonly hr: number;
  readonly ndcg: number;
}

/** How well a policy's scores rank, over the whole catalogue, what later shoppers took. */
export async function rankLater(
  policy: Policy,
  { later: { lives, observations } }: RandomLog,
  k: number,
): Promise<RankingFigures> {
  const places = Array.from({ length: lives.n }, (_, u) => {
    const length = lives.offsets[u + 1]! - lives.offsets[u]!;
    return Array.from({ length: Math.max(0, length - 1) }, (_, i) => ({ u, end: i + 1, length }));
  }).flat();
  const cases: Cases = {
    sequences: lives,
    rows: Int32Array.from(places, ({ u }) => u),
    ends: Int32Array.from(places, ({ end }) => end),
    targets: Int32Array.from(places, ({ u, end }) => lives.items[lives.offsets[u]! + end]!),
  };
  const { ranks, lists } = await rankCases(
    policy,
    cases,
    (row, end, out, at) => out.set(observations[lives.offsets[row]! + end]!, at),
    { k, repeats: true },
  );
  const sums = { shoppers: 0, precision: 0, recall: 0, cases: places.length, hr: 0, ndcg: 0 };
  places.forEach(({ u, end, length }, c) => {
    sums.hr += Number(ranks[c]! < k) / places.length;
    sums.ndcg += ranks[c]! < k ? 1 / Math.log2(2 + ranks[c]!) / places.length : 0;
    if (end !== Math.floor(length / 2)) return;
    const wanted = new Set(lives.items.subarray(lives.offsets[u]! + end, lives.offsets[u + 1]));
    let found = 0;
    for (const item of lists.subarray(c * k, (c + 1) * k)) found += Number(wanted.has(item));
    sums.shoppers++;
    sums.precision += found / k;
    sums.recall += found / wanted.size;
  });
  return { ...sums, precision: sums.precision / sums.shoppers, recall: sums.recall / sums.shoppers };
}

export interface LogJudgement {
  readonly truth: number;
  readonly logged: number;
  readonly estimates: readonly {
    readonly name: string;
    readonly value: number;
    readonly low: number;
    readonly high: number;
    readonly verdict: string;
  }[];
}

/**
 * What the log says of a policy's best slates, and the truth of the same slates shown to the same shoppers at the same
 * moments: clicks a slate. Every order of different products among those allowed was alike in the log.
 */
export async function judgeByLog(
  policy: Policy,
  { shop, seed, slates, firstLater }: RandomLog,
  resamples: number,
): Promise<LogJudgement> {
  const world = shopV1.create(worlds, { shop });
  const truth = truthOf(world);
  const { k, n } = world.action;
  const rows = (slates.length - firstLater) * worlds;
  const [reward, single, given] = [1, 2, 3].map(() => new Float64Array(rows * k)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const whole = new Float64Array(rows);
  let clicks = 0;
  let observations = world.reset(seed).slice();
  for (const [round, shown] of slates.entries()) {
    const at = (round - firstLater) * worlds;
    if (at >= 0) {
      const scores = await policy.evaluate(observations, worlds);
      const masks = world.masks();
      for (let w = 0; w < worlds; w++) {
        const mask = masks.subarray(w * n, (w + 1) * n);
        const aimed = policy.greedy(scores, w, mask) as Int32Array;
        const open = mask.reduce((sum, allowed) => sum + allowed, 0);
        const slate = shown.subarray(w * k, (w + 1) * k);
        clicks += truth.clickProbabilities(w, aimed).reduce((sum, chance) => sum + chance, 0) / rows;
        for (let slot = 0; slot < k; slot++) {
          const same = Number(aimed[slot] === slate[slot]);
          single[(at + w) * k + slot] = same * open;
          given[(at + w) * k + slot] = same * (open - slot);
        }
        whole[at + w] = rankingWeight(aimed, slate, open);
      }
    }
    const step = world.step(shown);
    if (at >= 0)
      world.info().forEach(({ chosen }, w) => {
        if (chosen >= 0) reward[(at + w) * k + chosen] = 1;
      });
    observations = step.observations.slice();
  }
  const { logged, estimates } = judgeWeighedSlates(
    { n: rows, slots: k, reward },
    { single, given, whole },
    { rng: rng(seed).fork('resamples'), resamples },
  );
  return {
    truth: clicks,
    logged,
    estimates: estimates.map(({ name, value, low, high, verdict }) => ({ name, value, low, high, verdict })),
  };
}

function sequencesOf(
  lives: readonly { readonly items: readonly number[]; readonly types: readonly number[] }[],
  itemCount: number,
): Sequences {
  const offsets = new Int32Array(lives.length + 1);
  lives.forEach(({ items }, u) => {
    offsets[u + 1] = offsets[u]! + items.length;
  });
  return {
    n: lives.length,
    itemCount,
    offsets,
    items: Int32Array.from(lives.flatMap(({ items }) => items)),
    types: Uint8Array.from(lives.flatMap(({ types }) => types)),
  };
}
