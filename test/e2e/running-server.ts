import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

export const root = join(import.meta.dirname, '../..');
export const tendril = join(root, 'bin/tendril.js');

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the server sent; the tests say what they expect
  readonly body: any;
}

export interface RunningServer {
  readonly url: string;
  /** Everything said so far, on both streams. */
  said(): string;
  get(path: string): Promise<Answer>;
  send(method: string, path: string, body: unknown): Promise<Answer>;
  ready(): Promise<void>;
  /** Ctrl-C, which a terminal sends to everything that runs in it; answers the exit code once all of it has ended. */
  end(): Promise<number | null>;
}

/** Starts `tendril start --port 0` as a user would, and waits for its address. */
export async function startServer(
  args: readonly string[],
  command: readonly string[] = [process.execPath, tendril, 'start'],
): Promise<RunningServer> {
  const [program = '', ...first] = command;
  const child: ChildProcess = spawn(program, [...first, '--port', '0', ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let text = '';
  const exited = new Promise<number | null>((resolve) => child.on('close', resolve));
  let ended = false;
  exited.then(() => {
    ended = true;
  });
  onTestFinished(() => {
    if (!ended) process.kill(-child.pid!, 'SIGKILL');
  });
  const url = await new Promise<string>((resolve, reject) => {
    const hear = (piece: Buffer): void => {
      text += piece;
      const found = /http:\/\/[^\s"]+/.exec(text);
      if (found) resolve(found[0]);
    };
    child.stdout!.on('data', hear);
    child.stderr!.on('data', hear);
    exited.then((code) => reject(new Error(`ended with ${code}: ${text}`)));
  });
  const ask = async (path: string, init?: RequestInit): Promise<Answer> => {
    const answer = await fetch(url + path, init);
    return { status: answer.status, body: await answer.json() };
  };
  return {
    url,
    said: () => text,
    get: (path) => ask(path),
    send: (method, path, body) =>
      ask(path, { method, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
    async ready() {
      for (;;) {
        const { status, body } = await ask('/health/ready');
        if (status === 200) return;
        if (body.steps?.some((step: { state: string }) => step.state === 'failed'))
          throw new Error(JSON.stringify(body));
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    },
    end() {
      process.kill(-child.pid!, 'SIGINT');
      return exited;
    },
  };
}
