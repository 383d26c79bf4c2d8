/**
 * Fits the parts of a blend one after the other. What a checkpoint holds, to go on as if nothing had happened:
 *
 *   reports  what the parts that are done reported
 *   model.i  the model of part i, of those that are done
 *   fit      what the part after them left itself; missing where it had left nothing yet
 */
import type { Sequences } from '../core/index.ts';
import type { FitOptions, LearnReport, SequenceAgent } from './agent.ts';
import { arrayOf, readModel, writeModel } from './saved-model.ts';

/** Parts that can be put back as they were. */
export interface FittedParts {
  /** Live: `restore` replaces them. */
  readonly agents: readonly SequenceAgent[];
  /** Of each, whether it computes on an engine. */
  readonly networks: readonly boolean[];
  restore(part: number, model: Uint8Array): Promise<void>;
}

const format = 'blend';

/** One report for each part. */
export async function fitParts(
  parts: FittedParts,
  train: Sequences,
  { checkpoint, ...options }: FitOptions,
): Promise<LearnReport[]> {
  const reports: LearnReport[] = [];
  const models: Uint8Array[] = [];
  let found: Uint8Array | undefined;
  if (checkpoint?.found) {
    const saved = readModel(format, checkpoint.found);
    reports.push(...(saved.values.reports as unknown as LearnReport[]));
    for (const part of reports.keys()) {
      models.push(arrayOf(saved, `model.${part}`, 'u8'));
      await parts.restore(part, models[part]!);
    }
    if (saved.arrays.fit) found = arrayOf(saved, 'fit', 'u8');
  }
  const packed = (fit?: Uint8Array): Uint8Array =>
    writeModel(format, {
      values: { reports: reports as never },
      arrays: {
        ...Object.fromEntries(models.map((model, part) => [`model.${part}`, model])),
        ...(fit && { fit }),
      },
    });
  for (let part = reports.length; part < parts.agents.length; part++) {
    const agent = parts.agents[part]!;
    const report = await agent.fit(train, {
      ...options,
      ...(checkpoint && {
        checkpoint: {
          due: () => checkpoint.due(),
          keep: (fit) => checkpoint.keep(packed(fit)),
          ...(found && { found }),
        },
      }),
    });
    found = undefined;
    reports.push(report);
    if (!checkpoint) continue;
    models.push(await agent.save());
    if (checkpoint.due()) await checkpoint.keep(packed());
  }
  return reports;
}

/**
 * Parts on an engine, which may fail, learn before the others; where any part fails they are put back as they were. Parts that
 * count are not: after one of them fails, those before it have learned.
 */
export async function learnParts(
  parts: FittedParts,
  more: Sequences,
  newFrom?: Int32Array,
): Promise<LearnReport[]> {
  const reports: LearnReport[] = [];
  const before = new Map<number, Uint8Array>();
  const each = [...parts.agents.keys()];
  const networks = each.filter((part) => parts.networks[part]);
  try {
    const order = [...networks, ...each.filter((other) => !parts.networks[other])];
    for (const part of order) {
      // Which is last of all takes its own lesson back when it fails.
      if (parts.networks[part] && part !== order.at(-1)) before.set(part, await parts.agents[part]!.save());
      reports[part] = await parts.agents[part]!.learn(more, newFrom);
    }
  } catch (error) {
    for (const [part, model] of before) await parts.restore(part, model);
    throw error;
  }
  return reports;
}
