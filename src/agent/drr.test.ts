import { describe, expect, test } from 'vitest';
import { ortEngine } from '../adapters/index.ts';
import { graph } from '../math/index.ts';
import { agentSuite } from './agent.suite.ts';
import type { AgentContext, AgentDefinition, TransitionAgent } from './agent.ts';
import { chain, contextIn, items, observation, settingsFor } from './chain-of-two.suite.ts';
import { drr } from './drr.ts';
import { type DrrShape, stateOf, stateSize } from './drr-state.ts';

const engine = await ortEngine();
const quick = {
  learningStarts: 64,
  updatesPerStep: 0.25,
  batchSize: 32,
  hidden: 32,
  targetRate: 0.05,
  last: 3,
};
const states = ['pairs', 'shopper', 'average', 'attention'] as const;

agentSuite(drr as AgentDefinition, {
  learns: 'next',
  context: async () => ({ engine }),
  batches: 16,
  settings: quick,
});

describe('states', () => {
  const [a, b, c, u] = [
    [1, 2],
    [3, 5],
    [7, 11],
    [0.5, -2],
  ];
  const places = [2, 1, 3];
  const times = (x: readonly number[], y: readonly number[]): number[] => x.map((value, d) => value * y[d]!);
  const scaled = (x: readonly number[], by: number): number[] => x.map((value) => value * by);
  const plus = (x: readonly number[], y: readonly number[]): number[] => x.map((value, d) => value + y[d]!);
  const answer = async (state: DrrShape['state'], missing: number): Promise<number[]> => {
    const s: DrrShape = { state, last: 3, width: 2, dense: 1 };
    const g = graph();
    const w = {
      places: g.constant(
        Float32Array.from(places, (weight) => weight - 1),
        [3, 1],
      ),
      'shopper.w': g.constant(Float32Array.from(u!), [1, 2]),
      'shopper.b': g.constant(0, [2]),
      // The unit's first number is u x i of the first column, its second nothing: the attention's logit is that number.
      'attention.w1': g.constant(Float32Array.of(0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0), [6, 2]),
      'attention.b1': g.constant(0, [2]),
      'attention.w2': g.constant(Float32Array.of(1, 0), [2, 1]),
    };
    const padding = Float32Array.from({ length: 3 }, (_, i) => (i < missing ? -1e9 : 0));
    const items = g.constant(Float32Array.from([a!, b!, c!].flat()), [1, 3, 2]);
    g.output('state', stateOf(w, s, g.input('dense', [1, 1]), items, g.constant(padding, [1, 3])));
    const out = new Float32Array(stateSize(s));
    const program = await engine.compile(g.bytes());
    await program.bind(
      { dense: { data: Float32Array.of(1), shape: [1, 1] } },
      { state: { data: out, shape: [1, out.length] } },
    )();
    return [...out];
  };
  const close = (found: readonly number[], wanted: readonly number[]): void => {
    expect(found.length).toBe(wanted.length);
    found.forEach((value, i) => {
      expect(value).toBeCloseTo(wanted[i]!, 3);
    });
  };

  test.each([0, 1, 3])('are as published, %i of three items missing', async (missing) => {
    const [x, y, z] = [a, b, c].map((row, i) => (i < missing ? [0, 0] : scaled(row!, places[i]!))) as [
      number[],
      number[],
      number[],
    ];
    const pairs = [...times(x, y), ...times(y, z), ...times(x, z)];
    close(await answer('pairs', missing), [...x, ...y, ...z, ...pairs]);
    close(await answer('shopper', missing), [...times(x, u!), ...times(y, u!), ...times(z, u!), ...pairs]);
    const pooled = (g: readonly number[]): number[] => [...u!, ...times(u!, g), ...g];
    close(
      await answer('average', missing),
      pooled(missing === 3 ? [0, 0] : scaled(plus(plus(x, y), z), 1 / (3 - missing))),
    );
    const weights = [x, y, z].map(([first], i) => (i < missing ? 0 : Math.exp(0.5 * first!)));
    const all = weights.reduce((sum, weight) => sum + weight, 0);
    const share = (i: number): number => (all > 0 ? weights[i]! / all : 0);
    close(
      await answer('attention', missing),
      pooled(plus(plus(scaled(x, share(0)), scaled(y, share(1))), scaled(z, share(2)))),
    );
  });
});

