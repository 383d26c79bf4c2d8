/**
 * `npm test`: style, types, then every test. Ends with one line, `N passed, N failed, N skipped`; what was skipped is
 * named above it with the reason. Words after the command go to the test runner: `npm test -- src/math`.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const only = process.argv.slice(2);
const run = (command: string, args: string[]): number =>
  spawnSync(process.execPath, [join(root, 'node_modules', command), ...args], { cwd: root, stdio: 'inherit' })
    .status ?? 1;

let failed = 0;
if (only.length === 0) {
  for (const [name, command, args] of [
    ['style', '@biomejs/biome/bin/biome', ['check']],
    ['types', 'typescript/bin/tsc', ['--noEmit']],
    ['types of the pure rows', 'typescript/bin/tsc', ['-p', 'tsconfig.pure.json']],
    ['types of the tests', 'typescript/bin/tsc', ['-p', 'tsconfig.test.json']],
    ['unused code', 'knip/bin/knip.js', []],
    ['size of the source', '../scripts/size.ts', []],
  ] as const) {
    if (run(command, [...args]) !== 0) {
      console.error(`failed: ${name}`);
      failed++;
    }
  }
}

const report = join(mkdtempSync(join(tmpdir(), 'tendril-test-')), 'report.json');
const code = run('vitest/vitest.mjs', [
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report}`,
  ...only,
]);
let counts = { passed: 0, failed: 0, skipped: 0 };
try {
  const { numPassedTests, numFailedTests, numPendingTests, testResults } = JSON.parse(
    readFileSync(report, 'utf8'),
  );
  counts = { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests };
  for (const file of testResults) {
    for (const entry of file.assertionResults) {
      if (entry.status === 'pending' || entry.status === 'skipped') console.log(`skipped: ${entry.fullName}`);
    }
  }
} catch {
  console.error('the test runner left no report');
}
if (code !== 0 && counts.failed === 0) failed++;
failed += counts.failed;
if (counts.skipped > 0 && !process.env.TENDRIL_DATASETS)
  console.log('TENDRIL_DATASETS is not set: tests on the data sets outside the repository were skipped');
console.log(`${counts.passed} passed, ${failed} failed, ${counts.skipped} skipped`);
process.exitCode = failed > 0 || code !== 0 ? 1 : 0;
