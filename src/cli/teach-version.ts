import { constants, setPriority } from 'node:os';
import { directoryRegistry, openEngine, sqliteLog } from '../adapters/index.ts';
import { agentNamed } from '../agent/index.ts';
import { TendrilError } from '../core/index.ts';
import type { Manifest } from '../registry/index.ts';
import { taughtOn } from './go-on.ts';

/** One lesson of `tendril start --learn`, in a process of its own so that the server answers meanwhile. */
export interface Lesson {
  readonly logPath: string;
  readonly modelsPath: string;
  readonly agent: string;
  readonly version: number;
}

export type Taught =
  | { readonly about: 'taught'; readonly manifest: Manifest }
  | { readonly about: 'nothing came' }
  /** `lasting`: it would fail again, whatever came meanwhile. */
  | { readonly about: 'failed'; readonly message: string; readonly lasting: boolean };

async function teach({ logPath, modelsPath, agent, version }: Lesson): Promise<Taught> {
  // Shoppers who wait come first.
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  const registry = directoryRegistry(modelsPath);
  const stored = await registry.get(agent, version);
  if (!stored) throw new TendrilError('not-found', `version ${version} of "${agent}" is not stored any more`);
  const log = await sqliteLog(logPath, { readOnly: true });
  try {
    const { seed } = stored.manifest;
    const trained = await taughtOn(log, stored, {
      ...{ settings: {}, seed, now: Date.now() },
      ...(agentNamed(agent).needsEngine && { engine: await openEngine() }),
    });
    return { about: 'taught', manifest: await registry.put(trained.model, trained.manifest) };
  } finally {
    await log.close();
  }
}

process.once('message', (lesson: Lesson) => {
  teach(lesson)
    .catch((error: unknown): Taught => {
      const code = error instanceof TendrilError ? error.code : undefined;
      if (code === 'no-data') return { about: 'nothing came' };
      const message = error instanceof Error ? error.message : String(error);
      return { about: 'failed', message, lasting: code === 'bad-model' || code === 'bad-setting' };
    })
    .then((word) => process.send?.(word, () => process.disconnect?.()));
});
