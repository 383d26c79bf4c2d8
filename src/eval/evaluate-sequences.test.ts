import { expect, test } from 'vitest';
import { ortEngine } from '../adapters/index.ts';
import { agentNamed, type TransitionAgent } from '../agent/index.ts';
import { sequencesOf } from '../core/index.ts';
import { evaluateSequences } from './evaluate-sequences.ts';
import { leaveOneOut } from './leave-one-out.ts';
import { sessionSplit } from './session-split.ts';

// A ring of ten items: after i comes i + 1.
const ring = sequencesOf(
  Array.from({ length: 60 }, (_, u) => Array.from({ length: 3 + (u % 4) }, (_, i) => (u + i) % 10)),
  10,
);
const options = { split: leaveOneOut(ring), k: 3, seed: 1, now: () => 0 };

test('an agent that can know the answer hits it, one that guesses is as good as chance', async () => {
  const markov = await evaluateSequences(agentNamed('markov'), options);
  expect(markov.figures['hr@3']).toBe(1);
  expect(markov.figures['ndcg@3']).toBe(1);
  expect(markov.cases).toBe(60);
  const random = await evaluateSequences(agentNamed('random'), options);
  // Of the four to seven items that are left three are shown: chance hits with .43 to .75.
  expect(random.figures['hr@3']).toBeGreaterThan(0.3);
  expect(random.figures['hr@3']).toBeLessThan(0.85);
});

test('every figure is a number, groups of shoppers included', async () => {
  const { figures } = await evaluateSequences(agentNamed('item-knn'), options);
  for (const [name, value] of Object.entries(figures)) expect(Number.isFinite(value), name).toBe(true);
  expect(figures).toMatchObject({ 'coverage@3': 1 });
  expect(figures['cases.few']! + figures['cases.some']! + figures['cases.many']!).toBe(60);
});

test('the bounds of an interval stay within what the mean can be', async () => {
  // After 0 comes 1, and twice 2: all but one of the cases are hit at the first place, that one at the second.
  const often = sequencesOf([...Array.from({ length: 9 }, () => [0, 1, 0, 1]), [0, 2, 0, 2]], 10);
  const split = leaveOneOut(often, { repeats: true });
  const { figures } = await evaluateSequences(agentNamed('markov'), { ...options, split });
  expect(figures['ndcg@3']).toBeGreaterThan(0.95);
  expect(figures['ndcg@3']).toBeLessThan(1);
  expect(figures['ndcg@3.high']).toBe(1);
  expect(figures['ndcg@3.low']).toBeLessThan(figures['ndcg@3']!);
});

test('an item of the history cannot be the answer unless repeats are allowed', async () => {
  const again = sequencesOf(
    Array.from({ length: 20 }, () => [1, 2, 3, 1]),
    10,
  );
  const masked = await evaluateSequences(agentNamed('popularity'), { ...options, split: leaveOneOut(again) });
  expect(masked.figures['hr@3']).toBe(0);
  const open = await evaluateSequences(agentNamed('popularity'), {
    ...options,
    split: leaveOneOut(again, { repeats: true }),
  });
  expect(open.figures['hr@3']).toBe(1);
});

test('what is held back to pick settings is learned before judging', async () => {
  // Only the last training session says what follows 7.
  const train = sequencesOf([...Array.from({ length: 19 }, () => [0, 1]), [7, 8]], 10);
  const split = sessionSplit(train, sequencesOf([[7, 8]], 10));
  expect(split.heldBack!.n).toBe(1);
  const { figures } = await evaluateSequences(agentNamed('markov'), { ...options, split, k: 1 });
  expect(figures['hr@1']).toBe(1);
});

test('a wrong setting and data without a case are named', async () => {
  await expect(
    evaluateSequences(agentNamed('markov'), { ...options, settings: { window: 0 } }),
  ).rejects.toThrow('markov: setting "window" is 0; accepted: a whole number from 1 to 100');
  const short = leaveOneOut(sequencesOf([[1, 2]], 10));
  await expect(evaluateSequences(agentNamed('markov'), { ...options, split: short })).rejects.toThrow(
    'leave-one-out needs shoppers of three interactions or more',
  );
  await expect(evaluateSequences(agentNamed('ppo'), options)).rejects.toThrow(
    'agent "ppo" learns only from what it does itself; accepted: --world',
  );
});

test('agents that learn from transitions are taught by replay, and judged where validation was best', async () => {
  // A table of item by item values, learned by averaging: the smallest agent that learns from transitions.
  const definition = tableAgent();
  const result = await evaluateSequences(definition, options);
  expect(result.figures['hr@3']).toBe(1);
  expect(result.report.passes).toBeGreaterThanOrEqual(1);
  const again = await evaluateSequences(definition, options);
  expect(again.figures).toEqual(result.figures);
});

function tableAgent() {
  const markov = agentNamed('markov');
  return {
    ...markov,
    name: 'table',
    consumes: 'transitions' as const,
    settings: {},
    create: async (context: Parameters<typeof markov.create>[0]) => table(context, new Float64Array(110)),
    restore: async (context: Parameters<typeof markov.create>[0], _: unknown, saved: Uint8Array) =>
      table(context, new Float64Array(saved.slice().buffer)),
  };
}

function table(
  { observation, action }: Parameters<ReturnType<typeof agentNamed>['create']>[0],
  q: Float64Array,
): TransitionAgent {
  const newest = observation.parts[0]!.size - 1;
  const policy = { observation, action } as ReturnType<TransitionAgent['policy']>;
  return {
    name: 'table',
    consumes: 'transitions',
    async learn({ n, observations, actions, rewards }) {
      for (let i = 0; i < n; i++) {
        const at = observations[i * observation.size + newest]! * 10 + actions[i]!;
        q[at]! += 0.2 * (rewards[i]! - q[at]!);
      }
      return {};
    },
    save: async () => new Uint8Array(q.slice().buffer),
    policy: () => ({
      ...policy,
      async evaluate(rows, n) {
        const values = new Float32Array(n * 10);
        for (let i = 0; i < n; i++) {
          const at = rows[i * observation.size + newest]! * 10;
          values.set(q.subarray(at, at + 10), i * 10);
        }
        return { n, choices: 10, values };
      },
    }),
  };
}

test('a part of a blend is shown pauses where it asks for them', async () => {
  const timed = { ...ring, times: Float64Array.from(ring.items, (_, at) => at * 1000) };
  const small = { width: 8, inner: 8, blocks: 1, epochs: 1, threads: 1, timeGaps: true };
  const settings = Object.fromEntries(Object.entries(small).map(([name, of]) => [`transformer.${name}`, of]));
  const evaluate = (sequences: typeof ring) =>
    evaluateSequences(agentNamed('markov+transformer'), {
      ...options,
      split: leaveOneOut(sequences),
      settings,
      engine: ortEngine,
    });
  expect((await evaluate(timed)).figures['hr@3']).toBeGreaterThan(0.5);
  await expect(evaluate(ring)).rejects.toThrow('timeGaps needs histories with times');
});
