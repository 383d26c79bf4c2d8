import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDataDirectory, sqliteLog } from '../adapters/index.ts';
import { readModel } from '../agent/index.ts';
import { captureOutput } from './captured-output.suite.ts';
import { main } from './main.ts';
import { testFolder } from './test-folder.suite.ts';

const scratch = testFolder();
const captured = captureOutput();

/** Twenty-four shoppers go round a ring of fifteen items. */
async function shop(name: string): Promise<string> {
  const directory = openDataDirectory(join(scratch.path, name), { create: true });
  const log = await sqliteLog(directory.logPath);
  await log.append(
    Array.from({ length: 960 }, (_, i) => ({
      eventId: `e${i}`,
      eventType: 'click',
      timestamp: 1000 * i,
      userId: `u${i % 24}`,
      itemId: `i${((i % 24) + Math.floor(i / 24)) % 15}`,
    })),
  );
  await log.close();
  return directory.path;
}

/** Starts a training in a process of its own and kills it once it has replaced its checkpoint a few times by one that is meant. */
async function killed(
  args: readonly string[],
  checkpoint: string,
  meant: (bytes: Uint8Array) => boolean = () => true,
): Promise<void> {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, '../../bin/tendril.js'), 'train', ...args],
    {
      stdio: 'ignore',
    },
  );
  const over = new Promise<NodeJS.Signals | null>((resolve) =>
    child.once('exit', (_code, signal) => resolve(signal)),
  );
  const seen = new Set<number>();
  while (seen.size < 4 && child.exitCode === null) {
    if (existsSync(checkpoint) && meant(readFileSync(checkpoint))) seen.add(statSync(checkpoint).mtimeMs);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  child.kill('SIGKILL');
  expect(await over).toBe('SIGKILL');
}

const modelIn = (folder: string): Buffer => readFileSync(join(folder, '1.model'));

test('on a shop, a run that was killed goes on to the model of one that was not', {
  timeout: 120_000,
}, async () => {
  const [whole, broken] = [await shop('whole'), await shop('broken')];
  const options = ['--steps', '8000', '--seed', '5', '--json'];
  for (const setting of ['hidden=8', 'embedding=8', 'learningStarts=64']) options.push('--setting', setting);
  expect(await main(['train', 'dqn', '--data', whole, ...options])).toBe(0);
  const file = join(broken, 'models', 'dqn.checkpoint');
  await killed(['dqn', '--data', broken, '--checkpoint', '0', ...options], file);
  expect(existsSync(join(broken, 'models', 'dqn'))).toBe(false);
  expect(await main(['train', 'dqn', '--data', broken, '--resume', ...options, '--seed', '6'])).toBe(1);
  expect(captured.err).toContain('the killed run had other --seed, so it cannot go on');
  expect(await main(['train', 'dqn', '--data', broken, '--resume', ...options])).toBe(0);
  expect(modelIn(join(broken, 'models', 'dqn')).equals(modelIn(join(whole, 'models', 'dqn')))).toBe(true);
  expect(existsSync(file)).toBe(false);
});

test('a transformer goes on in the middle of a pass', { timeout: 120_000 }, async () => {
  const [whole, broken] = [await shop('whole'), await shop('broken')];
  const options = ['--seed', '5', '--json'];
  for (const setting of ['width=8', 'inner=8', 'batchSize=2', 'epochs=12', 'patience=12', 'threads=1'])
    options.push('--setting', setting);
  expect(await main(['train', 'transformer', '--data', whole, ...options])).toBe(0);
  const file = join(broken, 'models', 'transformer.checkpoint');
  await killed(['transformer', '--data', broken, '--checkpoint', '0', ...options], file);
  expect(
    await main(['train', 'transformer', '--data', broken, '--resume', ...options, '--setting', 'dropout=0']),
  ).toBe(1);
  expect(captured.err).toContain('the killed run had other --setting dropout, so it cannot go on');
  expect(await main(['train', 'transformer', '--data', broken, '--resume', ...options])).toBe(0);
  const [one, two] = [whole, broken].map((of) => modelIn(join(of, 'models', 'transformer')));
  expect(two!.equals(one!)).toBe(true);
  expect(existsSync(file)).toBe(false);
});

