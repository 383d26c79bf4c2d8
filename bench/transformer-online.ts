/**
 * `TENDRIL_DATASETS=... node bench/transformer-online.ts [seeds]`: what the agent `transformer` forgets, learns and guesses while a
 * catalogue drifts (bench/results/transformer-online.json). MovieLens 100k in time order: fitted on the first half of all
 * ratings, then five lessons of a tenth each, in increments. After each:
 *
 *   old     HR@10 on shoppers of the first half: the last film each of them took there, which no lesson shows either
 *   next    HR@10 on the first three films each shopper takes in the part that comes, before it is learned
 *   new     where films nobody took yet stand when they are taken (share of the catalogue below them, .5 by chance)
 *
 * Beside it: without remembered histories, without what is known of a film, and never taught after the first half. Means over
 * seeds, with what the single ones came to.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { ortEngine } from '../src/adapters/index.ts';
import { agentNamed, type SequenceAgent } from '../src/agent/index.ts';
import { catalogue, readSettings, rng, sequencesOf, shopObservation } from '../src/core/index.ts';
import { type Cases, rankCases } from '../src/eval/index.ts';
import { sequenceObserver } from '../src/learn/index.ts';
import { pairedBootstrap } from '../src/measure/index.ts';
import { encodingFitter, itemFeatures, itemLabels } from '../src/state/index.ts';
import { datasets, record, rounded } from './record.ts';

const lines = (name: string): string[][] =>
  gunzipSync(readFileSync(join(datasets(), 'movielens-100k', `ml-100k.${name}.gz`)))
    .toString('latin1')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split('\t'));

const films = lines('item').map(([itemId, title, , genres]) => ({
  itemId: itemId!,
  title: title!,
  categories: (genres ?? '').split(' '),
}));
const items = catalogue(films);
const n = items.size;
const users = new Map<string, number>();
const taken = lines('inter')
  .map(([user, item, , time], at) => ({ user: user!, item: items.indexOf(item!)!, time: Number(time), at }))
  .sort((a, b) => a.time - b.time || a.at - b.at);
const parts = [0, 0.5, 0.6, 0.7, 0.8, 0.9, 1].map((share) => Math.round(share * taken.length));
const histories: number[][] = [];
/** Interactions of each shopper up to the end of each part. */
const lengths: number[][] = [];
for (let part = 1; part < parts.length; part++) {
  for (const { user, item } of taken.slice(parts[part - 1], parts[part])) {
    if (!users.has(user)) {
      users.set(user, histories.length);
      histories.push([]);
    }
    histories[users.get(user)!]!.push(item);
  }
  lengths.push(histories.map((history) => history.length));
}
const all = sequencesOf(histories, n);
const lengthAt = (part: number, u: number): number => lengths[part]?.[u] ?? 0;

const held = histories.flatMap((_, u) => (lengthAt(0, u) >= 5 ? [u] : []));
const oldCases: Cases = {
  sequences: all,
  rows: Int32Array.from(held),
  ends: Int32Array.from(held, (u) => lengthAt(0, u) - 1),
  targets: Int32Array.from(held, (u) => histories[u]![lengthAt(0, u) - 1]!),
};
const comingCases = (part: number): Cases => {
  const found = histories.flatMap((_, u) =>
    [0, 1, 2]
      .map((i) => ({ u, end: lengthAt(part, u) + i }))
      .filter(({ end }) => end > 0 && end < lengthAt(part + 1, u)),
  );
  return {
    sequences: all,
    rows: Int32Array.from(found, ({ u }) => u),
    ends: Int32Array.from(found, ({ end }) => end),
    targets: Int32Array.from(found, ({ u, end }) => histories[u]![end]!),
  };
};

/** What is taught of each shopper: without the film held back of the first half, which memory would recall as a target. */
const heldBack = new Set(held);
const taught = histories.map((history, u) => {
  const end = lengthAt(0, u) - 1;
  return heldBack.has(u) ? [...history.slice(0, end), ...history.slice(end + 1)] : history;
});
const taughtAt = (part: number, u: number): number => lengthAt(part, u) - (heldBack.has(u) ? 1 : 0);
const first = taught.map((history, u) => history.slice(0, taughtAt(0, u)));

