/**
 * `TENDRIL_DATASETS=... node bench/candidate-sources.ts [agents] [sets]`: what candidate sources beside the policy's best are worth,
 * where the policy is of today and where it is some days old. Sessions of two shops, in order: a policy is fitted on all training sessions
 * or on the first nine tenths (products that came later are new to it); counts go on with every event, through the test sessions too.
 * Before each event but the first of about 400 test sessions from everywhere, what a slate would be drawn from is put together as
 * a decision does, once as it is and once without `related` and `trending` (as before there were sources), and asked for the product
 * that came next: is it in, and how likely is it to be what chance shows? Each row is kept in
 * bench/results/candidate-sources.json as soon as it is there.
 */
import { join } from 'node:path';
import { readSequenceFile } from '../src/adapters/index.ts';
import { agentNamed, type Policy } from '../src/agent/index.ts';
import { catalogue, readSettings, rng, type Sequences, shopObservation } from '../src/core/index.ts';
import { allowedItems, type DecisionInput, explorationAt } from '../src/decide/index.ts';
import { supportOf } from '../src/decide/support.ts';
import { pairedBootstrap } from '../src/measure/index.ts';
import { evidence } from '../src/state/index.ts';
import { datasets, merged, record, rounded } from './record.ts';

const agents = (process.argv[2] ?? 'popularity,markov,item-knn').split(',');
const sets = (process.argv[3] ?? 'retailrocket-sessions,diginetica-sessions').split(',');
const week = 7 * 86_400_000;
const history = 20;
const nobody = { followers: () => new Map<number, number>(), trending: () => [] };
const rows: Record<string, unknown>[] = [];

for (const set of sets) {
  const numbers = new Map<string, number>();
  const read = (part: string): Promise<Sequences> =>
    readSequenceFile(join(datasets(), set, `${part}_sessions.txt.gz`), numbers, { users: false });
  const [train, test] = [await read('train'), await read('test')];
  for (const agent of agents)
    for (const share of [0.9, 1]) {
      const policy = await fitted(agent, firstOf(train, Math.floor(share * train.n)));
      rows.push({ set, agent, 'fitted on': share, ...(await judge(policy, train, test, numbers.size)) });
      console.log(JSON.stringify(rows.at(-1)));
      keep();
    }
}
function keep(): void {
  record('candidate-sources', {
    command: 'node bench/candidate-sources.ts',
    data: 'RetailRocket and Diginetica (CIKM Cup 2016) sessions as prepared by others, files train_sessions and test_sessions',
    seeds: [1],
    notes: [
      'in: share of next products that a slate could hold; chance: mean probability that a first slot left to chance holds it, in thousandths; before: without related and trending.',
      'chance above before: 95 % interval of the difference, paired bootstrap over cases. size: mean products drawn from.',
      'The files tell no time of training sessions: sessions follow each other at the pace of the test sessions, which took seven days, events a minute apart. The products have no categories and no links, so content names nothing.',
    ],
    rows: merged('candidate-sources', rows, ['set', 'agent', 'fitted on']),
  });
}

function firstOf({ offsets, items }: Sequences, n: number): Sequences {
  const some = items.subarray(0, offsets[n]);
  return {
    n,
    itemCount: 1 + some.reduce((a, b) => Math.max(a, b), 0),
    offsets: offsets.subarray(0, n + 1),
    items: some,
  };
}

async function fitted(name: string, sequences: Sequences): Promise<Policy> {
  const definition = agentNamed(name);
  const settings = readSettings(definition.settings, {});
  if (!settings.ok) throw new Error(settings.error.message);
  const n = sequences.itemCount;
  const agent = await definition.create(
    { observation: shopObservation(n, history), action: { kind: 'choice', n }, rng: rng(1) },
    settings.value as never,
  );
  if (agent.consumes !== 'sequences') throw new Error(`${name} does not learn from sequences`);
  await agent.fit(sequences, {});
  return agent.policy();
}

async function judge(policy: Policy, train: Sequences, test: Sequences, size: number) {
  const shop = catalogue(Array.from({ length: size }, (_, i) => ({ itemId: String(i) })));
  const counts = evidence();
  const pace = week / test.n;
  const now = (session: number, event: number): number => week * 100 + session * pace + event * 60_000;
  for (let s = 0; s < train.n; s++)
    for (let p = train.offsets[s]!; p < train.offsets[s + 1]!; p++)
      counts.add(`s${s}`, train.items[p]!, now(s, p - train.offsets[s]!));
  const step = Math.ceil(test.n / 400);
  const known = policy.action.kind === 'choice' ? policy.action.n : 0;
  const [before, after] = [[] as number[], [] as number[]];
  const sums = { inBefore: 0, inNow: 0, sizeBefore: 0, sizeNow: 0 };
  for (let s = 0; s < test.n; s++) {
    const from = test.offsets[s]!;
    for (let p = from; p < test.offsets[s + 1]!; p++) {
      const next = test.items[p]!;
      if (p > from && s % step === 0) {
        const past = [...test.items.subarray(Math.max(from, p - history), p)];
        const input = inputOf(past, now(train.n + s, p - from));
        const bare = { ...input, recent: [], counts: { ...counts, ...nobody } };
        const [now_, was] = [await chanceOf(next, input), await chanceOf(next, bare)];
        after.push(1000 * now_.chance);
        before.push(1000 * was.chance);
        sums.inNow += Number(now_.chance > 0);
        sums.inBefore += Number(was.chance > 0);
        sums.sizeNow += now_.size;
        sums.sizeBefore += was.size;
      }
      counts.add(`t${s}`, next, now(train.n + s, p - from));
    }
  }
  const cases = after.length;
  const mean = (of: readonly number[]): number => rounded(of.reduce((a, b) => a + b, 0) / cases);
  const { low, high } = pairedBootstrap(Float64Array.from(after), Float64Array.from(before), rng(1));
  return {
    cases,
    'in before': rounded(sums.inBefore / cases),
    in: rounded(sums.inNow / cases),
    'chance before': mean(before),
    chance: mean(after),
    'chance above before': [rounded(low), rounded(high)],
    'size before': Math.round(sums.sizeBefore / cases),
    size: Math.round(sums.sizeNow / cases),
  };

  function inputOf(past: readonly number[], time: number): DecisionInput {
    const observation = new Float32Array(policy.observation.size);
    const taught = past.filter((item) => item < known);
    observation.set(
      taught.map((item) => item + 1),
      history - taught.length,
    );
    return {
      ...shop,
      request: {},
      ...{ recommendationId: '', shopper: '', policyId: '', policyVersion: '', stateVersion: 0, actions: 0 },
      ...{ now: time, policy, observation, counts, bought: new Set<string>(), reasons: () => [] },
      recent: [...new Set([...past].reverse())].slice(0, 3),
      exploration: explorationAt(undefined, {}),
      rng: rng(1),
    };
  }
}

/** Probability of a product in a first slot that is left to chance; 0 where it cannot be drawn. */
async function chanceOf(item: number, input: DecisionInput): Promise<{ chance: number; size: number }> {
  const { items, weights } = await supportOf(input, allowedItems(input, input.request, input.bought));
  const place = items.indexOf(item);
  const sum = weights.reduce((a, b) => a + b, 0);
  return { chance: place < 0 ? 0 : weights[place]! / sum, size: items.length };
}
