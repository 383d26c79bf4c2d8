import { describe, expect, test } from 'vitest';
import { ortEngine } from '../adapters/index.ts';
import { type ActionSpec, observationSpec, readSettings, rng, type TransitionBatch } from '../core/index.ts';
import type { AgentContext, AgentDefinition, TransitionAgent } from './agent.ts';
import { agentNamed } from './agents.ts';

const engine = await ortEngine();
const factored = agentNamed('factored');
const action: ActionSpec = {
  kind: 'composite',
  specs: [
    { name: 'products', spec: { kind: 'slate', k: 2, n: 5 } },
    {
      name: 'page',
      spec: {
        kind: 'parts',
        parts: [
          { name: 'content', n: 3 },
          { name: 'layout', n: 2 },
        ],
      },
    },
  ],
};
const observation = observationSpec([{ name: 'device', kind: 'index', size: 1, n: 2 }]);
const context = (): AgentContext => ({ observation, action, engine, rng: rng(3) });
const settingsOf = (given: Record<string, unknown>): never => {
  const read = readSettings(factored.settings, given);
  if (!read.ok) throw new Error(read.error.message);
  return read.value as never;
};
const given = {
  agents: 'products=thompson,page=thompson',
  settings: 'products.beliefs=linear;page.beliefs=linear',
};

/** Product 4 sells; on device 1 content 2 and layout 0 do, on device 2 content 0 and layout 1. */
function lesson(seed: number, n = 64): TransitionBatch {
  const chance = rng(`lesson ${seed}`);
  const observations = Float32Array.from({ length: n }, () => 1 + chance.int(2));
  const actions = new Int32Array(n * 4);
  const rewards = new Float32Array(n);
  const chosen = new Int32Array(n).fill(-1);
  for (let i = 0; i < n; i++) {
    const first = chance.int(5);
    actions.set([first, (first + 1 + chance.int(4)) % 5, chance.int(3), chance.int(2)], i * 4);
    const [a, b, content, layout] = actions.subarray(i * 4) as unknown as [number, number, number, number];
    const phone = observations[i] === 1;
    const slot = [a, b].indexOf(4);
    const fits = Number(content === (phone ? 2 : 0)) + Number(layout === (phone ? 0 : 1));
    if (slot < 0) continue;
    chosen[i] = slot;
    rewards[i] = fits / 2;
  }
  return {
    n,
    observations,
    actions,
    rewards,
    chosen,
    nextObservations: observations,
    discounts: new Float32Array(n),
    terminated: new Uint8Array(n).fill(1),
    truncated: new Uint8Array(n),
    logProbs: new Float32Array(n * 4),
    masks: new Uint8Array(n * 10).fill(1),
  };
}

const taught = async (): Promise<TransitionAgent> => {
  const agent = (await factored.create(context(), settingsOf(given))) as TransitionAgent;
  for (let step = 0; step < 20; step++) await agent.learn(lesson(step));
  return agent;
};

describe('factored', () => {
  test('learns which product, which content and which layout suit whom', async () => {
    const policy = (await taught()).policy();
    const scores = await policy.evaluate(Float32Array.of(1, 2), 2);
    expect([...policy.greedy(scores, 0)]).toEqual([4, expect.any(Number), 2, 0]);
    expect([...policy.greedy(scores, 1)]).toEqual([4, expect.any(Number), 0, 1]);
  });

  test('every slot and part has a propensity; those of all decisions sum to 1', async () => {
    const policy = (await taught()).policy();
    const scores = await policy.evaluate(Float32Array.of(1), 1);
    let sum = 0;
    for (let a = 0; a < 5; a++)
      for (let b = 0; b < 5; b++)
        for (let c = 0; a !== b && c < 3; c++)
          for (let l = 0; l < 2; l++)
            sum += Math.exp(policy.logProb(scores, 0, Int32Array.of(a, b, c, l)).reduce((x, y) => x + y, 0));
    expect(sum).toBeCloseTo(1, 4);
    const sample = policy.sample(scores, 0, rng(1));
    expect(sample.logProbs).toEqual(policy.logProb(scores, 0, sample.action));
    expect([sample.action.length, sample.explored.length]).toEqual([4, 4]);
  });

  test('a mask of one part leaves the others alone', async () => {
    const policy = (await taught()).policy();
    const scores = await policy.evaluate(Float32Array.of(1), 1);
    const mask = Uint8Array.of(1, 1, 1, 1, 0, 1, 1, 0, 1, 1);
    const best = policy.greedy(scores, 0, mask);
    expect([...best.slice(0, 2)]).not.toContain(4);
    expect([best[2] === 2, best[3]]).toEqual([false, 0]);
    for (let i = 0; i < 50; i++) {
      const [a, b, c] = policy.sample(scores, 0, rng(i), mask).action;
      expect([a === 4, b === 4, c === 2]).toEqual([false, false, false]);
    }
  });

  test('a saved and restored run continues identically', async () => {
    const agent = await taught();
    const other = (await factored.restore(
      context(),
      settingsOf(given),
      await agent.save(),
    )) as TransitionAgent;
    expect(await other.learn(lesson(99))).toEqual(await agent.learn(lesson(99)));
    expect(await other.save()).toEqual(await agent.save());
  });

  test.each([
    [{ ...given, agents: 'products=dqn', settings: '' }, 'names no agent for the part "page"'],
    [{ agents: 'products=dqn,page=thompson,price=dqn' }, 'the action has no part "price"'],
    [{ ...given, agents: 'products=markov,page=thompson', settings: '' }, 'learns from sequences'],
    [{ ...given, settings: 'page.warmth=1' }, 'page: unknown setting "warmth"'],
    [{ ...given, settings: 'page' }, 'accepted: name=value'],
  ])('refuses %j', async (wrong, sentence) => {
    const withHistory = observationSpec([
      ...observation.parts,
      { name: 'history.items', kind: 'index', size: 2, n: 5 },
    ]);
    const created = factored.create({ ...context(), observation: withHistory }, settingsOf(wrong));
    await expect(created).rejects.toMatchObject({ message: expect.stringContaining(sentence) });
  });

  test('refuses an action that has no parts', async () => {
    const created = (factored as AgentDefinition).create(
      { ...context(), action: { kind: 'choice', n: 3 } },
      settingsOf(given),
    );
    await expect(created).rejects.toMatchObject({ code: 'bad-setting' });
  });
});
