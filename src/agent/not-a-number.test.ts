import { describe, expect, test } from 'vitest';
import { ortEngine } from '../adapters/index.ts';
import { readSettings, rng, sequencesOf, shopObservation } from '../core/index.ts';
import type { Agent, AgentContext, AgentDefinition } from './agent.ts';
import { apTrl } from './ap-trl.ts';
import { bpr } from './bpr.ts';
import { ease } from './ease.ts';
import { offPolicyAc } from './off-policy-ac.ts';
import { sa2c } from './sa2c.ts';
import { readModel, type SavedModel, writeModel } from './saved-model.ts';
import { sqn } from './sqn.ts';
import { transformer } from './transformer.ts';

const items = 6;
const observation = shopObservation(items, 4);
const engine = await ortEngine();
const contextOf = (seed: number): AgentContext => ({
  observation,
  action: { kind: 'slate', k: 2, n: items },
  engine,
  rng: rng(seed),
});
const settingsOf = (definition: AgentDefinition, given: Record<string, unknown> = {}): never => {
  const read = readSettings(definition.settings, given);
  if (!read.ok) throw new Error(read.error.message);
  return read.value as never;
};

async function teach(agent: Agent): Promise<void> {
  if (agent.consumes === 'sequences') {
    await agent.fit(
      sequencesOf(
        [
          [0, 1, 2],
          [1, 2, 3],
          [2, 0, 4],
        ],
        items,
      ),
      {},
    );
    return;
  }
  if (agent.consumes !== 'transitions') throw new Error('unreachable');
  const n = 3;
  const rows = Float32Array.from({ length: n * observation.size }, (_, at) =>
    Number(at % observation.size === 3),
  );
  await agent.learn({
    n,
    observations: rows,
    actions: Int32Array.of(0, 1, 2, 3, 4, 5),
    rewards: new Float32Array(n).fill(1),
    nextObservations: rows,
    discounts: new Float32Array(n).fill(0.9),
    terminated: new Uint8Array(n),
    truncated: new Uint8Array(n),
    chosen: new Int32Array(n),
  });
}

/** The model with NaN in the middle of each array of numbers, one at a time. */
function* broken(
  name: string,
  { values, arrays }: SavedModel,
): Generator<[array: string, bytes: Uint8Array]> {
  for (const [array, numbers] of Object.entries(arrays)) {
    if (!(numbers instanceof Float32Array || numbers instanceof Float64Array) || numbers.length === 0)
      continue;
    const wrong = numbers.slice();
    wrong[wrong.length >> 1] = Number.NaN;
    yield [array, writeModel(name, { values, arrays: { ...arrays, [array]: wrong } })];
  }
}

describe('a saved model with NaN in it is refused', () => {
  const cases: readonly (readonly [AgentDefinition, Record<string, unknown>])[] = [
    [sqn as AgentDefinition, { nStep: 2 }],
    [sa2c as AgentDefinition, {}],
    [offPolicyAc as AgentDefinition, {}],
    [ease as AgentDefinition, {}],
    [bpr as AgentDefinition, {}],
    [apTrl as AgentDefinition, {}],
  ];
  test.each(cases.map(([definition, given]) => ({ name: definition.name, definition, given })))(
    '$name',
    async ({ name, definition, given }) => {
      const settings = settingsOf(definition, given);
      const agent = await definition.create(contextOf(1), settings);
      await teach(agent);
      let tried = 0;
      for (const [array, bytes] of broken(name, readModel(name, await agent.save()))) {
        tried++;
        await expect(definition.restore(contextOf(1), settings, bytes), array).rejects.toMatchObject({
          code: 'bad-model',
          message: expect.stringContaining(`"${array}" of the saved model holds NaN`),
        });
      }
      expect(tried).toBeGreaterThan(0);
    },
  );
});

describe('beside a taught transformer', () => {
  const shape = { width: 8, blocks: 1, inner: 8, heads: 1, places: 4 };
  const saved = async (): Promise<Uint8Array> =>
    (await transformer.create(contextOf(1), settingsOf(transformer as AgentDefinition, shape))).save();
  const agents = [sqn, sa2c, offPolicyAc] as unknown as readonly AgentDefinition[];

  test.each(agents)('$name: the heads begin by the seed', async (definition) => {
    const bytes = await saved();
    const heads = async (seed: number): Promise<number[]> => {
      const agent = await definition.restore(contextOf(seed), settingsOf(definition, shape), bytes);
      return [...(readModel(definition.name, await agent.save()).arrays.heads as Float32Array)];
    };
    expect(await heads(1)).not.toEqual(await heads(2));
    expect(await heads(1)).toEqual(await heads(1));
  });

  test.each(['parameters', 'table'])('NaN in its "%s" is refused', async (wanted) => {
    for (const [array, bytes] of broken('transformer', readModel('transformer', await saved())))
      if (array === wanted)
        await expect(
          sqn.restore(contextOf(1), settingsOf(sqn as AgentDefinition, shape), bytes),
        ).rejects.toThrow(`"${array}" of the saved model holds NaN`);
    expect.assertions(1);
  });
});
