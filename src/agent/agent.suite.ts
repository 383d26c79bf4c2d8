import { describe, expect, test } from 'vitest';
import {
  actionSize,
  historyPlace,
  type RolloutBatch,
  readSettings,
  rng,
  type Sequences,
  sequencesOf,
  shopObservation,
  TendrilError,
  type TransitionBatch,
  writeHistory,
} from '../core/index.ts';
import type { Agent, AgentContext, AgentDefinition, RolloutAgent, TransitionAgent } from './agent.ts';
import type { Policy, Scores } from './policy.ts';

/**
 * What every Agent promises, on a shop of eight items small enough to know the right answer:
 *
 * - `next`: item i is always followed by i + 1 (a ring), so after i the best is i + 1;
 * - `together`: even shoppers like even items, odd ones odd items (a checker-board), so the best unseen item for who
 *   saw two even ones is even;
 * - `popular`: item i is interacted with i + 1 times, so the best is the last.
 *
 * Agents that learn from transitions, rollouts or decisions are taught the ring: the right item pays 1, every other 0.
 */
export interface AgentSuiteOptions {
  /** What it must be able to learn; `nothing` for agents that do not learn. */
  readonly learns: 'next' | 'together' | 'popular' | 'nothing';
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Whatever the agent needs beside the shop's observation and a choice among eight items: an engine, features. */
  readonly context?: () => Promise<Partial<AgentContext>>;
  /** Batches of the ring until it must have learned it: of 64 steps, for agents of rollouts as many as they want in 8 worlds. */
  readonly batches?: number;
  /** True for agents whose `learn` in two parts gives the same scores as `fit` on the whole. */
  readonly exactIncrements?: boolean;
}

const items = 8;
const observation = shopObservation(items, 4);
const place = historyPlace(observation)!;

