import { expect, test } from 'vitest';
import { ortEngine } from '../adapters/index.ts';
import { readSettings, rng, sequencesOf, shopObservation } from '../core/index.ts';
import { sequenceObserver } from '../learn/index.ts';
import { agents } from './agents.ts';

const n = 8;
const observation = shopObservation(n, 4);
const histories = sequencesOf([[0], [1, 2], [7, 6, 5, 4], [3], [2, 1]], n);
const observe = sequenceObserver(observation, histories, histories);
const rows = Array.from({ length: histories.n }, (_, row) => {
  const out = new Float32Array(observation.size);
  observe(row, histories.offsets[row + 1]! - histories.offsets[row]!, out, 0);
  return out;
});

// An engine reads its inputs some time after a run was asked for: agents must not let requests share them.
test.each(agents.filter((agent) => agent.needsEngine && !['ddpg', 'factored'].includes(agent.name)))(
  'requests that are answered at once do not mix: $name',
  async (definition) => {
    const settings = readSettings(definition.settings, {});
    if (!settings.ok) throw new Error(settings.error.message);
    const agent = await definition.create(
      { observation, action: { kind: 'choice', n }, rng: rng(1), engine: await ortEngine() },
      settings.value as never,
    );
    const policy = agent.policy();
    const alone: Float32Array[] = [];
    for (const row of rows) alone.push((await policy.evaluate(row, 1)).values.slice());
    const together = await Promise.all(rows.map((row) => policy.evaluate(row, 1)));
    expect(new Set(alone.map((values) => values.join())).size).toBe(rows.length);
    together.forEach((scores, i) => {
      expect(scores.values).toEqual(alone[i]);
    });
  },
);
