import { expect, test } from 'vitest';
import { ortEngine } from '../adapters/index.ts';
import { observationSpec, readSettings, rng, type TransitionBatch } from '../core/index.ts';
import { agentNamed } from './agents.ts';

/**
 * Coupons (choice 1) bring most and are allowed in one row of five; of the others mail (2) brings more than nothing (0).
 * Whoever does not look at what was allowed learns no more than that coupons are best.
 */
function ruled(n: number): TransitionBatch {
  const stream = rng('ruled');
  const masks = new Uint8Array(3 * n).fill(1);
  const [actions, logProbs] = [new Int32Array(n), new Float32Array(n)];
  const worth = [0, 1, 0.4];
  for (let i = 0; i < n; i++) {
    if (stream.float() > 0.2) masks[3 * i + 1] = 0;
    const open = [0, 1, 2].filter((a) => masks[3 * i + a]);
    actions[i] = open[stream.int(open.length)]!;
    logProbs[i] = -Math.log(open.length);
  }
  const observations = Float32Array.from({ length: n }, () => stream.float());
  return {
    n,
    observations,
    actions,
    logProbs,
    masks,
    nextMasks: masks,
    rewards: Float32Array.from(actions, (a) => worth[a]! + 0.1 * stream.normal()),
    nextObservations: observations,
    discounts: new Float32Array(n),
    terminated: new Uint8Array(n).fill(1),
    truncated: new Uint8Array(n),
  };
}

const chances = async (name: string, given: Record<string, unknown>, batch: TransitionBatch) => {
  const definition = agentNamed(name);
  const observation = observationSpec([{ name: 'x', kind: 'real', size: 1, low: 0, high: 1 }]);
  const context = {
    observation,
    action: { kind: 'choice' as const, n: 3 },
    rng: rng(1),
    engine: await ortEngine(),
  };
  const settings = readSettings(definition.settings, given);
  if (!settings.ok) throw new Error(settings.error.message);
  const agent = await definition.create(context, settings.value);
  if (agent.consumes !== 'decisions') throw new Error('unreachable');
  await agent.fit(batch);
  const policy = agent.policy();
  const scores = await policy.evaluate(Float32Array.of(0.5), 1);
  const of = (mask: Uint8Array): number[] =>
    [0, 1, 2].map((a) => (mask[a] ? Math.exp(policy.logProb(scores, 0, Int32Array.of(a), mask)[0]!) : 0));
  return { ruled: of(Uint8Array.of(1, 0, 1)), free: of(Uint8Array.of(1, 1, 1)) };
};

for (const [name, given] of [
  ['ips', {}],
  ['ips', { estimator: 'clipped' }],
  ['dr', {}],
  ['cql', { epsilon: 0, passes: 30 }],
] as const)
  test(`${name} ${JSON.stringify(given)} learns what to do where the best is forbidden, and where it is not`, async () => {
    const batch = ruled(2000);
    const { ruled: where, free } = await chances(name, given, batch);
    expect(where[2]).toBeGreaterThan(0.9);
    expect(free[1]).toBeGreaterThan(0.9);
  });
