/**
 * `TENDRIL_DATASETS=... node bench/transformer-online.ts [sets] [seeds] [setting=value ...]`: what the agent `transformer` forgets, learns
 * and guesses while a catalogue drifts (bench/results/transformer-online.json). Data of drifting-data.ts in time order: fitted on
 * the first half, then five lessons of a tenth each, in increments. After each:
 *
 *   old     HR@k on histories of the first half: the last item each of them took there, which no lesson shows either
 *   next    HR@k on the first three items a history takes in the part that comes (the first of all needs a history before
 *           it), before it is learned
 *   new     where items nobody had taken before the part stand when they are taken in it (share of the catalogue below
 *           them, .5 by chance), each time it is asked
 *
 * Beside it: without remembered histories, without what is known of an item, and never taught after the first half. With settings
 * named, with each of those instead, in the lessons alone, beside never taught. Means over seeds, with what the single ones came to.
 */
import { ortEngine } from '../src/adapters/index.ts';
import { agentNamed, type SequenceAgent } from '../src/agent/index.ts';
import { type ItemFeatures, readSettings, rng, sequencesOf, shopObservation } from '../src/core/index.ts';
import { type Cases, rankCases } from '../src/eval/index.ts';
import { sequenceObserver } from '../src/learn/index.ts';
import { pairedBootstrap } from '../src/measure/index.ts';
import { type DriftingData, driftingData } from './drifting-data.ts';
import { datasets, merged, record, rounded } from './record.ts';

const [sets = 'movielens-100k,diginetica-sessions', seedsAsked = '1,2,3', ...settingsAsked] =
  process.argv.slice(2);
const seeds = seedsAsked.split(',').map(Number);
const engine = await ortEngine();
const neverTaught = 'never taught again';

interface Variant {
  readonly variant: string;
  readonly given: Readonly<Record<string, number>>;
  readonly known: ItemFeatures | undefined;
  readonly lessons: boolean;
}

/** How an agent does after so many lessons. */
interface Run {
  readonly variant: string;
  readonly lessons: number;
  readonly figures: Record<string, number>;
  /** Hits of each history that is judged, so made that their mean is the hit rate. */
  readonly old: readonly number[];
  readonly next: readonly number[];
}

for (const set of sets.split(',')) {
  const data = await driftingData(datasets(), set);
  const runs: Run[] = [];
  for (const [before, seed] of seeds.entries()) {
    for await (const run of runsOf(data, seed)) {
      console.log(JSON.stringify({ set, seed, variant: run.variant, lessons: run.lessons, ...run.figures }));
      runs.push(run);
    }
    recordSet(set, runs, seeds.slice(0, before + 1));
  }
}

/** After each seed, so that those a killed run had come to are not lost. */
function recordSet(set: string, runs: readonly Run[], seeds: readonly number[]): void {
  record('transformer-online', {
    command: `node bench/transformer-online.ts ${process.argv.slice(2).join(' ')}`,
    data: 'MovieLens 100k, every rating as an interaction; sessions of Diginetica and RetailRocket, those of the file to train; all in time order',
    seeds,
    notes: [
      'What is held back of a history of the first half is in no lesson: histories there go on as if it had not been taken.',
      'Variants of one seed share the fit on the first half, from the checkpoint of its last step: they differ in what comes after.',
      'old gain: above the same agent before its lessons; next gain: above the one never taught again. Hits of a history as means over seeds, with the bounds of a paired bootstrap over histories.',
      'A fixed number of passes over the first half, then one pass a lesson with as many remembered histories, where there are so many; whole catalogue, films of the history masked.',
      'Sessions: the last click of every third session of three or more in the first half is held back; next is asked of every third session.',
      'new products: how often an item that nobody had taken before the part is taken in it; new place: the mean share of the catalogue that stands below it then; half by chance.',
      'RetailRocket has no new place: it was measured before what a session had already was left out of it.',
    ],
    rows: merged(
      'transformer-online',
      // Beside named settings it is there to be compared with; its row may be of more seeds than these.
      rowsOf(set, runs, seeds.length).filter(
        ({ variant }) => settingsAsked.length === 0 || variant !== neverTaught,
      ),
      ['set', 'variant', 'lessons'],
    ),
  });
}

