import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { main } from './main.ts';

const folder = mkdtempSync(join(tmpdir(), 'tendril-evaluate-'));
const ring = join(folder, 'ring.txt');
writeFileSync(
  ring,
  Array.from(
    { length: 40 },
    (_, u) => `u${u} ${[0, 1, 2, 3].map((i) => `item${(u + i) % 10}`).join(' ')}\n`,
  ).join(''),
);

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const out = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const err = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const code = await main(['evaluate', ...args]);
  const text = (spy: typeof out | typeof err): string =>
    spy.mock.calls.map(([chunk]) => String(chunk)).join('');
  return { code, out: text(out), err: text(err) };
}
afterEach(() => {
  vi.restoreAllMocks();
});

test('one JSON object an agent, as scripts rely on it', async () => {
  const { code, out } = await run(
    '--sequences',
    ring,
    '--protocol',
    'leave-one-out',
    '--agents',
    'markov,markov+item-knn',
    '--json',
  );
  expect(code).toBe(0);
  const rows = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(rows.map((row) => row.agent)).toEqual(['markov', 'markov+item-knn']);
  expect(rows[0]).toMatchObject({ 'hr@10': 1, protocol: 'leave-one-out', cases: 40, seed: 1 });
  expect(rows[0]['ndcg@10']).toBeGreaterThan(0.99);
  expect(rows[0].seconds).toBeGreaterThan(0);
});

test('blend names the mixture of counts and the transformer, also in its settings', async () => {
  const { code, out } = await run(
    ...['--sequences', ring, '--agents', 'blend', '--set', 'blend.transformer.epochs=1', '--json'],
  );
  expect(code).toBe(0);
  const row = JSON.parse(out);
  expect(row).toMatchObject({ agent: 'blend', cases: 40 });
  expect(row['ndcg@10']).toBeGreaterThan(0.99);
  expect(Object.keys(row.report)).toEqual(
    expect.arrayContaining(['markov.weight', 'item-knn.weight', 'transformer.weight']),
  );
});

test('a table for people, and everything in a file', async () => {
  const file = join(folder, 'new', 'results.json');
  const { code, out } = await run('--sequences', ring, '--agents', 'popularity', '--k', '3', '--out', file);
  expect(code).toBe(0);
  expect(out).toContain('Leave one out');
  expect(out).toContain('hr@3');
  expect(JSON.parse(readFileSync(file, 'utf8')).rows[0].agent).toBe('popularity');
});

test('what damaged histories cost, where it is asked for', async () => {
  const { out } = await run('--sequences', ring, '--agents', 'markov', '--robustness', '--json');
  const row = JSON.parse(out);
  expect(row['ndcg@10.whole']).toBe(row['ndcg@10']);
  expect(row['ndcg@10.replaced']).toBeLessThan(row['ndcg@10.whole']);
  expect(row['ndcg@10.bare']).toBe(row['ndcg@10.whole']);
});

test('sessions from two files; settings of an agent', async () => {
  const [train, later] = [join(folder, 'train.txt'), join(folder, 'test.txt')];
  writeFileSync(train, '1 2 3\n2 3\n'.repeat(20));
  writeFileSync(later, '1 2 3\n');
  const { code, out } = await run(
    '--protocol',
    'sessions',
    '--train',
    train,
    '--test',
    later,
    '--agents',
    'markov',
    '--set',
    'markov.window=1',
    '--json',
  );
  expect(code).toBe(0);
  expect(JSON.parse(out)['recall@20']).toBe(1);
});

test('what is used wrongly is said in one sentence, with exit code 2; what is wrong in the data with 1', async () => {
  const short = join(folder, 'short.txt');
  writeFileSync(short, 'u1 a b\nu2 b c\n');
  const cases: [number, string, string[]][] = [
    [2, 'there is no agent "nobody"', ['--sequences', ring, '--agents', 'nobody']],
    [2, 'unknown setting "speed"', ['--sequences', ring, '--agents', 'markov', '--set', 'markov.speed=3']],
    [
      2,
      'markov: unknown setting "speed"',
      ['--sequences', join(folder, 'none'), '--agents', 'als,markov', '--set', 'markov.speed=3'],
    ],
    [2, 'and no sequences', ['--sequences', ring, '--world', 'shop-v1']],
    [1, 'no data directory', ['--world', 'shop-v1', '--data', join(folder, 'none')]],
    [2, 'accepted: agent.setting=value', ['--sequences', ring, '--agents', 'markov', '--set', 'window=3']],
    [2, '--train and --test go together', ['--train', ring]],
    [2, 'not both', ['--sequences', ring, '--data', folder]],
    [2, 'Allowed choices are leave-one-out', ['--protocol', 'guess']],
    [2, 'accepted: a whole number from 1', ['--k', '0']],
    [1, 'is a directory', ['--sequences', join(folder, 'none'), '--agents', 'markov', '--out', folder]],
    [1, 'leave-one-out needs shoppers of three interactions', ['--sequences', short, '--agents', 'markov']],
    [2, 'needs the time of each interaction', ['--sequences', ring, '--protocol', 'sessions']],
    [2, '--train and --test are both', ['--protocol', 'sessions', '--train', ring, '--test', ring]],
    [2, 'needs the time of each interaction', ['--sequences', ring, '--protocol', 'time']],
    [
      2,
      'accepted with --protocol time: false',
      [
        ...['--sequences', ring, '--protocol', 'time', '--agents', 'markov+transformer'],
        ...['--set', 'markov+transformer.transformer.reviewSentiment=true'],
      ],
    ],
    [1, 'there is no file', ['--sequences', join(folder, 'none')]],
  ];
  for (const [expected, words, args] of cases) {
    const { code, out, err } = await run(...args);
    expect(err, words).toContain(words);
    expect(err).not.toContain('    at ');
    expect([code, out], words).toEqual([expected, '']);
    vi.restoreAllMocks();
  }
});
