/**
 * What each way to choose for several people gives them: `TENDRIL_DATASETS=... node bench/groups.ts`. Groups of four of
 * MovieLens 100k get ten slates of ten films, one after the other, none twice. What a member liked (4 stars and more) in
 * the later half of their ratings is what they want; the policy (item-knn) knows only the earlier halves.
 */
import { agentNamed } from '../src/agent/index.ts';
import {
  type Combination,
  combinations,
  readSettings,
  rng,
  sequencesOf,
  shopObservation,
  shuffle,
} from '../src/core/index.ts';
import { combineMembers, satisfactionWith, utilitiesOf } from '../src/decide/index.ts';
import { sequenceObserver } from '../src/learn/index.ts';
import { tInterval } from '../src/measure/index.ts';
import { sharedAfter } from '../src/state/index.ts';
import { knownBefore } from './movielens-ratings.ts';
import { record, rounded } from './record.ts';

const seeds = [1, 2, 3, 4, 5];
const [groups, size, decisions, slots, liked, wantedLeast] = [100, 4, 10, 10, 4, 10];

/** Films liked, by shopper: in the earlier half of their ratings, in the later one. */
function likings() {
  const cases = knownBefore();
  const films = new Map([...new Set(cases.map(({ item }) => item))].map((item, i) => [item, i]));
  const byShopper = Map.groupBy(cases, ({ shopper }) => shopper);
  const people = [...byShopper.values()].map((rated) => {
    const half = Math.floor(rated.length / 2);
    const of = (some: typeof rated): number[] =>
      some.filter(({ rating }) => rating >= liked).map(({ item }) => films.get(item)!);
    return { known: of(rated.slice(0, half)), wanted: new Set(of(rated.slice(half))) };
  });
  return { films: films.size, people };
}

const { films, people } = likings();
const train = sequencesOf(
  people.map(({ known }) => known),
  films,
);
const scores = await scoresOfAll();

async function scoresOfAll(): Promise<Float32Array[]> {
  const definition = agentNamed('item-knn');
  const observation = shopObservation(films);
  const action = { kind: 'choice', n: films } as const;
  const settings = readSettings(definition.settings, {});
  if (!settings.ok) throw new Error(settings.error.message);
  const agent = await definition.create({ observation, action, rng: rng(1) }, settings.value);
  if (agent.consumes !== 'sequences') throw new Error('item-knn learns from sequences');
  await agent.fit(train, {});
  const policy = agent.policy();
  const observe = sequenceObserver(observation, train, train);
  const row = new Float32Array(observation.size);
  const all: Float32Array[] = [];
  for (const [u, { known }] of people.entries()) {
    observe(u, known.length, row, 0);
    all.push((await policy.evaluate(row, 1)).values.slice(0, films));
  }
  return all;
}

const discountOf = (slot: number): number => 1 / Math.log2(2 + slot);

/** NDCG of a slate for one who wants these. */
function ndcg(slate: readonly number[], wanted: ReadonlySet<number>): number {
  let [got, most] = [0, 0];
  slate.forEach((film, slot) => {
    if (wanted.has(film)) got += discountOf(slot);
    if (slot < wanted.size) most += discountOf(slot);
  });
  return most === 0 ? 0 : got / most;
}

/** Mean NDCG of each member over ten decisions made this way; `first` asks the first member alone. */
function played(members: readonly number[], how: Combination | 'first'): number[] {
  const allowed = new Uint8Array(films).fill(1);
  for (const u of members) for (const film of people[u]!.known) allowed[film] = 0;
  const wanted = members.map((u) => new Set([...people[u]!.wanted].filter((film) => allowed[film])));
  const before = members.map(() => 0);
  const sums = members.map(() => 0);
  for (let t = 0; t < decisions; t++) {
    const utilities = members.map((u) => utilitiesOf(scores[u]!, allowed));
    const together =
      how === 'first' ? utilities[0]! : combineMembers(how, { utilities, allowed, before }, slots);
    const slate = [...together.keys()]
      .filter((film) => allowed[film])
      .sort((a, b) => together[b]! - together[a]! || a - b)
      .slice(0, slots);
    for (const m of members.keys()) {
      sums[m]! += ndcg(slate, wanted[m]!) / decisions;
      before[m] = sharedAfter(before[m]!, satisfactionWith(slate, utilities[m]!, allowed));
    }
    for (const film of slate) {
      allowed[film] = 0;
      for (const set of wanted) set.delete(film);
    }
  }
  return sums;
}

/** 1 where all members got the same, 1 / size where one got everything (Jain, Chiu & Hawe 1984). */
const jain = (got: readonly number[]): number => {
  const squares = got.reduce((sum, x) => sum + x * x, 0);
  return squares === 0 ? 1 : got.reduce((sum, x) => sum + x, 0) ** 2 / (got.length * squares);
};
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

const eligible = people.flatMap(({ wanted, known }, u) =>
  wanted.size >= wantedLeast && known.length > 0 ? [u] : [],
);
const ways = ['first', ...combinations] as const;
const figures = new Map<string, number[]>();
for (const seed of seeds) {
  const stream = rng(seed);
  const drawn = Array.from({ length: groups }, () => {
    const order = Int32Array.from(eligible);
    shuffle(order, stream);
    return [...order.subarray(0, size)];
  });
  for (const how of ways) {
    const got = drawn.map((members) => played(members, how));
    const add = (name: string, value: number): void => {
      figures.set(`${how} ${name}`, [...(figures.get(`${how} ${name}`) ?? []), value]);
    };
    add('meanNdcg', mean(got.map(mean)));
    add('leastNdcg', mean(got.map((sums) => Math.min(...sums))));
    add('fairness', mean(got.map(jain)));
  }
}

const rows = ways.map((how) => ({
  combine: how === 'first' ? 'one member alone' : how,
  ...Object.fromEntries(
    ['meanNdcg', 'leastNdcg', 'fairness'].flatMap((name) => {
      const values = figures.get(`${how} ${name}`)!;
      const against = figures.get(`average ${name}`)!;
      const { mean: gain, low, high } = tInterval(values.map((value, s) => value - against[s]!));
      return [
        [name, rounded(mean(values))],
        [`${name}MinusAverage`, how === 'average' ? undefined : [gain, low, high].map(rounded)],
      ];
    }),
  ),
}));
console.table(rows.map(({ combine, ...rest }) => ({ combine, ...rest })));
record('groups', {
  command: 'TENDRIL_DATASETS=... node bench/groups.ts',
  data: `MovieLens 100k: ${eligible.length} people who liked ${wantedLeast} films or more in the later half of their ratings; ${groups} groups of ${size} a seed`,
  seeds,
  notes: [
    `${decisions} slates of ${slots}, none repeated; films any member liked before are left out; item-knn, default settings, fitted on the earlier halves`,
    'meanNdcg: over members and decisions; leastNdcg: of the member who got least over the ten; fairness: Jain index of the members; MinusAverage: mean paired difference to average, 95 % t-interval over seeds',
  ],
  rows,
});