async function* runsOf(data: DriftingData, seed: number): AsyncGenerator<Run> {
  const { itemCount: n, histories, lengths, held, k, repeats, items } = data;
  const definition = agentNamed('transformer');
  const observation = shopObservation(n, 50);
  const all = sequencesOf(histories, n);
  const lengthAt = (part: number, u: number): number => lengths[part]?.[u] ?? 0;
  const casesOf = (found: readonly { readonly u: number; readonly end: number }[]): Cases => ({
    sequences: all,
    rows: Int32Array.from(found, ({ u }) => u),
    ends: Int32Array.from(found, ({ end }) => end),
    targets: Int32Array.from(found, ({ u, end }) => histories[u]![end]!),
  });
  const oldCases = casesOf(held.map((u) => ({ u, end: lengthAt(0, u) - 1 })));
  const comingCases = (part: number): Cases =>
    casesOf(
      histories.flatMap((_, u) =>
        [0, 1, 2]
          .map((i) => ({ u, end: lengthAt(part, u) + i }))
          .filter(({ end }) => data.asked(u) && end > 0 && end < lengthAt(part + 1, u)),
      ),
    );
  // What is taught of a history: without the item held back of the first half, which memory would recall as a target.
  const heldBack = new Set(held);
  const taught = histories.map((history, u) => {
    const end = lengthAt(0, u) - 1;
    return heldBack.has(u) ? [...history.slice(0, end), ...history.slice(end + 1)] : history;
  });
  const taughtAt = (part: number, u: number): number => lengthAt(part, u) - (heldBack.has(u) ? 1 : 0);
  const first = taught.map((history, u) => history.slice(0, Math.max(0, taughtAt(0, u))));
  const train = sequencesOf(first, n);
  const observe = sequenceObserver(observation, all, train);

  let lastStep: Uint8Array | undefined;
  const fitted = async (given: Variant['given'], known: ItemFeatures | undefined): Promise<SequenceAgent> => {
    const settings = readSettings(definition.settings, { threads: 1, ...data.settings, ...given });
    if (!settings.ok) throw new Error(settings.error.message);
    const context = {
      observation,
      action: { kind: 'choice', n } as const,
      rng: rng(seed),
      engine,
      ...(known && { items: known }),
    };
    const agent = (await definition.create(context, settings.value as never)) as SequenceAgent;
    let ended = false;
    await agent.fit(train, {
      progress: (done, total) => {
        ended = done === total;
      },
      checkpoint: {
        ...(lastStep && { found: lastStep }),
        due: () => ended,
        keep: async (bytes) => {
          lastStep = bytes;
        },
      },
    });
    return agent;
  };
  // Leaves its last step to the variants, so that what they are given is of their lessons alone.
  await fitted({}, undefined);
  for (const { variant, given, known, lessons } of variantsOf(items)) {
    const agent = await fitted(given, known);
    const hits = async (cases: Cases): Promise<{ ranks: Float32Array; each: number[]; rate: number }> => {
      const { ranks } = await rankCases(agent.policy(), cases, observe, { k, repeats });
      const rate = rounded(ranks.filter((rank) => rank < k).length / ranks.length);
      return { ranks, each: hitsOfEach(cases, ranks, k), rate };
    };
    const seen = new Set(first.flat());
    let old = await hits(oldCases);
    for (let part = 0; part < lengths.length; part++) {
      if (lessons && part > 0) old = await hits(oldCases);
      const figures: Record<string, number> = { [`old hr@${k}`]: old.rate };
      if (part + 1 === lengths.length) {
        yield { variant, lessons: part, figures, old: old.each, next: [] };
        continue;
      }
      const coming = comingCases(part);
      const next = await hits(coming);
      const isNew = (c: number): boolean => {
        const [history, target] = [histories[coming.rows[c]!]!, coming.targets[c]!];
        return !seen.has(target) && !history.slice(0, coming.ends[c]!).includes(target);
      };
      const places = [...next.ranks].flatMap((rank, c) => (isNew(c) ? [1 - rank / n] : []));
      figures[`next hr@${k}`] = next.rate;
      figures['new products'] = places.length;
      if (places.length > 0)
        figures['new place'] = rounded(places.reduce((sum, place) => sum + place, 0) / places.length);
      yield { variant, lessons: part, figures, old: old.each, next: next.each };
      const learners = histories.flatMap((_, u) => (lengthAt(part + 1, u) > lengthAt(part, u) ? [u] : []));
      const lesson = [
        sequencesOf(
          learners.map((u) => taught[u]!.slice(0, taughtAt(part + 1, u))),
          n,
        ),
        Int32Array.from(learners, (u) => Math.max(0, taughtAt(part, u))),
      ] as const;
      if (lessons) await agent.learn(...lesson);
      for (const u of learners)
        for (const item of histories[u]!.slice(lengthAt(part, u), lengthAt(part + 1, u))) seen.add(item);
    }
  }
}

