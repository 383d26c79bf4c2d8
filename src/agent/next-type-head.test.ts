import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ortEngine } from '../adapters/index.ts';
import {
  eventTypeCode,
  historyPlace,
  type ItemFeatures,
  readSettings,
  rng,
  type Sequences,
  sequencesOf,
  shopObservation,
  writeHistory,
} from '../core/index.ts';
import { gradientTensors, loadKernels, parameters, parameterTensors } from '../math/index.ts';
import type { SequenceAgent } from './agent.ts';
import { growModel } from './grow-model.ts';
import { nextTypeParameters, typeCount } from './next-type-head.ts';
import type { Chances } from './policy.ts';
import { readModel } from './saved-model.ts';
import { transformer } from './transformer.ts';
import { hiddenPlace, transformerParameters, transformerTraining } from './transformer-network.ts';

const n = 6;
const observation = shopObservation(n, 6);
const types = ['view', 'add_to_cart', 'purchase'].map(eventTypeCode);
const small = {
  ...{ width: 16, inner: 32, blocks: 1, dropout: 0, learningRate: 0.01, epochs: 20, threads: 1 },
  batchSize: 32,
  averaging: 0.97,
  typeLoss: 1,
};

/** Any items; the type of an event is in nine of ten cases that of the one before the last, which chains of single steps cannot know. */
function turns(shoppers: number, seed: string): Sequences {
  const chance = rng(seed);
  const any = (): number => types[chance.int(3)]!;
  const lists = Array.from({ length: shoppers }, () => {
    const list = [any(), any()];
    while (list.length < 7) list.push(chance.float() < 0.9 ? list.at(-2)! : any());
    return list;
  });
  const items = lists.map((list) => list.map(() => chance.int(n)));
  return { ...sequencesOf(items, n), types: Uint8Array.from(lists.flat()) };
}

async function make(given: Readonly<Record<string, unknown>>, saved?: Uint8Array, items = n) {
  const read = readSettings(transformer.settings, { ...small, ...given });
  if (!read.ok) throw new Error(read.error.message);
  const context = {
    observation: shopObservation(items, 6),
    action: { kind: 'choice', n: items } as const,
    rng: rng(1),
    engine: await ortEngine(),
  };
  const made = saved
    ? transformer.restore(context, read.value, saved)
    : transformer.create(context, read.value);
  return (await made) as SequenceAgent;
}

async function foreseen(agent: SequenceAgent, of: Sequences, row: number, end: number): Promise<Chances> {
  const out = new Float32Array(observation.size);
  writeHistory(historyPlace(observation)!, of, row, end, out, 0);
  return (await agent.policy().foresee!(out))!.nextType!;
}

/** Mean -log chance of the next type after four events, in nats. */
async function surprise(agent: SequenceAgent, of: Sequences): Promise<number> {
  let sum = 0;
  for (let row = 0; row < of.n; row++) {
    const { codes, chances } = await foreseen(agent, of, row, 4);
    sum -= Math.log(chances[codes.indexOf(of.types![of.offsets[row]! + 4]!)]!) / of.n;
  }
  return sum;
}

