import { expect, test } from 'vitest';
import { ortEngine } from '../adapters/index.ts';
import { observationSpec, readSettings, rng } from '../core/index.ts';
import type { AgentDefinition } from './agent.ts';
import { boxAgentSuite } from './box-agent.suite.ts';
import { ddpg } from './ddpg.ts';

const engine = await ortEngine();
boxAgentSuite(
  ddpg as AgentDefinition,
  engine,
  {
    actorRate: 0.002,
    criticRate: 0.005,
    hidden: 32,
    learningStarts: 64,
    updatesPerStep: 0.25,
    targetRate: 0.05,
    noise: 0.3,
  },
  60,
);

test('ddpg refuses what is not made of numbers, with a sentence', async () => {
  const settings = readSettings(ddpg.settings, {});
  if (!settings.ok) throw new Error(settings.error.message);
  const context = {
    observation: observationSpec([{ name: 'x', kind: 'real', size: 1 }]),
    action: { kind: 'choice', n: 2 } as const,
    engine,
    rng: rng(1),
  };
  await expect(ddpg.create(context, settings.value)).rejects.toMatchObject({
    code: 'bad-setting',
    message:
      'ddpg chooses numbers within bounds; it cannot choose actions of kind "choice"; accepted: a world such as virtual-taobao-v0',
  });
});