test('the best policy on the way is remembered over a kill', { timeout: 120_000 }, async () => {
  const [whole, broken] = [join(scratch.path, 'best-whole'), join(scratch.path, 'best-broken')];
  const options = ['--world', 'cart-pole-v1', '--steps', '20000', '--seed', '5', '--keep-best', '--json'];
  expect(await main(['train', 'reinforce', '--data', whole, ...options])).toBe(0);
  const { keptStep } = JSON.parse(captured.out.trim().split('\n').at(-1)!);
  expect(keptStep).toBeLessThan(15_000);
  const folder = (of: string): string => join(of, 'worlds', 'cart-pole-v1');
  const file = join(folder(broken), 'reinforce.checkpoint');
  await killed(['reinforce', '--data', broken, '--checkpoint', '0', ...options], file, (bytes) => {
    const best = readModel('checkpoint', bytes).values.best as { looks: number } | undefined;
    return (best?.looks ?? 0) >= 15;
  });
  const last = options.filter((one) => one !== '--keep-best');
  expect(await main(['train', 'reinforce', '--data', broken, '--resume', ...last])).toBe(1);
  expect(captured.err).toContain('the killed run had other --keep-best, so it cannot go on');
  expect(await main(['train', 'reinforce', '--data', broken, '--resume', ...options])).toBe(0);
  const [one, two] = [whole, broken].map((of) => modelIn(join(folder(of), 'reinforce')));
  expect(two!.equals(one!)).toBe(true);
});

test('in a world too, and what is stored there can be judged', { timeout: 120_000 }, async () => {
  const [whole, broken] = [join(scratch.path, 'whole'), join(scratch.path, 'broken')];
  const options = ['--world', 'frozen-lake-v1', '--steps', '40000', '--seed', '5', '--json'];
  expect(await main(['train', 'q-learning', '--data', whole, ...options])).toBe(0);
  const folder = (of: string): string => join(of, 'worlds', 'frozen-lake-v1');
  const file = join(folder(broken), 'q-learning.checkpoint');
  await killed(['q-learning', '--data', broken, '--checkpoint', '0', ...options], file);
  expect(await main(['train', 'q-learning', '--data', broken, '--resume', ...options])).toBe(0);
  const [one, two] = [whole, broken].map((of) => modelIn(join(folder(of), 'q-learning')));
  expect(two!.equals(one!)).toBe(true);
  expect(readdirSync(folder(broken))).toEqual(['q-learning']);

  const trained = JSON.parse(captured.out.trim().split('\n').at(-1)!);
  captured.out = '';
  const judged = [
    'evaluate',
    '--world',
    'frozen-lake-v1',
    '--data',
    broken,
    '--agents',
    'q-learning@1',
    '--json',
  ];
  expect(await main([...judged, '--seed', '5'])).toBe(0);
  expect(JSON.parse(captured.out)).toMatchObject({
    agent: 'q-learning',
    version: 1,
    meanReturn: trained.meanReturn,
  });
  expect(
    await main(['evaluate', '--world', 'frozen-lake-v1', '--data', broken, '--agents', 'q-learning@2']),
  ).toBe(1);
  expect(captured.err).toContain('there is no version 2 of agent "q-learning"');
});

test('a fine-tuning that was killed goes on, in the stage it was in, to the model of one that was not', {
  timeout: 300_000,
}, async () => {
  const [whole, broken] = [await shop('tuned'), await shop('tuned-broken')];
  const options = ['--rl', 'sqn', '--steps', '1000', '--seed', '5', '--json'];
  const settings = ['width=8', 'inner=8', 'blocks=1', 'places=5', 'hidden=8', 'embedding=4', 'batchSize=16'];
  for (const setting of [...settings, 'learningStarts=64']) options.push('--setting', setting);
  expect(await main(['train', 'transformer', '--data', whole, ...options])).toBe(0);
  const file = join(broken, 'models', 'transformer-rl-sqn.checkpoint');
  const args = ['transformer', '--data', broken, ...options, '--checkpoint', '0'];
  await killed(args, file);
  expect(Object.keys(readModel('checkpoint', readFileSync(file)).arrays)).toEqual(['fit']);
  await killed([...args, '--resume'], file, (bytes) => 'tuning' in readModel('checkpoint', bytes).arrays);
  expect(existsSync(join(broken, 'models', 'sqn'))).toBe(false);
  expect(await main(['train', ...args, '--resume'])).toBe(0);
  expect(existsSync(file)).toBe(false);
  expect(modelIn(join(broken, 'models', 'sqn'))).toEqual(modelIn(join(whole, 'models', 'sqn')));
});
