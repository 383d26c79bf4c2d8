import { describe, expect, test } from 'vitest';
import { ortEngine, ortWebEngine } from '../adapters/index.ts';
import {
  eventTypes,
  gapBuckets,
  gapsPart,
  historyPlace,
  type ItemFeatures,
  observationSpec,
  readSettings,
  rng,
  type Sequences,
  sequencesOf,
  shopObservation,
  writeHistory,
} from '../core/index.ts';
import type { SequenceAgent } from './agent.ts';
import { best } from './next-item.suite.ts';
import { tokenParts } from './token-parts.ts';
import { transformer } from './transformer.ts';

const n = 12;
const places = 4;
const small = { width: 16, inner: 32, blocks: 1, dropout: 0, learningRate: 0.01, epochs: 20, threads: 1 };
const every = { timeGaps: true, priceBuckets: true, reviewSentiment: true };
const timed = observationSpec([...shopObservation(n, places).parts, gapsPart(places)]);
const place = historyPlace(timed)!;
const featuresOf = (prices: readonly number[], sentiments?: readonly number[]): ItemFeatures => ({
  n: prices.length,
  categories: new Int32Array(prices.length),
  categoryCount: 0,
  brands: new Int32Array(prices.length),
  brandCount: 0,
  prices: Float32Array.from(prices),
  text: new Float32Array(0),
  textSize: 0,
  ...(sentiments && { sentiments: Float32Array.from(sentiments) }),
});
const rising = Array.from({ length: n }, (_, i) => i / n);

async function make(
  given: Readonly<Record<string, unknown>>,
  items?: ItemFeatures,
  saved?: Uint8Array,
  observation = timed,
): Promise<SequenceAgent> {
  const read = readSettings(transformer.settings, { ...small, ...given });
  if (!read.ok) throw new Error(read.error.message);
  const context = {
    observation,
    action: { kind: 'choice', n } as const,
    rng: rng(1),
    engine: await ortEngine(),
    ...(items && { items }),
  };
  const made = saved
    ? transformer.restore(context, read.value, saved)
    : transformer.create(context, read.value);
  return (await made) as SequenceAgent;
}

async function scores(agent: SequenceAgent, sequences: Sequences, row: number, end: number) {
  const out = new Float32Array(timed.size);
  writeHistory(place, sequences, row, end, out, 0);
  return (await agent.policy().evaluate(out, 1)).values;
}

/** Item 0, and after a short pause anything from 3 on; the next is 1 where the pause was short, 2 where it was a day. */
function hurried(shoppers: number): Sequences {
  const chance = rng('hurried');
  const lists = Array.from({ length: shoppers }, (_, u) => [0, 3 + chance.int(9), 1 + (u % 2)]);
  const sequences = sequencesOf(lists, n);
  const times = Float64Array.from(sequences.items, (_, at) =>
    at % 3 === 0 ? 0 : at % 3 === 1 ? (Math.floor(at / 3) % 2 === 0 ? 5000 : 86_400_000) : 2e8,
  );
  return { ...sequences, times, types: new Uint8Array(times.length).fill(2) };
}

