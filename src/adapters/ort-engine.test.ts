import { expect, test } from 'vitest';
import { engineSuite } from '../math/engine.suite.ts';
import { openEngine } from './open-engine.ts';
import { ortEngine } from './ort-engine.ts';
import { ortWebEngine } from './ort-web-engine.ts';

engineSuite('ortEngine', ortEngine);
engineSuite('ortWebEngine', ortWebEngine);

test('openEngine takes the native engine and says nothing', async () => {
  const lines: string[] = [];
  expect((await openEngine((line) => lines.push(line))).id).toContain('onnxruntime-node');
  expect(lines).toEqual([]);
});

test('openEngine falls back in the open', async () => {
  const lines: string[] = [];
  const broken = () => Promise.reject(new Error('cannot open shared object'));
  expect((await openEngine((line) => lines.push(line), broken)).id).toContain('onnxruntime-web');
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain('cannot open shared object');
});
