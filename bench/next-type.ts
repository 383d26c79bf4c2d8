/**
 * `TENDRIL_DATASETS=... node bench/next-type.ts [sets] [seeds]`: the type of the next event as the head of `transformer` foretells
 * it, where the network was taught the next item alone and where it was taught the next type beside it (`typeLoss`), against the
 * shares of types and against a chain that knows the last type alone; and what that costs or gains the next item. Where shoppers
 * are few, one date for everybody: taught before it, the pass picked in the period after, judged on all later events of shoppers
 * with a history. Where they are many, judged on shoppers who taught nothing (bench/results/next-type.json).
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { openEngine } from '../src/adapters/index.ts';
import { agentNamed, type SequenceAgent } from '../src/agent/index.ts';
import {
  eventTypeCode,
  eventTypes,
  historyPlace,
  readSettings,
  rng,
  type Sequences,
  shopObservation,
  shuffle,
  writeHistory,
} from '../src/core/index.ts';
import { type Cases, rankCases, timeSplit, validationOf } from '../src/eval/index.ts';
import { behaviourFigures, foreseen } from '../src/learn/index.ts';
import { gainsOf, meanOf } from '../src/measure/index.ts';
import { importedShop } from './imported-shop.ts';
import { datasets, merged, record, rounded } from './record.ts';

interface Parts {
  readonly train: Sequences;
  readonly validation: Cases;
  readonly test: Cases;
}

interface DataSet {
  readonly data: string;
  read(root: string): Promise<Parts>;
  readonly settings: Readonly<Record<string, number>>;
  readonly places: number;
}

const sets: Record<string, DataSet> = {
  taobao: {
    data: 'taobao: the head of UserBehavior.csv, real; taught by the first 70 % of its time, judged on the last 20 %',
    async read(root) {
      const file = join(root, 'taobao-userbehavior-sample/UserBehavior.head.csv.gz');
      const { sequences } = await importedShop('taobao', [file]);
      const sorted = sequences.times!.slice().sort();
      const at = (share: number): number => sorted[Math.floor(share * sorted.length)]!;
      return timeSplit(sequences, { repeats: true, validationFrom: at(0.7), testFrom: at(0.8) });
    },
    places: 100,
    settings: { batchSize: 4, averaging: 0.98 },
  },
  starbucks: {
    data: 'starbucks: offers received, viewed, completed and purchases of 6,000 customers (simulated by their publisher); taught by 70 % of them, judged on 20 %',
    read: async (root) => byCustomers(offersOf(join(root, 'starbucks-offers/transcript.json.gz')), 6000),
    places: 40,
    settings: { batchSize: 64, averaging: 0.99 },
  },
};
const arms = [0, 1];
const small = { width: 32, inner: 64, dropout: 0.3, epochs: 60, patience: 8, threads: 1 };
const [wanted = Object.keys(sets).join(), seedList = '1,2,3'] = process.argv.slice(2);
const seeds = seedList.split(',').map(Number);
const root = datasets();
const mostCases = 4000;
mkdirSync(join(import.meta.dirname, 'results'), { recursive: true });

type Said = readonly { readonly chances: Float64Array; readonly happened: number }[];
const definition = agentNamed('transformer');

for (const set of wanted.split(',')) {
  const { read, places, settings: own } = sets[set]!;
  const split = await read(root);
  const [validation, test] = [firstOfMoments(split.validation), firstOfMoments(split.test)];
  const { sequences } = test;
  const observation = shopObservation(sequences.itemCount, places);
  const place = historyPlace(observation)!;
  const typeAt = (c: number, back: number): number =>
    sequences.types![sequences.offsets[test.rows[c]!]! + test.ends[c]! - back]!;
  const rows: Record<string, unknown>[] = [];
  const losses = new Map<string, Float64Array>();
  const ndcg = new Map<string, Float64Array>();
  let codes = new Int32Array(0);
  const put = (arm: string, said: Said, more: Record<string, unknown> = {}): void => {
    const { logLoss, accuracy, ece, mostFrequent } = figuresOf(said);
    const loss = losses.get(arm) ?? losses.set(arm, new Float64Array(said.length)).get(arm)!;
    said.forEach(({ chances, happened }, c) => {
      loss[c]! -= Math.log(Math.max(1e-12, chances[happened]!));
    });
    rows.push({ set, arm, logLoss, accuracy, ece, mostFrequent, ...more });
    console.log(JSON.stringify(rows.at(-1)));
  };

  for (const typeLoss of arms)
    for (const seed of seeds) {
      const arm = `typeLoss ${typeLoss}`;
      const settings = readSettings(definition.settings, {
        ...small,
        ...own,
        places,
        typeLoss,
        behaviour: true,
      });
      if (!settings.ok) throw new Error(settings.error.message);
      const agent = (await definition.create(
        {
          observation,
          action: { kind: 'choice', n: sequences.itemCount },
          rng: rng(seed),
          engine: await openEngine(),
        },
        settings.value as never,
      )) as SequenceAgent;
      const begun = process.cpuUsage();
      const report = await agent.fit(split.train, {
        validation: validationOf(evenlyOf(validation, 1000), true),
        cut: true,
      });
      const { user, system } = process.cpuUsage(begun);
      const policy = agent.policy();
      const observe = (cases: Cases) => (c: number) => {
        const row = new Float32Array(observation.size);
        writeHistory(place, cases.sequences, cases.rows[c]!, cases.ends[c]!, row, 0);
        return row;
      };
      const told = async (cases: Cases): Promise<Said> => {
        const outcome = (c: number) => {
          const next = cases.sequences.offsets[cases.rows[c]!]! + cases.ends[c]!;
          return { nextType: cases.sequences.types![next]!, nextCategory: -1, buys: -1, leaves: -1 };
        };
        return (await foreseen(policy, cases.rows.length, observe(cases), outcome)).nextType;
      };
      codes = (await policy.foresee!(observe(test)(0)))!.nextType!.codes as typeof codes;
      const { ranks } = await rankCases(
        policy,
        test,
        (row, end, out, begin) => writeHistory(place, sequences, row, end, out, begin),
        { k: 10, repeats: true },
      );
      const sum = ndcg.get(arm) ?? ndcg.set(arm, new Float64Array(ranks.length)).get(arm)!;
      gainsOf('ndcg', ranks, 10).forEach((gain, c) => {
        sum[c]! += gain / seeds.length;
      });
      const gains = (name: 'hr' | 'ndcg', k: number): number => rounded(meanOf(gainsOf(name, ranks, k)));
      const cases = await told(test);
      const temperature = report['behaviour.nextType.temperature']!;
      put(arm, cases, {
        seed,
        temperature: rounded(temperature),
        'ece without temperature': figuresOf(raised(cases, temperature)).ece,
        'validation logLoss': figuresOf(await told(evenlyOf(validation, 1000))).logLoss,
        'hr@1': gains('hr', 1),
        'hr@10': gains('hr', 10),
        'ndcg@10': gains('ndcg', 10),
        passes: report.passes,
        'processor seconds': rounded((user + system) / 1e6),
      });
    }

  const classOf = (type: number): number => codes.indexOf(codes.includes(type) ? type : 0);
  const counts = Array.from({ length: eventTypes.length + 1 }, () => new Float64Array(codes.length).fill(1));
  const { offsets, types, n } = split.train;
  for (let u = 0; u < n; u++)
    for (let p = offsets[u]!; p < offsets[u + 1]!; p++) {
      const next = classOf(types![p]!);
      counts[eventTypes.length]![next]!++;
      if (p > offsets[u]!) counts[types![p - 1]!]![next]!++;
    }
  const counted = (row: (c: number) => Float64Array): Said =>
    Array.from(test.rows, (_, c) => {
      const sum = row(c).reduce((a, b) => a + b, 0);
      return { chances: row(c).map((count) => count / sum), happened: classOf(typeAt(c, 0)) };
    });
  put(
    'shares of types',
    counted(() => counts[eventTypes.length]!),
  );
  put(
    'the last type alone',
    counted((c) => counts[typeAt(c, 1)]!),
  );

  const times = new Map([...losses.keys()].map((arm) => [arm, rows.filter((row) => row.arm === arm).length]));
  const mean = (arm: string): Float64Array => losses.get(arm)!.map((loss) => loss / times.get(arm)!);
  const against = ['typeLoss 0', 'the last type alone'];
  for (const arm of losses.keys()) {
    const below = Object.fromEntries(
      against
        .filter((other) => other !== arm)
        .map((other) => [`logLoss above ${other}, 95 %`, byShopper(mean(arm), mean(other), test.rows)]),
    );
    const [plain, own] = [ndcg.get('typeLoss 0')!, ndcg.get(arm)];
    const gained = own && own !== plain && byShopper(own, plain, test.rows);
    const overSeeds = {
      ...{ cases: test.rows.length, shoppers: new Set(test.rows).size, ...below },
      ...(gained && { 'ndcg@10 above typeLoss 0, 95 %': gained }),
    };
    // What counts has no seed: its figures and its intervals are one row, since set, arm and seed tell rows apart.
    const counting = rows.find((row) => row.arm === arm && row.seed === undefined);
    if (counting) Object.assign(counting, overSeeds);
    else rows.push({ set, arm, ...overSeeds });
    console.log(JSON.stringify(counting ?? rows.at(-1)));
  }
  record('next-type', {
    command: 'node bench/next-type.ts',
    data: Object.values(sets)
      .map(({ data }) => data)
      .join('; '),
    seeds,
    notes: [
      'Log loss in nats; ece of the likeliest type over ten groups of equal number. Next item: whole catalogue, items of the history are not masked, ties at mid-rank. Intervals: shoppers are drawn anew 2,000 times, losses averaged over seeds.',
    ],
    rows: merged('next-type', rows, ['set', 'arm', 'seed']),
  });
}

function figuresOf(said: Said): Record<'logLoss' | 'accuracy' | 'ece' | 'mostFrequent', number> {
  const none = { nextCategory: [], buys: [], leaves: [] };
  const figures = behaviourFigures({ ...none, nextType: said });
  const of = (name: string): number => rounded(figures[`behaviour.nextType.${name}`]!);
  return {
    logLoss: of('logLoss'),
    accuracy: of('accuracy'),
    ece: of('ece'),
    mostFrequent: of('mostFrequent'),
  };
}

/** The chances as they were before the temperature. */
function raised(said: Said, temperature: number): Said {
  return said.map(({ chances, happened }) => {
    const powers = chances.map((chance) => chance ** temperature);
    const sum = powers.reduce((a, b) => a + b, 0);
    return { chances: powers.map((power) => power / sum), happened };
  });
}

