import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { DataDirectory } from '../adapters/index.ts';
import { TendrilError } from '../core/index.ts';
import { isVersion, type Manifest, type Registry } from '../registry/index.ts';
import type { Lesson, Taught } from './teach-version.ts';

export interface Lessons {
  /**
   * Teaches what came since; answers the version that serves from then on, undefined where nothing came or another was promoted
   * meanwhile. What has failed is not tried again until more came.
   */
  teach(): Promise<Manifest | undefined>;
  /** Teaches every so many minutes, one lesson at a time, unless `busy`; what goes wrong is told once, until it goes well. */
  every(minutes: number, busy: () => boolean, warn: (message: string) => void): void;
  close(): void;
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

  const run = (lesson: Lesson): Promise<Manifest | undefined> =>
    new Promise((resolve, reject) => {
      const file = import.meta.url.endsWith('.ts') ? './teach-version.ts' : './teach-version.js';
      let word: Taught = { about: 'failed', message: 'the process that teaches was killed' };
      const running = fork(fileURLToPath(new URL(file, import.meta.url)), {
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      });
      child = running;
      running.on('message', (said: Taught) => {
        word = said;
      });
      running.on('error', reject);
      running.on('exit', () => {
        child = undefined;
        if (word.about === 'failed')
          reject(new TendrilError('internal', `${lesson.agent} learned nothing: ${word.message}`));
        else resolve(word.about === 'taught' ? word.manifest : undefined);
      });
      running.send(lesson);
    });

  const teach = async (): Promise<Manifest | undefined> => {
    const before = await registry.serving();
    const count = interactions();
    if (!before || count === before.data.interactions || count === tried) return;
    tried = count;
    const { agent, version } = before;
    const taught = await run({ logPath, modelsPath, agent, version });
    if (!taught || !isVersion(await registry.serving(), before)) return;
    await registry.promote(agent, taught.version, Date.now());
    await removeOldLessons(registry, agent);
    return taught;
  };

  return {
    teach,
    every(minutes, busy, warn) {
      let told = '';
      timer = setInterval(async () => {
        if (child || busy()) return;
        const wrong = await teach().then(
          () => '',
          (error: Error) => error.message,
        );
        if (wrong && wrong !== told && !closed) warn(wrong);
        told = wrong;
      }, minutes * 60_000);
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
  const lessons = (await registry.list(agent)).filter(({ taughtFrom }) => taughtFrom !== undefined);
  for (const { version } of lessons.slice(kept))
    if (!isVersion(serving, { agent, version })) await registry.remove(agent, version, Date.now());
}
