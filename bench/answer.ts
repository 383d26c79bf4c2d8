/**
 * `node bench/answer.ts [answers]`: one answer of the agent `transformer` over 100,000 products, from an event to a slate:
 * the event folded into the shopper's state, the observation written, the network run on the last 50 interactions, the best
 * 500 products found exactly, a slate of ten drawn with its probabilities. Weights are as drawn at the beginning: what they are does
 * not change the work. One thread; milliseconds of each answer; 200 answers to warm up. Writes bench/results/answer.json.
 */
import { ortEngine } from '../src/adapters/index.ts';
import { agentNamed } from '../src/agent/index.ts';
import { readSettings, rng } from '../src/core/index.ts';
import { drawSlate } from '../src/decide/index.ts';
import { askingShoppers } from './asking-shoppers.ts';
import { record, rounded } from './record.ts';

const n = 100_000;
const answers = Number(process.argv[2] ?? 10_000);
const count = 1000;
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
const policy = agent.policy();
const mask = new Uint8Array(n).fill(1);
const parts = { fold: 0, encode: 0, best: 0, slate: 0 };

async function answer(i: number): Promise<number> {
  const u = chance.int(count);
  const event = asking.look(u, `e${i}`, 1000 * (i + 1));
  const times = [performance.now()];
  asking.fold(u, event);
  times.push(performance.now());
  asking.encode(u, event.timestamp);
  times.push(performance.now());
  const { items, scores } = await policy.best!(row, 500, mask);
  times.push(performance.now());
  const weights = new Float32Array(items.length).fill(1);
  const slate = drawSlate({ items, scores, weights }, 10, 0.05, chance);
  times.push(performance.now());
  if (slate.places.length !== 10) throw new Error('no slate');
  Object.keys(parts).forEach((part, p) => {
    parts[part as keyof typeof parts] += (times[p + 1]! - times[p]!) / answers;
  });
  return times.at(-1)! - times[0]!;
}

// Histories grow to their full length first.
for (let i = 0; i < 60 * count; i++) asking.fold(i % count, asking.look(i % count, `f${i}`, i / 100));
for (let i = 0; i < 200; i++) await answer(i);
for (const part of Object.keys(parts)) parts[part as keyof typeof parts] = 0;
const used = process.cpuUsage();
const times: number[] = [];
for (let i = 0; i < answers; i++) times.push(await answer(200 + i));
const { user, system } = process.cpuUsage(used);
times.sort((a, b) => a - b);
const at = (share: number): number =>
  rounded(times[Math.min(times.length - 1, Math.floor(share * times.length))]!);
const result = {
  products: n,
  answers,
  'median ms': at(0.5),
  'p90 ms': at(0.9),
  'p99 ms': at(0.99),
  'processor ms an answer': rounded((user + system) / 1000 / answers),
  ...Object.fromEntries(Object.entries(parts).map(([part, ms]) => [`${part} mean ms`, rounded(ms)])),
};
console.log(JSON.stringify(result));
record('answer', {
  command: 'node bench/answer.ts',
  data: '100,000 products, 1,000 shoppers with 60 random views each',
  seeds: [1],
  rows: [result],
});