/** Of what happened at one moment and has the same history the first. */
function firstOfMoments(cases: Cases): Cases {
  const seen = new Set<string>();
  const kept = [...cases.rows.keys()].filter((c) => {
    const key = `${cases.rows[c]} ${cases.ends[c]}`;
    return !seen.has(key) && seen.add(key);
  });
  return evenlyOf(chosen(cases, kept), mostCases);
}

function evenlyOf(cases: Cases, most: number): Cases {
  const n = cases.rows.length;
  if (n <= most) return cases;
  return chosen(
    cases,
    Array.from({ length: most }, (_, i) => Math.floor((i * n) / most)),
  );
}

function chosen({ sequences, rows, ends, targets }: Cases, kept: readonly number[]): Cases {
  const pick = (array: Int32Array): Int32Array => Int32Array.from(kept, (c) => array[c]!);
  return { sequences, rows: pick(rows), ends: pick(ends), targets: pick(targets) };
}

/** Mean difference a - b over cases with its interval of 95 %: shoppers are drawn, not cases, since one's are alike. */
function byShopper(a: Float64Array, b: Float64Array, shoppers: Int32Array): number[] {
  const sums = new Map<number, [difference: number, count: number]>();
  shoppers.forEach((shopper, c) => {
    const [difference, count] = sums.get(shopper) ?? [0, 0];
    sums.set(shopper, [difference + a[c]! - b[c]!, count + 1]);
  });
  const all = [...sums.values()];
  const over = (draw: (i: number) => number): number => {
    let [total, count] = [0, 0];
    for (let i = 0; i < all.length; i++) {
      total += all[draw(i)]![0];
      count += all[draw(i)]![1];
    }
    return total / count;
  };
  const chance = rng('shoppers');
  const drawn = Float64Array.from({ length: 2000 }, () => {
    const own = Int32Array.from(all, () => chance.int(all.length));
    return over((i) => own[i]!);
  }).sort();
  return [over((i) => i), drawn[50]!, drawn[1949]!].map(rounded);
}

