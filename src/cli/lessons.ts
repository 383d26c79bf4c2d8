import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { DataDirectory } from '../adapters/index.ts';
import { TendrilError } from '../core/index.ts';
import { isVersion, type Manifest, type Registry } from '../registry/index.ts';
import type { Lesson, Taught } from './teach-version.ts';

export interface Lessons {
  /**
   * Teaches what came since; answers the version that serves from then on, undefined where nothing came or another was promoted
   * meanwhile. What has failed is not tried again until more came, and not at all with a version that cannot learn.
   */
  teach(): Promise<Manifest | undefined>;
  /** Teaches every so many minutes, one lesson at a time, unless `busy`; what goes wrong is told once, until it goes well. */
  every(minutes: number, busy: () => boolean, warn: (message: string) => void): void;
  close(): void;
  /** What went wrong last, until it goes well. */
  readonly notes: readonly string[];
}

/** Versions that were taught on and stay, of an agent, beside those that were trained anew. */
const kept = 5;

/**
 * The model that serves learns what shoppers did since it was stored, as by `tendril train AGENT --resume`, in a process of its own: the
 * server answers meanwhile, and takes on the version that is promoted here. A lesson goes on from what serves, whatever else is stored.
 */
export function lessonsOf(
  registry: Registry,
  { logPath, modelsPath }: Pick<DataDirectory, 'logPath' | 'modelsPath'>,
  interactions: () => number,
): Lessons {
  let child: ReturnType<typeof fork> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  let tried = Number.NaN;
  let hopeless: Manifest | undefined;
  let wrong = '';

  const run = (before: Manifest): Promise<Manifest | undefined> =>
    new Promise((resolve, reject) => {
      const { agent, version } = before;
      const file = import.meta.url.endsWith('.ts') ? './teach-version.ts' : './teach-version.js';
      let word: Taught = { about: 'failed', message: 'the process that teaches was killed', lasting: false };
      const running = fork(fileURLToPath(new URL(file, import.meta.url)), {
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      });
      child = running;
      running.on('message', (said: Taught) => {
        word = said;
      });
      running.on('error', (error) => {
        child = undefined;
        reject(error);
      });
      running.on('exit', () => {
        child = undefined;
        if (word.about !== 'failed') return resolve(word.about === 'taught' ? word.manifest : undefined);
        if (word.lasting) hopeless = before;
        reject(
          new TendrilError(
            'internal',
            `${agent}, version ${version}, learns nothing: ${word.message}; "tendril train ${agent} --promote" trains it anew`,
          ),
        );
      });
      running.send({ logPath, modelsPath, agent, version } satisfies Lesson);
    });

  const teach = async (): Promise<Manifest | undefined> => {
    const before = await registry.serving();
    const count = interactions();
    if (!before || count === before.data.interactions || count === tried) return;
    if (hopeless && isVersion(before, hopeless)) return;
    tried = count;
    const taught = await run(before);
    if (!taught || !isVersion(await registry.serving(), before)) return;
    await registry.promote(taught.agent, taught.version, Date.now());
    await removeOldLessons(registry, taught.agent);
    return taught;
  };

  return {
    teach,
    every(minutes, busy, warn) {
      timer = setInterval(async () => {
        if (child || busy()) return;
        try {
          if (await teach()) wrong = '';
        } catch (error) {
          const { message } = error as Error;
          if (!closed && message !== wrong) warn(message);
          wrong = message;
        }
      }, minutes * 60_000);
    },
    get notes() {
      return wrong === '' ? [] : [wrong];
    },
    close() {
      closed = true;
      clearInterval(timer);
      child?.kill();
    },
  };
}

/** Of an agent's versions that were taught on, the newest few and what serves stay. */
export async function removeOldLessons(registry: Registry, agent: string): Promise<void> {
  const serving = await registry.serving();
  // What cannot be read stays, and is named by whoever lists versions.
  const stored = await registry.list(agent, () => {});
  const lessons = stored.filter(({ taughtFrom }) => taughtFrom !== undefined);
  for (const { version } of lessons.slice(kept))
    if (!isVersion(serving, { agent, version })) await registry.remove(agent, version, Date.now());
}
