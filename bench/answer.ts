/**
 * `node bench/answer.ts [answers]`: one answer of the agent `transformer` over 100,000 products, from an event to a slate, as a
 * server makes it: the event folded into the shopper's state and counted, the observation written, the rules laid, the network
 * run on the last 50 interactions, the best 500 products found exactly, what the other sources name and new ones put beside them, a
 * slate of ten drawn with its probabilities. Three of 500 products that a crowd chose one after the other, each with 200 to 400
 * companions counted, stand for what was chosen last. What the sources cost is told by
 * as many answers more, with and without them in turn, as medians. Weights are as drawn at the beginning: trained tables cost the same (measured); rows with a large shared
 * mean cost more. One thread; milliseconds of each answer; 200 answers to warm up. Writes bench/results/answer.json.
 */
import { ortEngine } from '../src/adapters/index.ts';
import { agentNamed, type Policy } from '../src/agent/index.ts';
import { catalogue, readSettings, rng } from '../src/core/index.ts';
import { decide, explorationAt } from '../src/decide/index.ts';
import { evidence } from '../src/state/index.ts';
import { askingShoppers } from './asking-shoppers.ts';
import { record, rounded } from './record.ts';

const n = 100_000;
const answers = Number(process.argv[2] ?? 10_000);
const count = 1000;
const busy = 500;
const chance = rng(1);
const asking = askingShoppers(n, count, 50, chance);
const { observation, row } = asking;
const definition = agentNamed('transformer');
const settings = readSettings(definition.settings, { epsilon: 0.05 });
if (!settings.ok) throw new Error(settings.error.message);
const agent = await definition.create(
  { observation, action: { kind: 'slate', k: 10, n }, rng: rng(1), engine: await ortEngine() },
  settings.value as never,
);
const taught = agent.policy();
const parts = { fold: 0, encode: 0, best: 0, 'rules and slate': 0 };
const policy: Policy = {
  ...taught,
  async best(...asked) {
    const before = performance.now();
    const found = await taught.best!(...asked);
    best = performance.now() - before;
    return found;
  },
};
let best = 0;
const shop = catalogue(
  Array.from({ length: n }, (_, i) => ({
    itemId: String(i),
    price: 100 * chance.float(),
    categories: [`c${i % 50}`],
    ...(i % 3 === 0 && { stock: chance.int(20) }),
  })),
);
const counts = evidence();

const nobody = { ...counts, followers: () => new Map<number, number>(), trending: () => [] };

async function answer(i: number, sources = true): Promise<number> {
  const u = chance.int(count);
  const event = asking.look(u, `e${i}`, 1000 * (i + 1));
  const start = performance.now();
  asking.fold(u, event);
  counts.add(event.userId!, Number(event.itemId), event.timestamp);
  const folded = performance.now();
  asking.encode(u, event.timestamp);
  const encoded = performance.now();
  const { items } = await decide({
    ...shop,
    request: {},
    recommendationId: event.eventId,
    shopper: event.userId!,
    now: event.timestamp,
    policy,
    policyId: 'transformer',
    policyVersion: '1',
    observation: row,
    stateVersion: i,
    actions: 60,
    bought: new Set(),
    counts: sources ? counts : nobody,
    recent: sources ? [chance.int(busy), chance.int(busy), chance.int(busy)] : [],
    reasons: () => [],
    exploration: explorationAt(undefined, {}),
    rng: chance,
  });
  const end = performance.now();
  if (items.length !== 10) throw new Error('no slate');
  parts.fold += (folded - start) / answers;
  parts.encode += (encoded - folded) / answers;
  parts.best += best / answers;
  parts['rules and slate'] += (end - encoded - best) / answers;
  return end - start;
}

// Histories grow to their full length first.
for (let i = 0; i < 60 * count; i++) {
  const event = asking.look(i % count, `f${i}`, i / 100);
  asking.fold(i % count, event);
  counts.add(event.userId!, Number(event.itemId), event.timestamp);
}
for (let i = 0; i < 200_000; i++) counts.add(`c${i % 5000}`, chance.int(busy), i / 1000);
for (let i = 0; i < 200; i++) await answer(i);
for (const part of Object.keys(parts)) parts[part as keyof typeof parts] = 0;
const used = process.cpuUsage();
const times: number[] = [];
for (let i = 0; i < answers; i++) times.push(await answer(200 + i));
const { user, system } = process.cpuUsage(used);
const means = Object.entries(parts).map(([part, ms]) => [`${part} mean ms`, rounded(ms)]);
const inTurn: [number[], number[]] = [[], []];
for (let i = 0; i < answers; i++) inTurn[i % 2]!.push(await answer(200 + answers + i, i % 2 === 0));
for (const list of [times, ...inTurn]) list.sort((a, b) => a - b);
const at = (share: number, of = times): number =>
  rounded(of[Math.min(of.length - 1, Math.floor(share * of.length))]!);
const result = {
  products: n,
  answers,
  'median ms': at(0.5),
  'p90 ms': at(0.9),
  'p99 ms': at(0.99),
  'processor ms an answer': rounded((user + system) / 1000 / answers),
  ...Object.fromEntries(means),
  'in turn with sources': at(0.5, inTurn[0]),
  'in turn without': at(0.5, inTurn[1]),
};
console.log(JSON.stringify(result));
record('answer', {
  command: 'node bench/answer.ts',
  data: '100,000 products, 1,000 shoppers with 60 random views each',
  seeds: [1],
  rows: [result],
});
