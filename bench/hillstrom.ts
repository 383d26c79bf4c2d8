/**
 * `TENDRIL_DATASETS=... node bench/hillstrom.ts [seeds]`: policies learned from one half of Hillstrom's customers (drawn by
 * lot, anew with every seed), judged on the other half beside "the men's e-mail to everyone": visits and conversions by
 * what was learned for visits, spend by what was learned for spend. Each policy takes the action it prefers. Then the
 * Qini curve (Radcliffe 2007) of the ranking by how much rather the policy sends the men's e-mail than none. Writes
 * bench/results/hillstrom.json and docs/pictures/hillstrom-qini.svg.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { drawSvg } from '../src/adapters/charts.ts';
import { ortEngine, readBanditLog } from '../src/adapters/index.ts';
import { agentNamed, type Policy } from '../src/agent/index.ts';
import { rng, shuffle } from '../src/core/index.ts';
import { observationsOfLog, trainOnLog } from '../src/learn/index.ts';
import { type CampaignLog, judgeTarget, rowsOf, type TargetPolicy, tInterval } from '../src/measure/index.ts';
import { drawQini, type QiniCurve, qini } from './campaign/qini.ts';
import { datasets, record, rounded } from './record.ts';

const reported = [1, 2, 3, 4, 5];
const seeds = process.argv[2]?.split(',').map(Number) ?? reported;
const names = ['ips', 'dr', 'cql', 'lin-ucb'];
const [mens, none] = ['Mens E-Mail', 'No E-Mail'];
const resamples = 200;

const columns = {
  action: 'segment',
  propensity: 1 / 3,
  reward: 'visit',
  features: ['recency', 'history', 'mens', 'womens', 'zip_code', 'newbie', 'channel'],
};
const path = join(datasets(), 'hillstrom-email/hillstrom.csv.gz');
const engine = await ortEngine();
const by = {
  visit: await readBanditLog(path, columns),
  spend: await readBanditLog(path, { ...columns, reward: 'spend' }),
};
const outcomes = { ...by, conversion: await readBanditLog(path, { ...columns, reward: 'conversion' }) };
const { actions } = by.visit;
const mensToAll = (n: number): TargetPolicy => ({
  actions,
  probabilities: Float64Array.from(actions, (name) => (name === mens ? 1 : 0)),
  context: new Int32Array(n),
});

const rows: Record<string, unknown>[] = [];
const curves = new Map<string, QiniCurve[]>();
for (const seed of seeds) {
  const order = Int32Array.from({ length: by.visit.n }, (_, i) => i);
  shuffle(order, rng(`hillstrom ${seed}`));
  const half = order.length / 2;
  const part = (log: CampaignLog, test: boolean): CampaignLog =>
    rowsOf(log, test ? order.subarray(half) : order.subarray(0, half));
  for (const name of names) {
    for (const learned of ['visit', 'spend'] as const) {
      const policy = await learn(name, part(by[learned], false), seed);
      const seen = observationsOfLog(part(by[learned], true));
      const chosen = await choices(policy, seen, half);
      for (const outcome of learned === 'visit' ? (['visit', 'conversion'] as const) : (['spend'] as const))
        rows.push({
          seed,
          agent: name,
          learned,
          outcome,
          ...judged(part(outcomes[outcome], true), chosen, seed),
        });
      if (learned === 'visit') {
        const curve = qini(part(by.visit, true), await preference(policy, seen, half), [mens, none]);
        curves.set(name, [...(curves.get(name) ?? []), curve]);
      }
    }
    console.log(`seed ${seed}: ${name}`);
  }
}

/** With features left out of the outcome model: by lot, the arms are alike, and the intervals come ten times as fast. */
function judged(log: CampaignLog, chosen: Int32Array, seed: number): Record<string, unknown> {
  const bare = { ...log, width: 0, features: new Float64Array(0) };
  const probabilities = new Float64Array(log.n * actions.length);
  chosen.forEach((action, i) => {
    probabilities[i * actions.length + action] = 1;
  });
  const target = { actions, probabilities, context: Int32Array.from(chosen, (_, i) => i) };
  const against = mensToAll(log.n);
  const { estimates } = judgeTarget(bare, target, { rng: rng(seed), resamples, against });
  const { value, low, high, difference, verdict } = estimates.find(({ name }) => name === 'dr')!;
  const mail = actions.indexOf(mens);
  return {
    value: rounded(value),
    low: rounded(low),
    high: rounded(high),
    difference: rounded(difference.value),
    differenceLow: rounded(difference.low),
    differenceHigh: rounded(difference.high),
    verdict,
    mensShare: rounded(chosen.reduce((sum, action) => sum + Number(action === mail), 0) / log.n),
  };
}

