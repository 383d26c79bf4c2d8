import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AgentDefinition, agentNamed, type FitOptions, type SequenceAgent } from '../src/agent/index.ts';
import type { Sequences } from '../src/core/index.ts';
import { evaluateSequences, type Split } from '../src/eval/index.ts';
import type { Engine } from '../src/math/index.ts';
import { rounded } from './record.ts';

/** What is trained, and where it is kept. */
export interface Training {
  /** The folder that trained models stay in. */
  readonly models: string;
  readonly agent: string;
  /** Of the data, in the name of the file. */
  readonly set: string;
  readonly seed: number;
  readonly split: Split;
  readonly settings: Readonly<Record<string, string | number | boolean>>;
  readonly engine: Engine;
}

/**
 * A definition whose agents are the one that was trained on the split, from the folder of models where it is there; a training
 * that was ended goes on from its checkpoint. So that several blends and tables need one training.
 */
export async function trainedAgent(training: Training): Promise<AgentDefinition> {
  const { models, agent: name, set, seed, settings } = training;
  const definition = agentNamed(name);
  const path = join(
    models,
    [name, set, seed, ...Object.entries(settings).flat()].join('-').replaceAll('.', '_'),
  );
  if (!existsSync(`${path}.model`)) await train(training, path);
  const bytes = readFileSync(`${path}.model`);
  const report = JSON.parse(readFileSync(`${path}.json`, 'utf8'));
  return {
    ...definition,
    async create(context, values) {
      const agent = (await definition.restore(context, { ...values, ...settings }, bytes)) as SequenceAgent;
      return { ...agent, fit: async () => report };
    },
  };
}

async function train(
  { agent: name, set, seed, split, settings, engine }: Training,
  to: string,
): Promise<void> {
  const definition = agentNamed(name);
  const checkpoint = `${to}.checkpoint`;
  let kept = performance.now();
  const taught: AgentDefinition = {
    ...definition,
    async create(context, values) {
      const agent = (await definition.create(context, values)) as SequenceAgent;
      return {
        ...agent,
        async fit(train: Sequences, options: FitOptions) {
          const begun = process.cpuUsage().user;
          let told = '';
          const found = await agent.fit(train, {
            ...options,
            progress(_, __, note = '') {
              if (note !== told && note !== '') console.log(`${name}, ${set}, seed ${seed}: ${note}`);
              told = note;
            },
            checkpoint: {
              due: () => performance.now() - kept > 60_000,
              async keep(state) {
                writeFileSync(`${checkpoint}.new`, state);
                renameSync(`${checkpoint}.new`, checkpoint);
                kept = performance.now();
              },
              ...(existsSync(checkpoint) && { found: readFileSync(checkpoint) }),
            },
          });
          const trainingSeconds = rounded((process.cpuUsage().user - begun) / 1e6);
          writeFileSync(`${to}.json`, JSON.stringify({ ...found, trainingSeconds }));
          writeFileSync(`${to}.model`, await agent.save());
          rmSync(checkpoint, { force: true });
          return found;
        },
      };
    },
  };
  await evaluateSequences(taught, {
    split: { ...split, test: { ...split.test, rows: split.test.rows.subarray(0, 1) } },
    k: 10,
    seed,
    settings,
    now: () => 0,
    engine: async () => engine,
  });
}