describe('parts of a token', () => {
  test('one column each; eighths keep equals together, and what is unknown has none', () => {
    const items = featuresOf([0, 0, 0.5, 1], [Number.NaN, -1, 0, 1]);
    const parts = tokenParts(3, every, () => items);
    expect(parts.columns).toBe(3 + gapBuckets + 8 + 8);
    const ones = (item: number, kind: number, gap: number): number[] => {
      const row = new Float32Array(parts.columns);
      parts.mark(row, 0, item, kind, gap);
      return [...row.keys()].filter((column) => row[column] === 1);
    };
    const [prices, sentiments] = [3 + gapBuckets, 11 + gapBuckets];
    expect(ones(0, -1, 0)).toEqual([prices]);
    expect(ones(1, 2, 1)).toEqual([2, 3, prices, sentiments]);
    expect(ones(3, 0, gapBuckets)).toEqual([0, 2 + gapBuckets, prices + 5, sentiments + 5]);
    expect([...parts.ofItems!.subarray(0, parts.columns).keys()].filter((c) => parts.ofItems![c])).toEqual([
      prices,
    ]);
  });

  test('the pause before an event can decide what comes next, and only where it is read', async () => {
    const train = hurried(400);
    const right = async (agent: SequenceAgent): Promise<number> => {
      await agent.fit(train, {});
      let count = 0;
      for (let u = 0; u < 100; u++) if (best(await scores(agent, train, u, 2)) === 1 + (u % 2)) count++;
      return count;
    };
    expect(await right(await make({ timeGaps: true }))).toBe(100);
    expect(await right(await make({}))).toBeLessThan(70);
  });

  test('a price tells of an item that nobody took before what comes after it', async () => {
    const chance = rng('dear');
    // After a cheap item comes 0, after a dear one 11; 4 and 8 are never taken.
    const lists = Array.from({ length: 400 }, () => {
      const item = [1, 2, 3, 5, 6, 7, 9, 10][chance.int(8)]!;
      return [item, item < 6 ? 0 : 11];
    });
    const asked = sequencesOf([[4], [8]], n);
    /** How much more 11 is preferred to 0 after the dear item than after the cheap one. */
    const told = async (priceBuckets: boolean): Promise<number> => {
      const agent = await make({ priceBuckets, epochs: 15 }, featuresOf(rising.map(Math.round)));
      await agent.fit(sequencesOf(lists, n), {});
      const [cheap, dear] = [await scores(agent, asked, 0, 1), await scores(agent, asked, 1, 1)];
      return dear[11]! - dear[0]! - (cheap[11]! - cheap[0]!);
    };
    expect(await told(true)).toBeGreaterThan(1);
    expect(Math.abs(await told(false))).toBeLessThan(0.5);
  });

  test('histories of 0, 1, N and N + 1 events, repeated items: numbers, and of N + 1 the newest N', async () => {
    const agent = await make({ ...every, epochs: 3 }, featuresOf(rising, rising));
    const train = hurried(100);
    await agent.fit(train, {});
    const times = Float64Array.of(0, 1e3, 5e3, 9e4, 8e5);
    const five = { ...sequencesOf([[3, 1, 2, 2, 5]], n), times, types: new Uint8Array(5).fill(2) };
    const four = {
      ...sequencesOf([[1, 2, 2, 5]], n),
      times: times.slice(1),
      types: new Uint8Array(4).fill(2),
    };
    for (let end = 0; end <= 5; end++)
      expect((await scores(agent, five, 0, end)).every(Number.isFinite)).toBe(true);
    expect(await scores(agent, five, 0, 5)).toEqual(await scores(agent, four, 0, 4));
    const popular = await scores(agent, five, 0, 0);
    expect(best(popular)).toBe(0);
    const same = { ...sequencesOf([[7, 7, 7, 7]], n), times: new Float64Array(4), types: new Uint8Array(4) };
    expect((await scores(agent, same, 0, 4)).every(Number.isFinite)).toBe(true);
  });

  test('saved and restored it scores and learns on as before, whatever prices are now', async () => {
    const agent = await make({ ...every, epochs: 3 }, featuresOf(rising, rising));
    const train = hurried(100);
    await agent.fit(train, {});
    const again = await make(every, featuresOf([...rising].reverse(), rising), await agent.save());
    await agent.learn(train);
    await again.learn(train);
    expect(await scores(again, train, 0, 2)).toEqual(await scores(agent, train, 0, 2));
    expect(Buffer.from(await again.save()).equals(Buffer.from(await agent.save()))).toBe(true);
    await expect(
      make({ priceBuckets: true, timeGaps: true }, undefined, await (await make({})).save()),
    ).rejects.toThrow('token.priceBuckets');
  });

  test('the exported network knows prices and sentiment by itself and is told the pauses', async () => {
    const agent = await make({ ...every, epochs: 3 }, featuresOf(rising, rising));
    const train = hurried(100);
    await agent.fit(train, {});
    const { bytes, inputs } = agent.onnx!();
    const columns = inputs['history.kinds']!.shape[1]!;
    const kinds = new Float32Array(places * columns);
    // Two events of type 2, five seconds apart.
    kinds[2 * columns + 2] = kinds[3 * columns + 2] = 1;
    kinds[3 * columns + eventTypes.length + Math.floor(Math.log2(1 + 5))] = 1;
    const found = { data: new Float32Array(n), shape: [1, n] };
    const program = await (await ortWebEngine()).compile(bytes);
    await program.bind(
      {
        'history.items': { data: Int32Array.of(0, 0, ...train.items.subarray(0, 2)), shape: [places] },
        'history.padding': { data: Float32Array.of(-1e9, -1e9, 0, 0), shape: [1, 1, 1, places] },
        'history.kinds': { data: kinds, shape: [places, columns] },
      },
      { scores: found },
    )();
    const wanted = await scores(agent, train, 0, 2);
    found.data.forEach((value, i) => {
      expect(value).toBeCloseTo(wanted[i]!, 4);
    });
  });

  test('what the data do not tell is refused in a sentence', async () => {
    await expect(make({ timeGaps: true }, undefined, undefined, shopObservation(n, places))).rejects.toThrow(
      'timeGaps needs histories with times',
    );
    await expect(make({ priceBuckets: true })).rejects.toThrow('priceBuckets needs a catalogue');
    await expect(make({ reviewSentiment: true }, featuresOf(rising))).rejects.toThrow(
      'reviewSentiment needs',
    );
    const unwritten = featuresOf(rising, new Array(n).fill(Number.NaN));
    await expect(make({ reviewSentiment: true }, unwritten)).rejects.toThrow('there is none here');
    await expect((await make({ timeGaps: true })).fit(sequencesOf([[1, 2]], n), {})).rejects.toThrow(
      'these have none',
    );
  });
});