async function learn(name: string, log: CampaignLog, seed: number): Promise<Policy> {
  const reading = { action: 'segment', propensity: 1 / 3, reward: { column: 'visit' } };
  const { agent } = await trainOnLog({
    definition: agentNamed(name),
    log,
    reading,
    seed,
    engine,
    clock: () => 0,
  });
  return agent.policy();
}

async function choices(policy: Policy, seen: Float32Array, n: number): Promise<Int32Array> {
  const scores = await policy.evaluate(seen, n);
  return Int32Array.from({ length: n }, (_, i) => policy.greedy(scores, i)[0]!);
}

/** Score of the men's e-mail less that of none. */
async function preference(policy: Policy, seen: Float32Array, n: number): Promise<Float64Array> {
  const { values, choices } = await policy.evaluate(seen, n);
  const [mail, nothing] = [actions.indexOf(mens), actions.indexOf(none)];
  return Float64Array.from(
    { length: n },
    (_, i) => values[i * choices + mail]! - values[i * choices + nothing]!,
  );
}

const summary = names.flatMap((agent) =>
  (['visit', 'conversion', 'spend'] as const).map((outcome) => {
    const own = rows.filter((row) => row.agent === agent && row.outcome === outcome);
    const of = (name: string): number[] => own.map((row) => row[name] as number);
    const mean = (name: string): number => rounded(of(name).reduce((sum, x) => sum + x / own.length, 0));
    return {
      agent,
      outcome,
      value: mean('value'),
      low: mean('low'),
      high: mean('high'),
      difference: mean('difference'),
      differenceLow: mean('differenceLow'),
      differenceHigh: mean('differenceHigh'),
      verdicts: own.map(({ verdict }) => verdict).join(', '),
      mensShare: mean('mensShare'),
    };
  }),
);
const areas = names.map((agent) => {
  const all = curves.get(agent)!;
  const { mean, low, high } = tInterval(all.map(({ area }) => area));
  return {
    agent,
    qini: rounded(mean),
    overSeeds: [rounded(low), rounded(high)],
    intervals: all.map(({ areaLow, areaHigh }) => [rounded(areaLow), rounded(areaHigh)]),
  };
});
console.table(summary);
console.table(areas);
if (seeds.join() === reported.join()) {
  writeFileSync(
    join(import.meta.dirname, '../docs/pictures/hillstrom-qini.svg'),
    drawSvg(drawQini(curves, names), 900, 520),
  );
  record('hillstrom', {
    command: 'TENDRIL_DATASETS=... node bench/hillstrom.ts',
    data: 'MineThatData e-mail challenge (Hillstrom 2008), 64,000 customers, three actions by lot; half to learn, half to judge, drawn anew with every seed',
    seeds,
    notes: [
      `value and difference (less "the men's e-mail to everyone"): dr, ${resamples} resamples; means of the seeds' values and of their bounds. Halves of different seeds overlap, so seeds are not independent`,
      "qini: mean over all shares of customers of (extra visits per 1,000 e-mails if the best-ranked get the men's, less those of a random ranking); intervals: bootstrap over customers, a seed each",
    ],
    rows: [
      ...summary.map((row) => ({ what: 'mean over seeds', ...row })),
      ...areas.map((row) => ({ what: 'qini', ...row })),
      ...rows,
    ],
  });
}