export function agentSuite(definition: AgentDefinition, options: AgentSuiteOptions): void {
  const context = async (seed: number, given: Partial<AgentContext> = {}): Promise<AgentContext> => ({
    observation,
    action: { kind: 'choice', n: items },
    rng: rng(seed),
    ...(await options.context?.()),
    ...given,
  });
  const settings = (): never => {
    const read = readSettings(definition.settings, options.settings);
    if (!read.ok) throw new Error(read.error.message);
    return read.value as never;
  };
  const create = async (seed = 1, given: Partial<AgentContext> = {}): Promise<Agent> =>
    definition.create(await context(seed, given), settings());
  const taught = async (seed = 1): Promise<Agent> => {
    const agent = await create(seed);
    await teach(agent, 0, options);
    return agent;
  };

  describe(`${definition.name} keeps the Agent contract`, () => {
    test('has a name, a summary, and a doc for each setting; refuses settings that are not in its table', async () => {
      const agent = await create();
      expect(agent.name).toBe(definition.name);
      expect(agent.consumes).toBe(definition.consumes);
      expect(definition.summary).not.toBe('');
      for (const setting of Object.values(definition.settings)) expect(setting.doc).not.toBe('');
      expect(readSettings(definition.settings, { noSuchSetting: 1 })).toMatchObject({
        ok: false,
        error: { code: 'unknown-setting' },
      });
      for (const [key, setting] of Object.entries(definition.settings)) {
        const wrong =
          setting.type === 'number' ? (setting.min ?? 0) - 1 : setting.type === 'text' ? 1 : 'no such choice';
        if (setting.type === 'number' && setting.min === undefined) continue;
        expect(readSettings(definition.settings, { [key]: wrong }), key).toMatchObject({
          ok: false,
          error: { code: 'bad-setting' },
        });
      }
    });

    test('scores every choice of every row, each row by itself', async () => {
      const policy = (await taught()).policy();
      const rows = observe([[0], [1, 2], [], [7, 6, 5, 4]]);
      const scores = await policy.evaluate(rows, 4);
      expect([scores.n, scores.choices, scores.values.length]).toEqual([4, items, 4 * items]);
      expect(scores.values.every(Number.isFinite)).toBe(true);
      for (let i = 0; i < 4; i++) {
        const alone = await policy.evaluate(rows.slice(i * observation.size, (i + 1) * observation.size), 1);
        expectClose(alone.values, rowOf(scores, i));
      }
    });

    test('scores candidates as it scores the whole catalogue', async () => {
      const policy = (await taught()).policy();
      const rows = observe([[0, 1], [5]]);
      const candidates = Int32Array.of(6, 1, 2);
      const some = await policy.evaluate(rows, 2, candidates);
      const all = await policy.evaluate(rows, 2);
      expect([some.n, some.choices]).toEqual([2, 3]);
      for (let i = 0; i < 2; i++)
        expectClose(
          rowOf(some, i),
          Float32Array.from(candidates, (item) => rowOf(all, i)[item]!),
        );
    });

    test('never chooses what the mask forbids, and throws where it forbids everything', async () => {
      const policy = (await taught()).policy();
      const scores = await policy.evaluate(observe([[2]]), 1);
      const mask = Uint8Array.of(0, 1, 0, 0, 1, 0, 1, 0);
      const stream = rng('mask');
      for (let i = 0; i < 100; i++) expect(mask[policy.sample(scores, 0, stream, mask).action[0]!]).toBe(1);
      expect(mask[policy.greedy(scores, 0, mask)[0]!]).toBe(1);
      expect(policy.logProb(scores, 0, Int32Array.of(0), mask)[0]).toBe(-Infinity);
      expect(() => policy.sample(scores, 0, stream, new Uint8Array(items))).toThrow();
    });

    test('the probabilities of all choices sum to 1, and what is drawn comes as often as they say', async () => {
      const policy = (await taught()).policy();
      const scores = await policy.evaluate(observe([[2]]), 1);
      for (const mask of [undefined, Uint8Array.of(1, 1, 0, 1, 0, 1, 1, 1)]) {
        const probabilities = Array.from({ length: items }, (_, choice) =>
          Math.exp(policy.logProb(scores, 0, Int32Array.of(choice), mask)[0]!),
        );
        expect(probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5);
        const drawn = new Float64Array(items);
        const stream = rng('frequency');
        const draws = 4000;
        for (let i = 0; i < draws; i++) {
          const { action, logProbs } = policy.sample(scores, 0, stream, mask);
          expect(logProbs[0]).toBe(policy.logProb(scores, 0, action, mask)[0]);
          drawn[action[0]!]!++;
        }
        probabilities.forEach((p, choice) => {
          const error = Math.sqrt((p * (1 - p)) / draws);
          expect(Math.abs(drawn[choice]! / draws - p), `choice ${choice}`).toBeLessThanOrEqual(
            5 * error + 1e-9,
          );
        });
      }
    });

    test('the probabilities of all slates of two sum to 1; a slate has no item twice', async () => {
      const agent = await create(1, { action: { kind: 'slate', k: 2, n: items } }).catch((error) => {
        if (error instanceof TendrilError && error.code === 'bad-setting') return undefined;
        throw error;
      });
      if (!agent) return;
      if (agent.consumes === 'sequences') await teach(agent, 0, options);
      const policy = agent.policy();
      const scores = await policy.evaluate(observe([[2]]), 1);
      let sum = 0;
      for (let a = 0; a < items; a++) {
        for (let b = 0; b < items; b++) {
          const [first, second] = policy.logProb(scores, 0, Int32Array.of(a, b));
          if (first !== -Infinity && second !== -Infinity) sum += Math.exp(first! + second!);
        }
      }
      expect(sum).toBeCloseTo(1, 4);
      const best = policy.greedy(scores, 0);
      expect(best.length).toBe(actionSize(policy.action));
      expect(best[0]).not.toBe(best[1]);
      const mask = Uint8Array.of(0, 0, 0, 0, 0, 1, 0, 0);
      expect([...policy.greedy(scores, 0, mask)]).toEqual([5, -1]);
      expect([...policy.sample(scores, 0, rng(1), mask).action]).toEqual([5, -1]);
    });

    test('greedy is deterministic', async () => {
      const policy = (await taught()).policy();
      const rows = observe([[0], [3, 4]]);
      const choices = async (): Promise<number[]> => {
        const scores = await policy.evaluate(rows, 2);
        return [0, 1].map((row) => policy.greedy(scores, row)[0]!);
      };
      expect(await choices()).toEqual(await choices());
    });

    test('same seed, same run', async () => {
      const [one, two] = [await taught(7), await taught(7)];
      expect([...(await allScores(one.policy())).values]).toEqual([
        ...(await allScores(two.policy())).values,
      ]);
      expect(await one.save()).toEqual(await two.save());
    });

    test('a saved and restored run continues identically', async () => {
      const agent = await taught(3);
      const saved = await agent.save();
      const restored = await definition.restore(await context(99), settings(), saved);
      expect([...(await allScores(restored.policy())).values]).toEqual([
        ...(await allScores(agent.policy())).values,
      ]);
      for (let step = 1; step <= 3; step++) {
        expect(await learnMore(restored, step)).toEqual(await learnMore(agent, step));
      }
      expect([...(await allScores(restored.policy())).values]).toEqual([
        ...(await allScores(agent.policy())).values,
      ]);
      expect(await restored.save()).toEqual(await agent.save());
    });

    test('refuses bytes that are not its own', async () => {
      for (const bytes of [new Uint8Array(3), new Uint8Array(64).fill(7)]) {
        const restored = context(1).then((given) => definition.restore(given, settings(), bytes));
        await expect(restored).rejects.toMatchObject({ name: 'TendrilError', code: 'bad-model' });
      }
    });

    if (options.learns !== 'nothing') {
      test(`learns what comes next where the answer is known: ${options.learns}`, async () => {
        const policy = (await taught(5)).policy();
        const answers = questions[options.learns as keyof typeof questions];
        for (const { history, good } of answers) {
          const scores = await policy.evaluate(observe([history]), 1);
          const unseen = new Uint8Array(items).fill(1);
          for (const item of history) unseen[item] = 0;
          const choice = policy.greedy(scores, 0, unseen)[0]!;
          expect(good, `after ${history} it chose ${choice}`).toContain(choice);
        }
      });
    }

    if (definition.consumes === 'sequences') {
      test('fit begins again from the beginning', async () => {
        const [fresh, used] = [await create(2), await create(2)];
        if (fresh.consumes !== 'sequences' || used.consumes !== 'sequences') throw new Error('unreachable');
        await used.fit(lessons.popular, {});
        await used.fit(lessons.next, {});
        await fresh.fit(lessons.next, {});
        expectClose((await allScores(used.policy())).values, (await allScores(fresh.policy())).values);
      });
    }

    if (definition.consumes === 'decisions') {
      test('fit begins again from the beginning; without the probabilities of the choices it refuses', async () => {
        const [fresh, used] = [await create(2), await create(2)];
        if (fresh.consumes !== 'decisions' || used.consumes !== 'decisions') throw new Error('unreachable');
        await used.fit(ringTransitions(8, 512));
        await used.fit(ringTransitions(9, 512));
        await fresh.fit(ringTransitions(9, 512));
        expect([...(await allScores(used.policy())).values]).toEqual([
          ...(await allScores(fresh.policy())).values,
        ]);
        const { logProbs: _, ...unknown } = ringTransitions(9, 64);
        await expect(fresh.fit(unknown)).rejects.toMatchObject({ code: 'bad-setting' });
      });
    }

    if (options.exactIncrements) {
      test('learning in two parts gives what fitting on the whole gives', async () => {
        const [whole, parts] = [await create(2), await create(2)];
        if (whole.consumes !== 'sequences' || parts.consumes !== 'sequences') throw new Error('unreachable');
        const lists = [
          [0, 1, 2, 3, 1],
          [4, 5],
          [6, 7, 0, 2],
        ];
        await whole.fit(sequencesOf(lists, items), {});
        await parts.fit(sequencesOf([lists[0]!.slice(0, 2), lists[1]!], items), {});
        await parts.learn(sequencesOf([lists[0]!, lists[2]!], items), Int32Array.of(2, 0));
        expectClose((await allScores(parts.policy())).values, (await allScores(whole.policy())).values);
      });
    }
  });
}

