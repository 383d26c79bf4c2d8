import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const tendril = join(import.meta.dirname, '../../bin/tendril.js');
const run = (input: string | Buffer, ...args: string[]) =>
  spawnSync(process.execPath, [tendril, 'sentiment', ...args], { input, encoding: 'utf8' });

test('a line out for each line in: empty ones, CR LF, a last one without LF, other separators within', () => {
  const { stdout, stderr, status } = run(
    'VADER is smart!\r\n\n\u2028good\u0085bad\rfine\n\ufeffgood\nnot good',
  );
  expect(stdout.split('\n')).toEqual([
    '0.0\t0.401\t0.599\t0.4574',
    '0.0\t0.0\t0.0\t0.0',
    '0.427\t0.0\t0.573\t0.0516',
    '0.0\t1.0\t0.0\t0.0',
    '0.706\t0.294\t0.0\t-0.3412',
    '',
  ]);
  expect(stderr).toBe('5 lines: 2 positive, 2 neutral, 1 negative\n');
  expect(status).toBe(0);
});

test('no input is no output; a byte order mark at the beginning is not part of the text', () => {
  expect(run('').stdout).toBe('');
  expect(run('\ufeffgood', '--json').stdout).toBe('{"neg":0,"neu":0,"pos":1,"compound":0.4404}\n');
});

test('lines may be cut anywhere between chunks', () => {
  const lines = Array.from({ length: 30_000 }, (_, i) => (i % 3 ? 'schön good \u{1F600}' : ''));
  const { stdout } = run(lines.join('\n'));
  const rows = stdout.trimEnd().split('\n');
  expect(rows.length).toBe(30_000);
  expect(new Set(rows).size).toBe(2);
});

test('files are read one after another; what is wrong with one is said in a sentence', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tendril-sentiment-'));
  const [good, bad] = [join(folder, 'good.txt'), join(folder, 'bad.txt')];
  writeFileSync(good, 'good\n');
  writeFileSync(bad, Buffer.from('fine\nsch\xf6n\n', 'latin1'));
  expect(run('', good, good).stdout).toBe('0.0\t0.0\t1.0\t0.4404\n'.repeat(2));
  const broken = run('', bad);
  expect([broken.status, broken.stderr]).toEqual([
    1,
    expect.stringContaining('line 2: these bytes are not UTF-8'),
  ]);
  expect(run('', join(folder, 'none.txt')).stderr).toContain('there is no file');
  expect(run('', folder).stderr).toContain('is a directory');
});

test.each(['sentiment', 'agents --json'])(
  'a reader that goes away ends the run quietly: %s',
  async (command) => {
    const child = spawn(process.execPath, [tendril, ...command.split(' ')], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.stdin.on('error', () => {});
    child.stdout.once('data', () => child.stdout.destroy());
    child.stdin.end('good\n'.repeat(500_000));
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(code).toBe(0);
    expect(stderr).not.toContain('EPIPE');
  },
);