const engine = await ortEngine();
const observation = shopObservation(n, 50);
const features = itemFeatures(
  items,
  encodingFitter().encoding({ itemCount: n, shopperCount: 0 }),
  itemLabels(items),
);
const seeds = (process.argv[2] ?? '1,2,3').split(',').map(Number);
const variants = [
  { variant: 'as it is', given: {}, known: features, lessons: true },
  { variant: 'without memory', given: { memory: 0 }, known: features, lessons: true },
  { variant: 'without the content of products', given: {}, known: undefined, lessons: true },
  { variant: 'never taught again', given: {}, known: features, lessons: false },
];
type Row = { variant: string; lessons: number } & Record<string, string | number>;
const runs: Row[] = [];
/** Hits of each shopper of the first half, means over seeds, by variant and lessons. */
const oldHits = new Map<string, Float64Array>();
for (const { seed, variant, given, known, lessons } of seeds.flatMap((seed) =>
  variants.map((one) => ({ seed, ...one })),
)) {
  const definition = agentNamed('transformer');
  const settings = readSettings(definition.settings, { epochs: 15, threads: 1, ...given });
  if (!settings.ok) throw new Error(settings.error.message);
  const agent = (await definition.create(
    {
      observation,
      action: { kind: 'choice', n },
      rng: rng(seed),
      engine,
      ...(known && { items: known }),
    },
    settings.value as never,
  )) as SequenceAgent;
  const train = sequencesOf(first, n);
  await agent.fit(train, {});
  const seen = new Set(first.flat());
  const observe = sequenceObserver(observation, all, train);
  for (let part = 0; part < lengths.length; part++) {
    const hits = (ranks: Float32Array): number => ranks.filter((rank) => rank < 10).length / ranks.length;
    const old = await rankCases(agent.policy(), oldCases, observe, { k: 10, repeats: false });
    const row: Row = { variant, lessons: part, 'old hr@10': rounded(hits(old.ranks)) };
    const sums = oldHits.get(`${variant} ${part}`) ?? new Float64Array(held.length);
    for (const [i, rank] of old.ranks.entries()) sums[i]! += (rank < 10 ? 1 : 0) / seeds.length;
    oldHits.set(`${variant} ${part}`, sums);
    if (part + 1 < lengths.length) {
      const coming = comingCases(part);
      const { ranks } = await rankCases(agent.policy(), coming, observe, { k: 10, repeats: false });
      const places = [...ranks].flatMap((rank, c) => (seen.has(coming.targets[c]!) ? [] : [1 - rank / n]));
      row['next hr@10'] = rounded(hits(ranks));
      row['new products'] = places.length;
      if (places.length > 0)
        row['new place'] = rounded(places.reduce((sum, place) => sum + place, 0) / places.length);
      const learners = histories.flatMap((_, u) => (lengthAt(part + 1, u) > lengthAt(part, u) ? [u] : []));
      const lesson = [
        sequencesOf(
          learners.map((u) => taught[u]!.slice(0, taughtAt(part + 1, u))),
          n,
        ),
        Int32Array.from(learners, (u) => taughtAt(part, u)),
      ] as const;
      if (lessons) await agent.learn(...lesson);
      for (const u of learners)
        for (const item of histories[u]!.slice(lengthAt(part, u), lengthAt(part + 1, u))) seen.add(item);
    }
    runs.push(row);
    console.log(JSON.stringify({ seed, ...row }));
  }
}
/** One row for all seeds: means, and of the rates what each seed came to. */
const rows = runs.slice(0, runs.length / seeds.length).map(({ variant, lessons }) => {
  const same = runs.filter((row) => row.variant === variant && row.lessons === lessons);
  const means = Object.keys(same[0]!)
    .filter((name) => !['variant', 'lessons'].includes(name))
    .flatMap((name) => {
      const each = same.map((row) => row[name] as number);
      const mean = rounded(each.reduce((sum, x) => sum + x, 0) / each.length);
      return name === 'new products'
        ? [[name, mean]]
        : [
            [name, mean],
            [`${name} by seed`, each],
          ];
    });
  const [now, before] = [lessons, 0].map((after) => oldHits.get(`${variant} ${after}`)!);
  const { mean, low, high } = pairedBootstrap(now!, before!, rng(1));
  const gained = { 'old gain': rounded(mean), 'old gain low': rounded(low), 'old gain high': rounded(high) };
  return { variant, lessons, ...Object.fromEntries(means), ...(lessons > 0 && gained) };
});
record('transformer-online', {
  command: `node bench/transformer-online.ts ${seeds}`,
  data: 'MovieLens 100k, every rating as an interaction, in time order',
  seeds,
  notes: [
    'The film held back of a shopper of the first half is in no lesson: histories there go on as if it had not been taken.',
    'old gain: above the same agent before its lessons, hits of a shopper as means over seeds, with the bounds of a paired bootstrap over shoppers.',
    '15 passes over the first half, then one pass a lesson with as many remembered histories; whole catalogue, items of the history masked.',
    'new place: mean share of the catalogue that stands below a film nobody had taken, when it is taken; half by chance.',
  ],
  rows,
});
