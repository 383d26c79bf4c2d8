import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDataDirectory, sqliteLog } from '../adapters/index.ts';
import { captureOutput } from './captured-output.suite.ts';
import { main } from './main.ts';
import { testFolder } from './test-folder.suite.ts';

const scratch = testFolder();
const captured = captureOutput();

test('writes the network and what goes in and comes out; says who has none', {
  timeout: 120_000,
}, async () => {
  const directory = openDataDirectory(join(scratch.path, 'shop'), { create: true });
  const log = await sqliteLog(directory.logPath);
  await log.append(
    Array.from({ length: 240 }, (_, i) => ({
      eventId: `e${i}`,
      eventType: 'click',
      timestamp: 1000 * i,
      userId: `u${i % 24}`,
      itemId: `i${((i % 24) + Math.floor(i / 24)) % 15}`,
    })),
  );
  await log.close();
  const at = ['--data', directory.path];
  const small = ['width=8', 'inner=8', 'epochs=1', 'threads=1'].flatMap((one) => ['--setting', one]);
  expect(await main(['train', 'transformer', ...at, ...small])).toBe(0);
  expect(await main(['train', 'markov', ...at])).toBe(0);
  const out = join(scratch.path, 'network.onnx');
  captured.out = '';
  expect(await main(['export', 'transformer', ...at, '--out', out, '--json'])).toBe(0);
  expect(JSON.parse(captured.out)).toEqual({
    agent: 'transformer',
    version: 1,
    out,
    bytes: statSync(out).size,
  });
  const about = JSON.parse(readFileSync(join(scratch.path, 'network.json'), 'utf8'));
  expect(about.items.toSorted()).toEqual(Array.from({ length: 15 }, (_, i) => `i${i}`).toSorted());
  expect(about.outputs.scores.shape).toEqual([1, 15]);
  expect(await main(['export', 'markov', ...at, '--out', out])).toBe(2);
  expect(captured.err).toContain('"markov" cannot be exported; accepted: transformer, gru, lstm');
  expect(await main(['export', 'transformer', ...at, '--out', join(scratch.path, 'x.txt')])).toBe(2);
  expect(captured.err).toContain('ends with .onnx');
  const taken = join(scratch.path, 'taken.onnx');
  mkdirSync(taken);
  expect(await main(['export', 'transformer', ...at, '--out', taken])).toBe(1);
  expect(captured.err).toContain('taken.onnx is a directory');
  expect(await main(['export', 'transformer', ...at, '--out', join(scratch.path, 'new', 'x.onnx')])).toBe(0);
  expect(statSync(join(scratch.path, 'new', 'x.onnx')).size).toBe(statSync(out).size);
});