describe('a head for the type of the next event', () => {
  test.each([0, 3])('gradients are those of finite differences, with %i negatives', async (negatives) => {
    const reference = JSON.parse(
      readFileSync(new URL('transformer-network.fixture.json', import.meta.url), 'utf8'),
    );
    const { rows, length } = reference;
    const s = { ...reference.shape, negatives, typeLoss: 0.5 };
    const places = rows * length;
    const specs = { ...transformerParameters(s), ...nextTypeParameters(s.width) };
    const of = parameters(specs, rng(1), loadKernels({ bytes: 2 ** 20 }));
    const chance = rng('numbers');
    for (let i = 0; i < of.values.length; i++) of.values[i]! += 0.3 * chance.normal();
    const floats = (data: ArrayLike<number>, shape: readonly number[]) => ({
      data: Float32Array.from(data),
      shape,
    });
    const kinds = new Float32Array(places * s.kinds);
    reference.kinds.forEach((kind: number, i: number) => {
      if (kind >= 0) kinds[i * s.kinds + kind] = 1;
    });
    const wanted = new Float32Array(places * typeCount);
    for (let i = 0; i < places; i += 2) wanted[i * typeCount + types[(i / 2) % 3]!] = 0.3;
    const loss = { data: new Float32Array(1), shape: [] };
    const others = negatives > 0 ? 'rows.negatives' : 'rows.table';
    const program = await (await ortEngine()).compile(transformerTraining(s, of, rows, length, false));
    const run = program.bind(
      {
        ...parameterTensors(of),
        table: floats(reference.table.value, [s.items, s.width]),
        'history.items': { data: Int32Array.from(reference.items), shape: [places] },
        'history.kinds': { data: kinds, shape: [places, s.kinds] },
        'history.padding': floats(
          reference.taken.map((taken: number) => (taken === 1 ? 0 : hiddenPlace)),
          [rows, 1, 1, length],
        ),
        targets: { data: Int32Array.from(reference.targets), shape: [places] },
        weights: floats(reference.weights, [places, 1]),
        types: { data: wanted, shape: [places, typeCount] },
        ...(negatives > 0 && { negatives: { data: Int32Array.of(1, 2, 4), shape: [negatives] } }),
      },
      {
        loss,
        ...gradientTensors(of),
        'rows.items': { data: new Float32Array(places * s.width), shape: [places, s.width] },
        'rows.targets': { data: new Float32Array(places * s.width), shape: [places, s.width] },
        [others]: {
          data: new Float32Array((negatives || s.items) * s.width),
          shape: [negatives || s.items, s.width],
        },
      },
    );
    const lossAt = async (): Promise<number> => {
      await run();
      return loss.data[0]!;
    };
    await run();
    const gradients = of.gradients.slice();
    const step = 1e-2;
    for (const { name, offset, size } of of.entries)
      for (let i = offset; i < offset + size; i += name.startsWith('nextType') ? 1 : 5) {
        const value = of.values[i]!;
        of.values[i] = value + step;
        const above = await lossAt();
        of.values[i] = value - step;
        const slope = (above - (await lossAt())) / (2 * step);
        of.values[i] = value;
        expect(Math.abs(slope - gradients[i]!), `${name} ${i - offset}`).toBeLessThan(2e-3);
      }
    const head = of.entries.find(({ name }) => name === 'nextType.bias')!;
    expect(
      Math.max(...gradients.subarray(head.offset, head.offset + typeCount).map(Math.abs)),
    ).toBeGreaterThan(0.1);
  });

  test.each([
    ['whole softmax', {}],
    ['sampled softmax', { fullSoftmax: 0, negatives: 4 }],
  ])(
    'learns what an order of types tells, where a head beside the network does not: %s',
    async (_, given) => {
      const [train, later] = [turns(500, 'train'), turns(300, 'test')];
      const taught = await make(given);
      const report = await taught.fit(train, {});
      const beside = await make({ ...given, typeLoss: 0, behaviour: true });
      await beside.fit(train, {});
      const best = -(0.9 + 0.1 / 3) * Math.log(0.9 + 0.1 / 3) - (0.2 / 3) * Math.log(0.1 / 3);
      const found = await surprise(taught, later);
      expect(found).toBeLessThan(best + 0.15);
      expect(found).toBeLessThan((await surprise(beside, later)) - 0.4);
      expect(await surprise(beside, later)).toBeLessThan(Math.log(3));
      expect(report['behaviour.nextType.temperature']).toBeGreaterThan(0.5);
    },
  );

  test('a checkpoint and what is saved go on to the same network and heads', async () => {
    const train = turns(100, 'train');
    const kept: Uint8Array[] = [];
    const whole = await make({ epochs: 3, dropout: 0.2 });
    const keep = async (bytes: Uint8Array): Promise<void> => {
      kept.push(bytes);
    };
    await whole.fit(train, { checkpoint: { due: () => true, keep } });
    const again = await make({ epochs: 3, dropout: 0.2 });
    await again.fit(train, {
      checkpoint: { due: () => false, keep, found: kept[Math.floor(kept.length / 2)]! },
    });
    const saved = await whole.save();
    expect(Buffer.from(await again.save()).equals(Buffer.from(saved))).toBe(true);
    const restored = await make({ dropout: 0.2 }, saved);
    const before = await foreseen(whole, train, 0, 4);
    expect(await foreseen(restored, train, 0, 4)).toEqual(before);
    for (const agent of [whole, restored]) await agent.learn(turns(40, 'more'));
    const after = await foreseen(whole, train, 0, 4);
    expect(await foreseen(restored, train, 0, 4)).toEqual(after);
    expect(after).not.toEqual(before);
    expect(Buffer.from(await restored.save()).equals(Buffer.from(await whole.save()))).toBe(true);
  });

  test('the next types of every fifth shopper teach the heads that answer and not the network', async () => {
    const train = turns(100, 'train');
    const head = async (row: number) => {
      const changed = { ...train, types: train.types!.slice() };
      // The last type of a row is read by none of its tokens.
      const last = train.offsets[row + 1]! - 1;
      changed.types[last] = types[(types.indexOf(changed.types[last]!) + 1) % 3]!;
      const agent = await make({ epochs: 10 });
      const report = await agent.fit(changed, {});
      const { nextType } = readModel('transformer', await agent.save()).arrays;
      const weights = readModel('transformer', await agent.save()).arrays['behaviour.nextType.weights'];
      return { nextType, weights, temperature: report['behaviour.nextType.temperature'] };
    };
    const [four, nine, three, more] = [await head(4), await head(9), await head(3), await head(14)];
    expect(more.nextType).toEqual(four.nextType);
    expect(more.weights).not.toEqual(four.weights);
    expect(nine.weights).not.toEqual(four.weights);
    expect(nine.nextType).toEqual(four.nextType);
    expect(nine.temperature).not.toBe(four.temperature);
    expect(three.nextType).not.toEqual(four.nextType);
  });

  test('lessons teach items and no types, neither new ones nor those of before', async () => {
    const first = await make({ epochs: 2 });
    await first.fit(turns(100, 'train'), {});
    const saved = await first.save();
    const more = turns(100, 'more');
    // The last type of a row is read by none of its tokens.
    const others = { ...more, types: more.types!.slice() };
    for (let row = 0; row < more.n; row++) {
      const last = more.offsets[row + 1]! - 1;
      others.types[last] = types[(types.indexOf(more.types![last]!) + 1) % 3]!;
    }
    const arraysAfter = async (...lessons: Sequences[]) => {
      const agent = await make({}, saved);
      for (const lesson of lessons) await agent.learn(lesson);
      return readModel('transformer', await agent.save()).arrays;
    };
    const networkOf = (arrays: Readonly<Record<string, unknown>>) =>
      Object.fromEntries(Object.entries(arrays).filter(([name]) => !name.startsWith('memory')));
    const [plain, other] = [await arraysAfter(more), await arraysAfter(others)];
    expect(networkOf(other)).toEqual(networkOf(plain));
    expect(plain.table).not.toEqual(readModel('transformer', saved).arrays.table);
    // The next lesson recalls rows of this one.
    const later = turns(100, 'later');
    const [recalled, otherRecalled] = [await arraysAfter(more, later), await arraysAfter(others, later)];
    expect(otherRecalled['memory.types']).not.toEqual(recalled['memory.types']);
    expect(networkOf(otherRecalled)).toEqual(networkOf(recalled));
  });

  test('products that came later leave the head as it is; other agents and exports do without it', async () => {
    const train = turns(100, 'train');
    const agent = await make({ epochs: 2 });
    await agent.fit(train, {});
    const saved = await agent.save();
    const features: ItemFeatures = {
      ...{ n: n + 1, categoryCount: 1, brandCount: 0, textSize: 0, text: new Float32Array(0) },
      categories: new Int32Array(n + 1).fill(1),
      brands: new Int32Array(n + 1),
      prices: new Float32Array(n + 1),
    };
    const settings = readSettings(transformer.settings, small);
    if (!settings.ok) throw new Error(settings.error.message);
    const grown = growModel(transformer, settings.value, saved, { from: n, to: n + 1, features });
    const larger = await make({}, grown, n + 1);
    expect(await foreseen(larger, train, 0, 4)).toEqual(await foreseen(agent, train, 0, 4));
    const without = await make({ typeLoss: 0 }, saved);
    expect(without.policy().foresee).toBeUndefined();
    expect(without.onnx!().bytes).toEqual(agent.onnx!().bytes);
  });

  test('where there is nothing to teach or no head was taught, a sentence', async () => {
    const { types: _, ...bare } = turns(30, 'train');
    await expect((await make({})).fit(bare, {})).rejects.toThrow('typeLoss needs histories with types');
    await expect((await make({})).learn(bare)).rejects.toThrow('these have none');
    const alike = { ...bare, types: new Uint8Array(bare.items.length) };
    await expect((await make({})).fit(alike, {})).rejects.toThrow('these are of one, which teaches nothing');
    const plain = await make({ typeLoss: 0, epochs: 1 });
    await plain.fit(bare, {});
    await expect(make({}, await plain.save())).rejects.toThrow('nextType');
  });
});
