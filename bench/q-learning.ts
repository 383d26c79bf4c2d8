/**
 * `TENDRIL_DATASETS=... node bench/q-learning.ts`: the values of `q-learning` as predictions of ratings, on MovieLens
 * 100k, beside means and matrix factorisation (bench/rating-factorisation.ts). Writes bench/results/q-learning.json.
 *
 * The state is the shopper (age, gender, region, mean of the ratings given so far), the action the kind of film (mean rating so
 * far in bins, first genre), the reward w1 x purchase + w2 x rating; all ratings are of films taken, so purchase is 1.
 * A value adds up 1 / (1 - discount) rewards, so the prediction is ((1 - discount) Q - w1) / w2, kept within 1 .. 5; an
 * entry never visited is 0, as printed, and predicts 1. w2 alone would cancel: what is searched is w1 beside w2 = 1.
 *
 * In time order: 80 % to learn, 10 % to choose settings on, 10 % judged once by a table learned anew on the first 90 %.
 * The running means, those of the baselines included, know every rating of an earlier second; the table is fixed.
 */
import { agentNamed } from '../src/agent/index.ts';
import { observationSpec, readSettings, rng } from '../src/core/index.ts';
import { pairedBootstrap } from '../src/measure/index.ts';
import { type ProfileLabels, profileFitter } from '../src/state/index.ts';
import { type Case, damped, genreOf, genres, knownBefore, overall, shopperOf } from './movielens-ratings.ts';
import { factorisations, factorise } from './rating-factorisation.ts';
import { record, rounded } from './record.ts';

const cases = knownBefore();
const [learnEnd, chooseEnd] = [startOfSecond(0.8), startOfSecond(0.9)];
const validation = cases.slice(learnEnd, chooseEnd);
const test = cases.slice(chooseEnd);

interface Settings {
  readonly key: string;
  readonly itemBins: number;
  readonly genre: boolean;
  readonly learningRate: number;
  readonly learningRateDecay: number;
  readonly discount: number;
  readonly w1: number;
}
const profiles = ['', 'shopper.age:3,shopper.gender,', 'shopper.age:3,shopper.gender,shopper.region,'];
const keys = profiles.flatMap((profile) => [`${profile}taste:8`, `${profile}taste:16`]);
const rates = [[0.05, 0] as const, [0.1, 0] as const, [1, 1] as const];
const grid: Settings[] = keys.flatMap((key) =>
  [8, 16].flatMap((itemBins) =>
    [false, true].flatMap((genre) =>
      rates.flatMap(([learningRate, learningRateDecay]) =>
        [0, 0.5].flatMap((discount) =>
          [0, 1].map((w1) => ({ key, itemBins, genre, learningRate, learningRateDecay, discount, w1 })),
        ),
      ),
    ),
  ),
);
const searched: { readonly settings: Settings; readonly error: number }[] = [];
for (const settings of grid)
  searched.push({
    settings,
    error: rmse(await predict(settings, cases.slice(0, learnEnd), validation), validation),
  });
searched.sort((a, b) => a.error - b.error);
const best = (among: (settings: Settings) => boolean) => searched.find(({ settings }) => among(settings))!;

const meansBy: Record<string, (k: number) => (of: Case) => number> = {
  'global mean': () => overall,
  'item mean': () => (of) => damped(of.ofItem, overall(of), 0),
  'item mean, damped': (k) => (of) => damped(of.ofItem, overall(of), k),
  'item mean + shopper mean, damped': (k) => (of) =>
    damped(of.ofItem, overall(of), k) + damped(of.ofShopper, overall(of), k) - overall(of),
};
const itemMean = test.map(meansBy['item mean']!(0));
const rows: Record<string, unknown>[] = [];
for (const [label, by] of Object.entries(meansBy)) {
  const tried = [0, 2, 5, 10, 25].map((k) => ({ k, error: rmse(validation.map(by(k)), validation) }));
  const { k, error } = tried.reduce((a, b) => (b.error < a.error ? b : a));
  rows.push(row(label, error, test.map(by(k)), label.includes('damped') ? { k } : {}));
}
const contenders = {
  'q-learning': best(() => true),
  'q-learning, with age and gender': best(
    ({ key }) => key.startsWith(profiles[1]!) && !key.includes('region'),
  ),
  'q-learning, with age, gender and region': best(({ key }) => key.startsWith(profiles[2]!)),
  'q-learning, constant rate': best((s) => s.learningRateDecay === 0),
  'q-learning, discount .5': best((s) => s.discount > 0),
};
for (const [label, { settings, error }] of Object.entries(contenders))
  rows.push(row(label, error, await predict(settings, cases.slice(0, chooseEnd), test), settings));
for (const { label, settings, error, predicted } of factorise(cases, learnEnd, chooseEnd))
  rows.push(row(label, error, predicted, settings));
