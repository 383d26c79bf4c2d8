import { TendrilError } from '../core/index.ts';
import { isVersion, type Promoted } from './promotions.ts';
import type { Manifest, Registry } from './registry.ts';

export interface Adopted<T> {
  readonly manifest: Manifest;
  readonly restored: T;
  /** What is wrong with the version that should serve, where this is another. */
  readonly trouble?: string;
}

/**
 * The version that should serve, made ready; undefined where it is the one that serves `now`, unless that
 * is to be restored `again`. Where it cannot be read or
 * restored and nothing serves yet, the first sound one of those that served before it, then of the agent's older ones. Throws
 * what is wrong where there is none, or where something serves already and had better go on.
 */
export async function adoptVersion<T>(
  registry: Registry,
  now: Promoted | undefined,
  restore: (manifest: Manifest, model: Uint8Array) => Promise<T>,
  again = false,
): Promise<Adopted<T> | undefined> {
  const [wanted, ...earlier] = await registry.promoted();
  if (!wanted || (isVersion(wanted, now) && !again)) return undefined;
  const ready = async ({ agent, version }: Promoted): Promise<Adopted<T>> => {
    const stored = await registry.get(agent, version);
    if (!stored) throw new TendrilError('bad-model', 'it is not stored here');
    return { manifest: stored.manifest, restored: await restore(stored.manifest, stored.model) };
  };
  try {
    return await ready(wanted);
  } catch (error) {
    const trouble = `${wanted.agent}, version ${wanted.version}, should serve and cannot: ${error instanceof Error ? error.message : error}`;
    const older = Array.from({ length: wanted.version - 1 }, (_, i) => ({
      agent: wanted.agent,
      version: wanted.version - 1 - i,
    }));
    for (const one of now ? [] : [...earlier, ...older]) {
      const sound = await ready(one).catch(() => undefined);
      if (sound) return { ...sound, trouble };
    }
    throw new TendrilError('bad-model', trouble, { cause: error });
  }
}