/** Some customers in random order: seven of ten teach, one picks the pass, two judge, after each of their events but the last. */
function byCustomers(all: Sequences, customers: number): Parts {
  const order = Int32Array.from({ length: all.n }, (_, u) => u);
  shuffle(order, rng('customers'));
  const some = ([from, to]: readonly [number, number]): Sequences => {
    const rows = [...order.subarray(Math.round(from * customers), Math.round(to * customers))];
    const entries = rows.flatMap((u) => [...range(all.offsets[u]!, all.offsets[u + 1]!)]);
    const offsets = new Int32Array(rows.length + 1);
    rows.forEach((u, i) => {
      offsets[i + 1] = offsets[i]! + all.offsets[u + 1]! - all.offsets[u]!;
    });
    return {
      ...{ n: rows.length, itemCount: all.itemCount, offsets },
      items: Int32Array.from(entries, (p) => all.items[p]!),
      types: Uint8Array.from(entries, (p) => all.types![p]!),
      times: Float64Array.from(entries, (p) => all.times![p]!),
    };
  };
  const casesOf = (sequences: Sequences): Cases => {
    const { offsets, items, n } = sequences;
    const rows = [...range(0, n)].flatMap((u) => new Array(offsets[u + 1]! - offsets[u]! - 1).fill(u));
    const ends = [...range(0, n)].flatMap((u) => [...range(1, offsets[u + 1]! - offsets[u]!)]);
    const targets = Int32Array.from(ends, (end, c) => items[offsets[rows[c]]! + end]!);
    return { sequences, rows: Int32Array.from(rows), ends: Int32Array.from(ends), targets };
  };
  return { train: some([0, 0.7]), validation: casesOf(some([0.7, 0.8])), test: casesOf(some([0.8, 1])) };
}

