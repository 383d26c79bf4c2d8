import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const tendril = join(import.meta.dirname, '../../bin/tendril.js');
const folder = mkdtempSync(join(tmpdir(), 'tendril-import-'));
afterAll(() => rmSync(folder, { recursive: true }));
const run = (rows: readonly string[]) => {
  const file = join(folder, 'events.csv');
  writeFileSync(file, ['user_id,item_id,event_type,timestamp', ...rows, ''].join('\n'));
  const args = [tendril, 'import', 'csv', file, '--data', join(folder, 'data'), '--json'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  return { status, stderr, summary: JSON.parse(stdout) };
};

test('an import of which nothing could be taken has failed, in a sentence; one good row is enough, known or new', () => {
  const bad = ['u1,i1,view,yesterday', 'u1,i1,view,tomorrow'];
  const refused = run(bad);
  expect(refused).toMatchObject({ status: 1, summary: { rows: 2, rejected: 2, accepted: 0 } });
  expect(refused.stderr).toContain(
    `every row was refused, 2 of 2; they are kept in ${refused.summary.rejectFile}`,
  );
  expect(refused.stderr).not.toMatch(/\n\s+at /);
  const some = [...bad, 'u1,i1,view,1700000000'];
  expect(run(some)).toMatchObject({ status: 0, stderr: '', summary: { rejected: 2, accepted: 1 } });
  expect(run(some)).toMatchObject({ status: 0, stderr: '', summary: { rejected: 2, accepted: 0 } });
});