const ring = (start: number, length: number): number[] =>
  Array.from({ length }, (_, i) => (start + i) % items);

const lessons = {
  next: sequencesOf(
    Array.from({ length: 40 }, (_, u) => ring(u, 4)),
    items,
  ),
  // Each shopper saw three of the four items of one parity; which one is missing goes round, and so does the order.
  together: sequencesOf(
    Array.from({ length: 48 }, (_, u) =>
      [0, 1, 2, 3]
        .filter((i) => i !== (u >> 1) % 4)
        .map((_, i, kept) => 2 * kept[(i + (u >> 3)) % 3]! + (u % 2)),
    ),
    items,
  ),
  popular: sequencesOf(
    Array.from({ length: items }, (_, i) => Array.from({ length: i + 1 }, () => i)),
    items,
  ),
} as const satisfies Record<string, Sequences>;

const questions = {
  next: Array.from({ length: items }, (_, i) => ({ history: [i], good: [(i + 1) % items] })),
  together: [
    { history: [0, 4], good: [2, 6] },
    { history: [3, 1], good: [5, 7] },
    { history: [6], good: [0, 2, 4] },
  ],
  popular: [
    { history: [], good: [7] },
    { history: [7, 5], good: [6] },
  ],
} as const satisfies Record<string, readonly { history: readonly number[]; good: readonly number[] }[]>;