function variantsOf(items: ItemFeatures | undefined): readonly Variant[] {
  const asItIs = { variant: 'as it is', given: {}, known: items, lessons: true };
  const never = { ...asItIs, variant: neverTaught, lessons: false };
  if (settingsAsked.length > 0) {
    const asked = settingsAsked.map((setting) => {
      const [name, value] = setting.split('=');
      return { ...asItIs, variant: setting, given: { [name!]: Number(value) } };
    });
    return [...asked, never];
  }
  return [
    asItIs,
    { ...asItIs, variant: 'without memory', given: { memory: 0 } },
    ...(items ? [{ ...asItIs, variant: 'without the content of products', known: undefined }] : []),
    never,
  ];
}

function hitsOfEach({ rows }: Cases, ranks: Float32Array, k: number): number[] {
  const hits = new Map<number, number>();
  rows.forEach((row, c) => {
    hits.set(row, (hits.get(row) ?? 0) + (ranks[c]! < k ? 1 : 0));
  });
  return [...hits.values()].map((sum) => (sum * hits.size) / rows.length);
}

/** One row for all seeds: means, and of the rates what each seed came to. */
function rowsOf(set: string, runs: readonly Run[], seedCount: number): Record<string, unknown>[] {
  const same = (variant: string, lessons: number): readonly Run[] =>
    runs.filter((run) => run.variant === variant && run.lessons === lessons);
  const overSeeds = (kind: 'old' | 'next', variant: string, lessons: number): number[] => {
    const found = same(variant, lessons);
    return found[0]![kind].map((_, i) => found.reduce((sum, run) => sum + run[kind][i]! / seedCount, 0));
  };
  return runs.slice(0, runs.length / seedCount).map(({ variant, lessons, figures, old, next }) => {
    const row: Record<string, unknown> = { set, variant, lessons, seeds: seedCount, 'old cases': old.length };
    if (next.length > 0) row['next histories'] = next.length;
    for (const name of Object.keys(figures)) {
      const each = same(variant, lessons).map((run) => run.figures[name]!);
      row[name] = rounded(each.reduce((sum, x) => sum + x, 0) / each.length);
      if (name !== 'new products') row[`${name} by seed`] = each;
    }
    const gain = (kind: 'old' | 'next', besides: string, after: number): void => {
      const [now, before] = [overSeeds(kind, variant, lessons), overSeeds(kind, besides, after)];
      const { mean, low, high } = pairedBootstrap(now, before, rng(1));
      row[`${kind} gain`] = rounded(mean);
      row[`${kind} gain low`] = rounded(low);
      row[`${kind} gain high`] = rounded(high);
    };
    if (lessons > 0) gain('old', variant, 0);
    const others = variant === neverTaught ? [] : same(neverTaught, lessons);
    if (lessons > 0 && next.length > 0 && others.length > 0) gain('next', neverTaught, lessons);
    return row;
  });
}
