/**
 * `node bench/estimators.ts`: how far every estimator of `tendril ope` is from the truth, on 20 made-up logs of known truth
 * for each setting, beside the naive figure (the mean of the log). Writes bench/results/estimators.json and the table in
 * docs/guide/off-policy.md between its marks.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rng } from '../src/core/index.ts';
import { judgeSlates, judgeTarget } from '../src/measure/index.ts';
import { madeUpLog } from '../src/measure/off-policy/made-up-log.suite.ts';
import * as slates from '../src/measure/off-policy/made-up-slates.suite.ts';
import { record, rounded } from './record.ts';

const seeds = Array.from({ length: 20 }, (_, i) => i + 1);
const names = ['naive', 'ipw', 'snipw', 'dm', 'dr', 'switch-dr'];
const settings = [
  { what: 'prefers the worst, 300 rows', n: 300, bias: -2, features: true },
  { what: 'prefers the worst, 1,000 rows', n: 1000, bias: -2, features: true },
  { what: 'prefers the worst, 10,000 rows', n: 10_000, bias: -2, features: true },
  { what: 'by lot, 1,000 rows', n: 1000, bias: 0, features: true },
  { what: 'hardly ever the best, 1,000 rows', n: 1000, bias: -5, features: true },
  {
    what: 'prefers the worst, 1,000 rows, shoppers unknown to the model',
    n: 1000,
    bias: -2,
    features: false,
  },
];

const rows = settings.map(({ what, n, bias, features }) => {
  const squares = new Map<string, number>();
  let refused = 0;
  for (const seed of seeds) {
    const { log, target, value } = madeUpLog(rng(`estimators ${seed}`), n, { bias });
    const seen = features ? log : { ...log, width: 0, features: new Float64Array(0) };
    const judged = judgeTarget(seen, target, { rng: rng(seed), resamples: 1 });
    if (judged.refusal) refused++;
    for (const [name, figure] of [
      ['naive', judged.logged] as const,
      ...judged.estimates.map((e) => [e.name, e.value] as const),
    ])
      squares.set(name, (squares.get(name) ?? 0) + (figure - value) ** 2 / seeds.length);
  }
  const errors = names.map((name) => [name, rounded(Math.sqrt(squares.get(name)!))]);
  return { log: what, ...Object.fromEntries(errors), refused };
});
const slateNames = ['naive', 'iips', 'rips', 'pi', 'odds'];
/** Of one slate for a shopper of this taste, each slot's probability of the answer: a conditional logit with no answer at 1. */
const choice = (slate: readonly number[], taste: number): number[] => {
  const attraction = slate.map((_, slot) => 0.15 * taste * slates.independent(slate, slot));
  return attraction.map((one) => one / (1 + attraction.reduce((a, b) => a + b)));
};
/** At most one answer a slate; each taste is that of as many shoppers. */
const answered = (tastes: readonly number[]) => ({
  value: slates
    .everySlate()
    .flatMap(({ slate, probability }) =>
      tastes.map(
        (taste) =>
          (probability(slates.target) * choice(slate, taste).reduce((a, b) => a + b)) / tastes.length,
      ),
    )
    .reduce((a, b) => a + b),
  draw(seed: number) {
    const stream = rng(`slates ${seed}`);
    const found = slates.shown(stream, 1000, () => 0);
    const reward = found.rows.reward.fill(0);
    for (let i = 0; i < found.rows.n; i++) {
      const slate = [...found.slates.subarray(i * slates.slots, (i + 1) * slates.slots)];
      const u = stream.float();
      let below = 0;
      for (const [slot, p] of choice(slate, tastes[stream.int(tastes.length)]!).entries()) {
        if (u >= below && u < below + p) reward[i * slates.slots + slot] = 1;
        below += p;
      }
    }
    return { ...found, naive: reward.reduce((a, b) => a + b) / found.rows.n };
  },
});
const paid = (reward: typeof slates.reading) => ({
  value: slates.truth(slates.target, reward),
  draw: (seed: number) => slates.shown(rng(`slates ${seed}`), 1000, reward),
});
const slateRows = [
  { what: 'outcomes depend on their slot alone', ...paid(slates.independent) },
  { what: 'and on what stands above', ...paid(slates.reading) },
  { what: 'one answer at most, by shoppers who are alike', ...answered([1]) },
  {
    what: 'one answer at most, by shoppers half of whom like everything 9 times as much',
    ...answered([0.2, 1.8]),
  },
].map(({ what, value, draw }) => {
  const actions = Array.from({ length: slates.actions }, (_, i) => `action ${i}`);
  const squares = new Map<string, number>();
  for (const seed of seeds) {
    const { rows, slates: action, naive } = draw(seed);
    const propensity = Float64Array.from(
      action,
      (chosen, k) => slates.logging[(k % slates.slots) * slates.actions + chosen]!,
    );
    const log = {
      n: rows.n,
      slots: rows.slots,
      logging: 'independent' as const,
      actions,
      action,
      reward: rows.reward,
      propensity,
    };
    const { estimates } = judgeSlates(
      log,
      { actions, probabilities: slates.target },
      { rng: rng(seed), resamples: 1 },
    );
    for (const [name, figure] of [
      ['naive', naive] as const,
      ...estimates.map((e) => [e.name, e.value] as const),
    ])
      squares.set(name, (squares.get(name) ?? 0) + (figure - value) ** 2 / seeds.length);
  }
  const errors = [...squares].map(([name, square]) => [name, rounded(Math.sqrt(square))]);
  return { log: `1,000 slates; ${what}`, truth: rounded(value), ...Object.fromEntries(errors) };
});
console.table(rows);
console.table(slateRows);
record('estimators', {
  command: 'node bench/estimators.ts',
  data: 'made-up logs of known truth (src/measure/off-policy/made-up-log.suite.ts): 3 kinds of shoppers, 4 actions, outcomes 0 or 1',
  seeds,
  notes: ['root mean squared error over 20 logs; refused: of how many of them the tool gives no verdict'],
  rows: [...rows, ...slateRows],
});

const page = join(import.meta.dirname, '../docs/guide/off-policy.md');
const [start, end] = ['<!-- estimators:start -->', '<!-- estimators:end -->'];
const text = readFileSync(page, 'utf8');
const line = (cells: readonly unknown[]): string => `| ${cells.join(' | ')} |`;
const said = (x: unknown): string =>
  typeof x === 'number' ? x.toFixed(3).replace(/^0/, '') : String(x ?? '-');
const table = [
  line(['log', ...names, 'refused']),
  line(['---', ...names.map(() => '---'), '---']),
  ...rows.map((row: Record<string, unknown>) =>
    line([row.log, ...names.map((name) => said(row[name])), `${row.refused} of 20`]),
  ),
].join('\n');
const slateTable = [
  line(['slates', 'truth', ...slateNames]),
  line(['---', '---', ...slateNames.map(() => '---')]),
  ...slateRows.map((row: Record<string, unknown>) =>
    line([row.log, ...['truth', ...slateNames].map((name) => said(row[name]))]),
  ),
].join('\n');
writeFileSync(
  page,
  `${text.slice(0, text.indexOf(start))}${start}\n\n${table}\n\n${slateTable}\n\n${text.slice(text.indexOf(end))}`,
);