const context = (more: Partial<AgentContext> = {}) => contextIn(engine, more);
const settingsOf = (given: Readonly<Record<string, unknown>>): never =>
  settingsFor(drr as AgentDefinition, { ...quick, ...given });
async function chosen(given: Readonly<Record<string, unknown>>, open: boolean): Promise<number[]> {
  const agent = (await drr.create(context(), settingsOf(given))) as TransitionAgent;
  for (let step = 0; step < 30; step++) await agent.learn(chain(step, open));
  const policy = agent.policy();
  const { observations } = chain(0, true);
  const scores = await policy.evaluate(observations, 64);
  return [0, 2].map((item) => {
    const i = Array.from({ length: 64 }, (_, row) => row).find(
      (row) => observations[row * observation.size + 2] === item + 1,
    )!;
    return policy.greedy(scores, i)[0]!;
  });
}

test.each(states)('looks ahead: state %s', async (state) => {
  expect(await chosen({ state }, true)).toEqual([2, 3]);
});
test('but not to what is forbidden next', async () => {
  expect(await chosen({}, false)).toEqual([1, 3]);
});

test('an actor that climbs the critic at its own point believes more than there is; on items it does not', async () => {
  const believed = async (climb: string): Promise<number> => {
    const agent = (await drr.create(context(), settingsOf({ climb }))) as TransitionAgent;
    let report = {};
    for (let step = 0; step < 30; step++) report = await agent.learn(chain(step, true));
    return (report as { value: number }).value;
  };
  // The best there is pays .9 after one half of what is observed and 1 after the other.
  expect(await believed('point')).toBeGreaterThan(1.05);
  expect(await believed('items')).toBeLessThan(1.02);
});

// Each in turn: a policy that learned nothing shows two of them.
test.each([0, 1, 2, 3, 4])(
  'that item %i drives shoppers away is learned from slates nobody answered',
  async (bad) => {
    const action = { kind: 'slate', n: items, k: 2 } as const;
    const agent = (await drr.create(context({ action }), settingsOf({}))) as TransitionAgent;
    for (let step = 0; step < 20; step++) {
      const { nextMasks: _, ...batch } = chain(step, true);
      const actions = Int32Array.from(
        { length: 2 * batch.n },
        (__, at) => (step + (at >> 1) + 2 * (at % 2)) % items,
      );
      const rewards = Float32Array.from({ length: batch.n }, (__, i) =>
        actions.subarray(2 * i, 2 * i + 2).includes(bad) ? -1 : 0,
      );
      await agent.learn({ ...batch, actions, rewards, chosen: new Int32Array(batch.n).fill(-1) });
    }
    const { observations } = chain(0, true);
    const policy = agent.policy();
    const scores = await policy.evaluate(observations, 64);
    for (let i = 0; i < 8; i++) expect([...policy.greedy(scores, i)]).not.toContain(bad);
  },
);

test('without a history, and on a catalogue of one item, it answers with numbers', async () => {
  const action = { kind: 'choice', n: 1 } as const;
  const agent = await drr.create(
    context({ action, items: undefined as never }),
    settingsOf({ state: 'attention' }),
  );
  const { values } = await agent.policy().evaluate(new Float32Array(observation.size), 1);
  expect(values.length).toBe(1);
  expect(values.every(Number.isFinite)).toBe(true);
});

test('refuses to work without an engine', async () => {
  await expect(drr.create(context({ engine: undefined as never }), settingsOf({}))).rejects.toMatchObject({
    code: 'bad-setting',
  });
});