function range(from: number, to: number): Int32Array {
  return Int32Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
}

/** The customers of a transcript. A purchase is of no offer, and an item by itself. */
function offersOf(path: string): Sequences {
  const names: Record<string, string> = {
    'offer received': 'impression',
    'offer viewed': 'view',
    'offer completed': 'custom',
    transaction: 'purchase',
  };
  const items = new Map<string, number>();
  const lives = new Map<string, { item: number; type: number; time: number }[]>();
  for (const line of gunzipSync(readFileSync(path)).toString('utf8').trim().split('\n')) {
    const { person, event, value, time } = JSON.parse(line);
    const life = lives.get(person) ?? [];
    lives.set(person, life);
    const offer: string = value['offer id'] ?? value.offer_id ?? '';
    const item = items.get(offer) ?? items.set(offer, items.size).get(offer)!;
    life.push({ item, type: eventTypeCode(names[event]!), time: 3_600_000 * time });
  }
  const all = [...lives.values()];
  const offsets = new Int32Array(all.length + 1);
  all.forEach((life, u) => {
    offsets[u + 1] = offsets[u]! + life.length;
  });
  const flat = all.flat();
  return {
    n: all.length,
    itemCount: items.size,
    offsets,
    items: Int32Array.from(flat, ({ item }) => item),
    types: Uint8Array.from(flat, ({ type }) => type),
    times: Float64Array.from(flat, ({ time }) => time),
  };
}