for (const line of rows) console.log(JSON.stringify(line));
record('q-learning', {
  command: 'node bench/q-learning.ts',
  data: `MovieLens 100k, in time order: ${learnEnd} ratings to learn, ${validation.length} to choose on, ${test.length} to judge`,
  seeds: [1],
  notes: [
    `${grid.length} settings of q-learning and ${factorisations.length} of matrix factorisation tried on validation`,
    'matrix factorisation is fitted anew on the first 90 % for as many passes as were best on validation, and is then fixed, or takes one step on every rating of an earlier second',
    'squaredErrorMinusItemMean: 95 % paired bootstrap over ratings, which counts ratings of one shopper as independent',
  ],
  rows,
});

function row(
  label: string,
  error: number,
  predicted: readonly number[],
  settings: object,
): Record<string, unknown> {
  const squares = (of: readonly number[]): Float64Array =>
    Float64Array.from(of, (value, i) => (value - test[i]!.rating) ** 2);
  const { low, high } = pairedBootstrap(squares(predicted), squares(itemMean), rng(1));
  return {
    predictor: label,
    settings,
    validationRmse: rounded(error),
    rmse: rounded(rmse(predicted, test)),
    squaredErrorMinusItemMean: [rounded(low), rounded(high)],
  };
}

function rmse(predicted: readonly number[], of: readonly Case[]): number {
  return Math.sqrt(predicted.reduce((sum, value, i) => sum + (value - of[i]!.rating) ** 2, 0) / of.length);
}

/** Learns a table from `past`, one pass in time order, and predicts the ratings of `future`. */
async function predict(
  settings: Settings,
  past: readonly Case[],
  future: readonly Case[],
): Promise<number[]> {
  const { itemBins, genre, discount, w1, ...own } = settings;
  const labels = labelsOf(past);
  const observation = observationSpec([
    { name: 'shopper.age', kind: 'real', size: 1, low: 0, high: labels.oldest },
    { name: 'shopper.gender', kind: 'index', size: 1, n: labels.genders.length },
    { name: 'shopper.region', kind: 'index', size: 1, n: labels.regions.length },
    { name: 'taste', kind: 'real', size: 1, low: 1, high: 5 },
  ]);
  const { size } = observation;
  const choices = itemBins * (genre ? genres.length : 1);
  const definition = agentNamed('q-learning');
  const read = readSettings(definition.settings, own);
  if (!read.ok) throw read.error;
  const agent = await definition.create(
    { observation, action: { kind: 'choice', n: choices }, rng: rng(1) },
    read.value,
  );
  if (agent.consumes !== 'transitions') throw new Error('q-learning learns from transitions');
  const states = (of: readonly Case[]): Float32Array =>
    Float32Array.from(
      of.flatMap((one) => {
        const { age = 0, gender = '', region = '' } = shopperOf.get(one.shopper)!;
        const numbers = [labels.genders.indexOf(gender) + 1, labels.regions.indexOf(region) + 1];
        return [Math.min(age, labels.oldest), ...numbers, damped(one.ofShopper, overall(one), 5)];
      }),
    );
  const kind = (one: Case): number => {
    const mean = damped(one.ofItem, overall(one), 5);
    const bin = Math.min(Math.floor(((mean - 1) / 4) * itemBins), itemBins - 1);
    return genre ? bin * genres.length + genres.indexOf(genreOf.get(one.item)!) : bin;
  };
  const n = past.length;
  const observations = states(past);
  const next = observations.slice();
  const discounts = new Float32Array(n);
  const later = new Map<string, number>();
  for (let i = n - 1; i >= 0; i--) {
    const after = later.get(past[i]!.shopper);
    if (after !== undefined) {
      next.set(observations.subarray(size * after, size * (after + 1)), size * i);
      discounts[i] = discount;
    }
    later.set(past[i]!.shopper, i);
  }
  await agent.learn({
    n,
    observations,
    actions: Int32Array.from(past, kind),
    rewards: Float32Array.from(past, ({ rating }) => w1 + rating),
    nextObservations: next,
    discounts,
    terminated: Uint8Array.from(discounts, (d) => Number(d === 0)),
    truncated: new Uint8Array(n),
  });
  const { values } = await agent.policy().evaluate(states(future), future.length);
  return future.map((one, i) => {
    const value = values[i * choices + kind(one)]!;
    return Math.min(Math.max((1 - discount) * value - w1, 1), 5);
  });
}

/** Fitted on the shoppers of `past` alone: a shopper of another kind is unknown. */
function labelsOf(past: readonly Case[]): ProfileLabels {
  const fitter = profileFitter();
  for (const { shopper } of past) fitter.add(shopperOf.get(shopper)!);
  return fitter.labels()!;
}

/** The first rating of the second in which that share of all ratings is passed. */
function startOfSecond(share: number): number {
  const { second } = cases[Math.floor(share * cases.length)]!;
  return cases.findIndex((one) => one.second === second);
}
