import { agentNamed } from '../../src/agent/index.ts';
import { readSettings, rng, sequencesOf } from '../../src/core/index.ts';
import { bestItems } from '../../src/decide/best-items.ts';
import { drawSlate } from '../../src/decide/index.ts';
import type { Engine } from '../../src/math/index.ts';
import { askingShoppers } from '../asking-shoppers.ts';

const mostFound = 500;

/**
 * Milliseconds from an event to a slate: the event folded into the shopper's state, the observation written, the scores, the
 * best 500 found as a decision finds them, a slate of five drawn with its probabilities. Counts and factors are of random histories, networks' weights as
 * they are drawn: what they are does not change the work. One thread; 100 answers to warm up. `processor` is the mean time the
 * processor worked, which says less of what else the machine did.
 */
export async function answerTimes(
  name: string,
  settings: Readonly<Record<string, unknown>>,
  {
    products: n,
    engine,
    answers,
  }: { readonly products: number; readonly engine: Engine; readonly answers: number },
): Promise<Readonly<Record<string, number>>> {
  const chance = rng(1);
  const count = 200;
  const asking = askingShoppers(n, count, 20, chance);
  const { observation, row } = asking;
  const definition = agentNamed(name);
  const read = readSettings(definition.settings, settings);
  if (!read.ok) throw new Error(read.error.message);
  const context = { observation, action: { kind: 'slate', k: 5, n } as const, rng: rng(1), engine };
  const agent = await definition.create(context, read.value as never);
  const random = (length: number): number[] => Array.from({ length }, () => chance.int(n));
  if (agent.consumes === 'sequences' && !definition.needsEngine)
    await agent.fit(
      sequencesOf(
        Array.from({ length: 2000 }, () => random(20)),
        n,
      ),
      {},
    );
  const policy = agent.policy();
  const mask = new Uint8Array(n).fill(1);
  const answer = async (i: number): Promise<number> => {
    const u = i % count;
    const event = asking.look(u, `e${i}`, 1000 * (i + 1));
    const begun = performance.now();
    asking.fold(u, event);
    asking.encode(u, event.timestamp);
    const { items, scores } = (await policy.best?.(row, mostFound, mask)) ?? (await bestOfAll());
    const weights = new Float32Array(items.length).fill(1);
    const slate = drawSlate({ items, scores, weights }, 5, 0.05, chance);
    if (slate.places.length !== 5) throw new Error('no slate');
    return performance.now() - begun;
  };
  async function bestOfAll() {
    const { values } = await policy.evaluate(row, 1);
    const items = Int32Array.from(bestItems(values, mask, mostFound));
    return { items, scores: Float32Array.from(items, (item) => values[item]!) };
  }
  // Histories grow to their full length first.
  for (let i = 0; i < 20 * count; i++) asking.fold(i % count, asking.look(i % count, `f${i}`, i / 100));
  for (let i = 0; i < 100; i++) await answer(i);
  const times: number[] = [];
  const used = process.cpuUsage();
  for (let i = 0; i < answers; i++) times.push(await answer(100 + i));
  const { user, system } = process.cpuUsage(used);
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.min(answers - 1, Math.floor(share * answers))]!;
  return {
    products: n,
    answers,
    median: at(0.5),
    p99: at(0.99),
    processor: (user + system) / 1000 / answers,
  };
}
