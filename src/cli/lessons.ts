import { spawn } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { TendrilError } from '../core/index.ts';
import type { Manifest, Registry } from '../registry/index.ts';

export interface Lessons {
  /** Teaches what came since; answers the version that serves from then on, undefined where nothing came or another was promoted meanwhile. */
  teach(): Promise<Manifest | undefined>;
  /** Teaches every so many minutes, one lesson at a time, unless `busy`; what goes wrong is told once, until it goes well. */
  every(minutes: number, busy: () => boolean, warn: (message: string) => void): void;
  close(): void;
}

/** Versions made by lessons that stay, of an agent, beside those that were trained anew. */
const kept = 5;

/**
 * The model that serves learns what shoppers did since it was stored, by `tendril train AGENT --resume` in a process of its own: the
 * server answers meanwhile, and takes on the version that is promoted here. Older lessons than the newest few are removed.
 */
export function lessonsOf(registry: Registry, path: string, interactions: () => number): Lessons {
  let child: ReturnType<typeof spawn> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  const run = (args: readonly string[]): Promise<void> =>
    new Promise((resolve, reject) => {
      const tendril = fileURLToPath(new URL('../../bin/tendril.js', import.meta.url));
      const running = spawn(process.execPath, [tendril, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
      child = running;
      // Shoppers who wait come first.
      if (running.pid !== undefined) setPriority(running.pid, constants.priority.PRIORITY_BELOW_NORMAL);
      let said = '';
      running.stderr.on('data', (piece: Buffer) => {
        said = `${said}${piece}`.slice(-2000);
      });
      running.on('error', reject);
      running.on('close', (code) => {
        child = undefined;
        if (code === 0) resolve();
        else {
          const [last = 'it was killed'] = said.split('tendril: ').slice(-1);
          reject(new TendrilError('internal', `the lesson failed: ${last.replaceAll(/\s+/g, ' ').trim()}`));
        }
      });
    });

  const teach = async (): Promise<Manifest | undefined> => {
    const before = await registry.serving();
    if (!before || interactions() <= before.data.interactions) return;
    const { agent, version } = before;
    const [newest] = await registry.list(agent);
    if (newest && newest.version !== version)
      throw new TendrilError(
        'bad-setting',
        `no lesson: version ${version} of "${agent}" serves, and a lesson would go on with version ${newest.version}, which does not; accepted: promote that one, or train "${agent}" again`,
      );
    await run(['train', agent, '--resume', '--data', path]);
    const serving = await registry.serving();
    const [taught] = await registry.list(agent);
    if (serving?.agent !== agent || serving.version !== version || taught?.taughtFrom !== version) return;
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

/** Of an agent's versions that were taught on, the newest few stay. */
export async function removeOldLessons(registry: Registry, agent: string): Promise<void> {
  const lessons = (await registry.list(agent)).filter(({ taughtFrom }) => taughtFrom !== undefined);
  for (const { version } of lessons.slice(kept)) await registry.remove(agent, version, Date.now());
}
