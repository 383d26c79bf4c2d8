import type { SequenceAgent } from '../agent/index.ts';
import { type Sequences, TendrilError } from '../core/index.ts';
import { named } from './learn-transitions.ts';
import type { ModelFile } from './model-file.ts';
import { pick, type ShopData, shopperHash } from './shop-data.ts';
import { validate } from './validate.ts';

/** Interactions of each shopper. */
export const lengthsOf = ({ n, offsets }: Sequences): Int32Array =>
  Int32Array.from({ length: n }, (_, u) => offsets[u + 1]! - offsets[u]!);

/**
 * One lesson: what shoppers did since an earlier model was stored, each with what came before as context. The figures are of
 * before the lesson, on the newest interactions of those who did something since: the earlier model has learned all others.
 * Throws `no-data` where nothing was done since, `bad-model` where the model does not say what it has learned.
 */
export async function learnSince(
  agent: SequenceAgent,
  data: ShopData,
  { shoppers, learned, agent: name }: ModelFile,
): Promise<Record<string, number>> {
  if (!learned)
    throw new TendrilError(
      'bad-model',
      `the newest "${name}" was stored without how much it has learned of each shopper: it cannot go on; accepted: the same without --resume`,
    );
  const before = new Map(shoppers.map((hash, i) => [hash, learned[i]!]));
  const lengths = lengthsOf(data.sequences);
  const known = lengths.map((length, u) => Math.min(length, before.get(shopperHash(data.shoppers[u]!)) ?? 0));
  const rows = [...lengths.keys()].filter((u) => known[u]! < lengths[u]!);
  if (rows.length === 0)
    throw new TendrilError(
      'no-data',
      `the newest "${name}" has learned all that is in the log: no shopper did anything since`,
    );
  const figures = await validate(agent.policy(), heldBackOf(data, new Set(rows)));
  const report = await agent.learn(
    pick(data.sequences, rows),
    Int32Array.from(rows, (u) => known[u]!),
  );
  return { ...named('lesson', report), ...(figures.validated > 0 && figures) };
}

/** The validation of these shoppers alone. */
function heldBackOf(data: ShopData, wanted: ReadonlySet<number>): ShopData {
  const { inputs, targets, repeats, observations, rows } = data.validation;
  const size = observations.length / Math.max(1, rows.length);
  const some = [...rows.keys()].filter((i) => wanted.has(rows[i]!));
  const seen = new Float32Array(some.length * size);
  some.forEach((i, at) => {
    seen.set(observations.subarray(i * size, (i + 1) * size), at * size);
  });
  return {
    ...data,
    validation: {
      inputs: pick(inputs, some),
      targets: Int32Array.from(some, (i) => targets[i]!),
      repeats,
      observations: seen,
      rows: some.map((i) => rows[i]!),
    },
  };
}
