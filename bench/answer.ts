/**
 * `node bench/answer.ts [answers]`: one answer of the agent `transformer` over 100,000 products, from an event to a slate:
 * the event folded into the shopper's state, the observation written, the network run on the last 50 interactions, the best
 * 500 products found exactly, a slate of ten drawn with its probabilities. Weights are as drawn at the beginning: what they are does
 * not change the work. One thread; milliseconds of each answer; 200 answers to warm up. Writes bench/results/answer.json.
 */
import { ortEngine } from '../src/adapters/index.ts';
import { agentNamed } from '../src/agent/index.ts';
import { type Event, readSettings, rng } from '../src/core/index.ts';
import { drawSlate } from '../src/decide/index.ts';
import { encodeState, encodingFitter, fold, newShopper, observationOf } from '../src/state/index.ts';
import { record, rounded } from './record.ts';

const n = 100_000;
const answers = Number(process.argv[2] ?? 10_000);
const chance = rng(1);
const encoding = { ...encodingFitter().encoding({ itemCount: n, shopperCount: 0 }), historyLength: 50 };
const observation = observationOf(encoding);
const definition = agentNamed('transformer');
const settings = readSettings(definition.settings, { epsilon: 0.05 });
if (!settings.ok) throw new Error(settings.error.message);
const agent = await definition.create(
  { observation, action: { kind: 'slate', k: 10, n }, rng: rng(1), engine: await ortEngine() },
  settings.value as never,
);
const policy = agent.policy();
const encoder = {
  encoding,
  catalogue: { indexOf: (itemId: string) => Number(itemId) },
  labelOf: () => 0,
} as unknown as Parameters<typeof encodeState>[2];
const context = { item: () => undefined, sentiment: () => 0 };
const shoppers = Array.from({ length: 1000 }, (_, u) => newShopper(`u${u}`));
const mask = new Uint8Array(n).fill(1);
const row = new Float32Array(observation.size);
const parts = { fold: 0, encode: 0, best: 0, slate: 0 };

async function answer(i: number): Promise<number> {
  const u = chance.int(shoppers.length);
  const event: Event = {
    eventId: `e${i}`,
    eventType: 'view',
    timestamp: 1000 * (i + 1),
    userId: `u${u}`,
    itemId: String(chance.int(n)),
  };
  const times = [performance.now()];
  shoppers[u] = fold(shoppers[u]!, event, context);
  times.push(performance.now());
  encodeState(shoppers[u]!, event.timestamp, encoder, row);
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
for (let i = 0; i < 60_000; i++) {
  const u = i % shoppers.length;
  const event: Event = {
    eventId: `f${i}`,
    eventType: 'view',
    timestamp: i / 100,
    userId: `u${u}`,
    itemId: String(chance.int(n)),
  };
  shoppers[u] = fold(shoppers[u]!, event, context);
}
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