async function teach(agent: Agent, from: number, options: AgentSuiteOptions): Promise<void> {
  if (agent.consumes === 'sequences') {
    await agent.fit(options.learns === 'nothing' ? lessons.next : lessons[options.learns], {});
    return;
  }
  if (agent.consumes === 'decisions') {
    await agent.fit(ringTransitions(from, 64 * (options.batches ?? 60)));
    return;
  }
  for (let step = 0; step < (options.batches ?? 60); step++) await learnRing(agent, from + step);
}

async function learnMore(agent: Agent, step: number): Promise<unknown> {
  if (agent.consumes === 'decisions') return agent.fit(ringTransitions(1000 + step, 512));
  if (agent.consumes !== 'sequences') return learnRing(agent, 1000 + step);
  return agent.learn(sequencesOf([ring(step, 3), [step, 7 - step]], items));
}

const learnRing = async (agent: TransitionAgent | RolloutAgent, seed: number): Promise<unknown> =>
  agent.consumes === 'transitions'
    ? agent.learn(ringTransitions(seed, 64))
    : agent.learn(await ringRollout(agent.policy(), agent.rolloutSteps, seed));

/** The same, as the agent's own policy acts, in eight worlds at once. */
async function ringRollout(policy: Policy, steps: number, seed: number): Promise<RolloutBatch> {
  const stream = rng(`ring ${seed}`);
  const n = 8;
  const last = Array.from({ length: (steps + 1) * n }, () => stream.int(items));
  const observations = observe(last.map((item) => [item]));
  const scores = await policy.evaluate(observations, last.length);
  const actions = Int32Array.from(
    { length: steps * n },
    (_, i) => policy.sample(scores, i, stream).action[0]!,
  );
  return {
    steps,
    n,
    observations,
    actions,
    rewards: Float32Array.from(actions, (action, i) => (action === (last[i]! + 1) % items ? 1 : 0)),
    terminated: new Uint8Array(steps * n).fill(1),
    truncated: new Uint8Array(steps * n),
    finalObservations: new Float32Array(0),
    discount: 0.9,
  };
}

/** Steps of the ring under a uniform policy: the last item was i, action i + 1 pays 1, every other 0; then it is over. */
function ringTransitions(seed: number, n: number): TransitionBatch {
  const stream = rng(`ring ${seed}`);
  const histories: number[][] = [];
  const after: number[][] = [];
  const actions = new Int32Array(n);
  const rewards = new Float32Array(n);
  for (let i = 0; i < n; i++) {
    const last = stream.int(items);
    actions[i] = stream.int(items);
    rewards[i] = actions[i] === (last + 1) % items ? 1 : 0;
    histories.push([last]);
    after.push([last, actions[i]!]);
  }
  return {
    n,
    observations: observe(histories),
    actions,
    rewards,
    nextObservations: observe(after),
    discounts: new Float32Array(n),
    terminated: new Uint8Array(n).fill(1),
    truncated: new Uint8Array(n),
    logProbs: new Float32Array(n).fill(-Math.log(items)),
  };
}

function observe(histories: readonly (readonly number[])[]): Float32Array {
  const sequences = sequencesOf(histories, items);
  const out = new Float32Array(histories.length * observation.size);
  histories.forEach((history, i) => {
    writeHistory(place, sequences, i, history.length, out, i * observation.size);
  });
  return out;
}

const allScores = (policy: Policy): Promise<Scores> =>
  policy.evaluate(observe([[], ...Array.from({ length: items }, (_, i) => [i, (i + 3) % items])]), items + 1);

const rowOf = (scores: Scores, row: number): Float32Array =>
  scores.values.slice(row * scores.choices, (row + 1) * scores.choices);

function expectClose(actual: Float32Array, expected: Float32Array): void {
  expect(actual.length).toBe(expected.length);
  const largest = Math.max(...expected.map(Math.abs), 1e-12);
  for (let i = 0; i < expected.length; i++)
    expect(Math.abs(actual[i]! - expected[i]!), `entry ${i}`).toBeLessThanOrEqual(1e-5 * largest);
}
