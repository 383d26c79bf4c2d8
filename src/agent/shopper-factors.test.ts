import { describe, expect, test } from 'vitest';
import { ortEngine } from '../adapters/index.ts';
import {
  observationSpec,
  partAt,
  readSettings,
  rng,
  shopFeatures,
  shopObservation,
  type TransitionBatch,
} from '../core/index.ts';
import type { AgentContext, TransitionAgent } from './agent.ts';
import { dqn } from './dqn.ts';
import { arrayOf, readModel } from './saved-model.ts';

/** Eight shoppers with nothing in their histories: four like item 1, four like item 4, and some answer to everything a little. */
const engine = await ortEngine();
const items = 6;
const shoppers = 8;
const observation = shopObservation(items, 2);
const label = partAt(observation, 'features')!.offset + shopFeatures.indexOf('shopper');
const context = (): AgentContext => ({
  observation,
  action: { kind: 'choice', n: items },
  engine,
  rng: rng(2),
});
const liked = (shopper: number): number => (shopper % 2 === 0 ? 1 : 4);
const generous = (shopper: number): boolean => shopper >= shoppers / 2;

function rowsOf(who: readonly number[]): Float32Array {
  const rows = new Float32Array(who.length * observation.size);
  who.forEach((shopper, i) => {
    rows[i * observation.size + label] = (shopper + 1) / shoppers;
  });
  return rows;
}

function answers(seed: number, n = 64): TransitionBatch {
  const chance = rng(`answers ${seed}`);
  const who = Array.from({ length: n }, () => chance.int(shoppers));
  const actions = Int32Array.from(who, () => chance.int(items));
  return {
    n,
    observations: rowsOf(who),
    nextObservations: rowsOf(who),
    actions,
    rewards: Float32Array.from(
      who,
      (shopper, i) => (actions[i] === liked(shopper) ? 1 : 0) + (generous(shopper) ? 0.5 : 0),
    ),
    discounts: new Float32Array(n).fill(0.5),
    terminated: new Uint8Array(n),
    truncated: new Uint8Array(n),
  };
}

async function create(given: Record<string, unknown>, saved?: Uint8Array): Promise<TransitionAgent> {
  const settings = readSettings(dqn.settings, {
    learningStarts: 64,
    updatesPerStep: 0.1,
    averaging: 0.9,
    ...given,
  });
  if (!settings.ok) throw new Error(settings.error.message);
  const agent = saved
    ? await dqn.restore(context(), settings.value, saved)
    : await dqn.create(context(), settings.value);
  return agent as TransitionAgent;
}

async function right(agent: TransitionAgent): Promise<number> {
  const everybody = Array.from({ length: shoppers }, (_, shopper) => shopper);
  const policy = agent.policy();
  const scores = await policy.evaluate(rowsOf(everybody), shoppers);
  return everybody.filter((shopper) => policy.greedy(scores, shopper)[0] === liked(shopper)).length;
}

describe('dqn and who the shopper is', () => {
  test('shoppers whose histories say nothing are told apart by their factors, and only by these', async () => {
    const counts: number[] = [];
    for (const userSpecific of [false, true]) {
      const agent = await create({ userSpecific });
      for (let i = 0; i < 120; i++) await agent.learn(answers(i));
      counts.push(await right(agent));
    }
    expect(counts).toEqual([shoppers / 2, shoppers]);
  });

  test('the bias is larger for who answers better', async () => {
    const agent = await create({ biased: true });
    for (let i = 0; i < 60; i++) await agent.learn(answers(i));
    const saved = readModel('dqn', await agent.save());
    const labels = arrayOf(saved, 'shoppers.labels', 'f32');
    const biases = arrayOf(saved, 'shoppers.biases', 'f32');
    const of = (shopper: number): number => biases[labels.indexOf(Math.fround((shopper + 1) / shoppers))]!;
    const mean = (wanted: boolean): number =>
      Array.from({ length: shoppers }, (_, s) => s)
        .filter((s) => generous(s) === wanted)
        .reduce((sum, s) => sum + of(s) / (shoppers / 2), 0);
    expect(mean(true) - mean(false)).toBeGreaterThan(0.2);
  });

  test('a saved and restored run continues bit for bit', async () => {
    const given = { userSpecific: true, biased: true };
    const agent = await create(given);
    for (let i = 0; i < 6; i++) await agent.learn(answers(i));
    const restored = await create(given, await agent.save());
    for (let i = 6; i < 9; i++)
      expect(await restored.learn(answers(i))).toEqual(await agent.learn(answers(i)));
    expect(await restored.save()).toEqual(await agent.save());
  });

  test('where nothing says who the shopper is, it says so', async () => {
    const settings = readSettings(dqn.settings, { biased: true });
    if (!settings.ok) throw new Error(settings.error.message);
    const blind = { ...context(), observation: observationSpec([{ name: 'x', kind: 'real', size: 2 }]) };
    await expect(dqn.create(blind, settings.value)).rejects.toMatchObject({
      code: 'bad-setting',
      message: expect.stringContaining('need to know who the shopper is'),
    });
  });
});
