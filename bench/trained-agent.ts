import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkpointFile } from '../src/adapters/index.ts';
import {
  type AgentDefinition,
  agentNamed,
  blendOf,
  type FitOptions,
  type SequenceAgent,
} from '../src/agent/index.ts';
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

/** What was asked of an agent by words `agent.setting=value`; throws for a word that names no agent. */
export function settingsAsked(agent: string, words: readonly string[]): Record<string, number> {
  const wrong = words.find((word) => !/^[\w-]+\.\w+=/.test(word));
  if (wrong !== undefined) throw new Error(`"${wrong}" is not agent.setting=value`);
  return Object.fromEntries(
    words
      .filter((word) => word.startsWith(`${agent}.`))
      .map((word) => word.slice(agent.length + 1).split('='))
      .map(([setting, value]) => [setting!, Number(value)]),
  );
}

/**
 * A definition whose agents are the one that was trained on the split, from the folder of models where it is there; a training
 * that was ended goes on from its checkpoint. So that several blends and tables need one training.
 */
export async function trainedAgent(training: Training): Promise<AgentDefinition> {
  const { models, agent: name, set, seed, settings } = training;
  const definition = agentNamed(name);
  const path = modelPath(models, name, set, seed, settings);
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

/** What takes long to train, and is told apart by its seed; `ease` and the counts know no chance. */
const long = ['transformer', 'gru', 'lstm', 'als', 'bpr', 'ease'];

/** A blend by its name, of which the parts that learn for long are trained once and kept; the settings are those of the transformer. */
export async function trainedBlend(
  name: string,
  training: Omit<Training, 'agent'>,
): Promise<AgentDefinition> {
  const parts: AgentDefinition[] = [];
  for (const agent of name.split('+')) {
    const kept = {
      ...training,
      agent,
      ...(agent === 'ease' && { seed: 1 }),
      ...(agent !== 'transformer' && { settings: {} }),
    };
    parts.push(long.includes(agent) ? await trainedAgent(kept) : agentNamed(agent));
  }
  return blendOf(parts);
}

async function train(
  { agent: name, set, seed, split, settings, engine }: Training,
  to: string,
): Promise<void> {
  const checkpoint = checkpointFile(`${to}.checkpoint`, { seconds: 60, now: Date.now, resume: true });
  let told = '';
  await evaluateSequences(leavingModel(agentNamed(name), to), {
    split: { ...split, test: { ...split.test, rows: split.test.rows.subarray(0, 1) } },
    k: 10,
    seed,
    settings,
    now: () => 0,
    engine: async () => engine,
    checkpoint,
    progress(_done, _total, note = '') {
      if (note !== told && note.startsWith('pass ')) console.log(`${name}, ${set}, seed ${seed}: ${note}`);
      told = note;
    },
  });
  checkpoint.remove();
}

/** The definition, its agents leaving the model and what they said of the learning at a path when they have learned. */
export function leavingModel(definition: AgentDefinition, path: string): AgentDefinition {
  return {
    ...definition,
    async create(context, values) {
      const agent = (await definition.create(context, values)) as SequenceAgent;
      return {
        ...agent,
        async fit(train: Sequences, options: FitOptions) {
          const begun = process.cpuUsage().user;
          const report = await agent.fit(train, options);
          const trainingSeconds = rounded((process.cpuUsage().user - begun) / 1e6);
          writeFileSync(`${path}.json`, JSON.stringify({ ...report, trainingSeconds }));
          writeFileSync(`${path}.model`, await agent.save());
          return report;
        },
      };
    },
  };
}

/** Where the model of an agent with these settings is kept, without its ending. */
export const modelPath = (
  models: string,
  agent: string,
  set: string,
  seed: number,
  settings: Readonly<Record<string, unknown>>,
): string =>
  join(models, [agent, set, seed, ...Object.entries(settings).flat()].join('-').replaceAll('.', '_'));
