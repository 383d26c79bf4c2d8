import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';

/** The direction of imports is the table in src/README.md; this test is what makes it true. */
const src = join(import.meta.dirname, '../../src');
const map = readFileSync(join(src, 'README.md'), 'utf8');
const rows = [...map.matchAll(/^\d (.+)$/gm)].map((match) => match[1]!.split(' '));
/** Folders that may import packages. All others are pure: no Node, no npm. */
const packages: Readonly<Record<string, RegExp>> = { core: /^zod$/, adapters: /./, server: /./, cli: /./ };

const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !/\.(test|suite|bench)\.ts$/.test(file) && !file.includes('assembly/'),
);
const unitOf = (file: string): string => file.split('/')[0] ?? file;
const rowOf = (file: string): number => rows.findIndex((row) => row.includes(unitOf(file)));

export function complaint(file: string, spec: string): string | undefined {
  const from = unitOf(file);
  if (!spec.startsWith('.')) {
    if (from === 'testing.ts' && spec === 'vitest') return undefined;
    return packages[from]?.test(spec) ? undefined : `${file}: ${from} may not import '${spec}'`;
  }
  const target = normalize(join(dirname(file), spec));
  if (unitOf(target) === from) return undefined;
  if (from === 'testing.ts' && target.endsWith('.suite.ts')) return undefined;
  if (rowOf(target) >= rowOf(file)) return `${file}: ${from} may not import ${unitOf(target)}`;
  if (target.includes('/') && !target.endsWith('/index.ts'))
    return `${file}: knock at ${unitOf(target)}/index.ts`;
  return undefined;
}

/** A file without its comments. */
const codeOf = (file: string): string =>
  readFileSync(join(src, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|(?<!:)\/\/.*$/gm, '');
const importsOf = (text: string): string[] =>
  [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*(['"`])([^'"`\s]+)\1/g)].map((match) => match[2]!);
const breach =
  /\bMath\s*(?:\.\s*random\b|\[)|=\s*(?:Math|Date)\s*[;,)\n]|\bDate\s*\.\s*now\b|\bnew Date\b(?!\s*\(\s*[^)\s])|(?<!new )\bDate\s*\(|\bset(?:Timeout|Interval|Immediate)\b|\bperformance\b\s*\./;

test('the table has every row', () =>
  expect(rows.map((row) => row[0])).toEqual([
    'core',
    'math',
    'log',
    'ingest',
    'loop.ts',
    'eval',
    'adapters',
    'server',
    'cli',
  ]));

test('imports lean the right way, use the doors, and stay pure', () => {
  const found = files.flatMap((file) => importsOf(codeOf(file)).map((spec) => complaint(file, spec)));
  expect(found.filter(Boolean)).toEqual([]);
});

test('a breach is found', () => {
  expect(complaint('core/rng.ts', 'node:fs')).toContain('may not import');
  expect(complaint('log/log.ts', '../state/index.ts')).toContain('may not import');
  expect(complaint('learn/x.ts', '../agent/agent.ts')).toContain('knock at');
  const written = `import 'a'; import x from "b"; export * from 'c'; const d = () => import(\`d\`);`;
  expect(importsOf(written)).toEqual(['a', 'b', 'c', 'd']);
  for (const code of [
    'Math.random()',
    "Math['random']()",
    'const m = Math;',
    'Date.now()',
    'new Date()',
    'new Date;',
    'Date()',
    'setTimeout(f)',
    'performance.now()',
  ])
    expect(code).toMatch(breach);
  for (const code of ['new Date(time)', 'Date.UTC(2000, 0)', 'Date.parse(text)', 'Math.max(1, 2)'])
    expect(code).not.toMatch(breach);
});

/** The first circle of imports there is, types too: a file that two others must know belongs below both. */
function circleIn(files: readonly string[], importsOfFile: (file: string) => readonly string[]): string[] {
  const done = new Set<string>();
  const walk = (file: string, above: readonly string[]): string[] => {
    const at = above.indexOf(file);
    if (at >= 0) return [...above.slice(at), file];
    if (done.has(file)) return [];
    for (const next of importsOfFile(file)) {
      const circle = walk(next, [...above, file]);
      if (circle.length > 0) return circle;
    }
    done.add(file);
    return [];
  };
  return files.map((file) => walk(file, [])).find((circle) => circle.length > 0) ?? [];
}

test('no imports go round in a circle', () => {
  const known = new Set(files);
  const inside = (file: string): string[] =>
    importsOf(codeOf(file))
      .map((spec) => normalize(join(dirname(file), spec)))
      .filter((target) => known.has(target));
  expect(circleIn(files, inside)).toEqual([]);
  const made: Record<string, string[]> = { a: ['b'], b: ['c', 'd'], c: [], d: ['b'] };
  expect(circleIn(Object.keys(made), (file) => made[file]!)).toEqual(['b', 'd', 'b']);
});

test('pure rows take time and chance as arguments', () => {
  const pure = files.filter((file) => (rowOf(file) >= 0 && rowOf(file) <= 5) || unitOf(file) === 'client');
  expect(pure.filter((file) => breach.test(codeOf(file)))).toEqual([]);
});

test('every folder has a row and a paragraph in the map', () => {
  const units = [...new Set(files.map(unitOf))];
  expect(units.filter((unit) => rowOf(unit) < 0 || !map.includes(`**${unit}**`))).toEqual([]);
});

test('names say what a file holds', () => {
  const banned = /(^|\/)(utils?|helpers?|common|misc|manager|service|base-|abstract-)/;
  expect(files.filter((file) => banned.test(file))).toEqual([]);
});

test('no file is longer than 400 lines', () => {
  const long = files.filter(
    (file) => !file.endsWith('.data.ts') && readFileSync(join(src, file), 'utf8').split('\n').length > 401,
  );
  expect(long).toEqual([]);
});
