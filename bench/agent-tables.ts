/**
 * `node bench/agent-tables.ts`: writes the results tables of docs/agents (between the results marks) and of
 * docs/guide/evaluation.md out of bench/results, never by hand. Make those first: bench/ranking.ts and
 * bench/musical-instruments.ts.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Results {
  readonly command: string;
  readonly date: string;
  readonly machine: string;
  readonly node: string;
  readonly seeds: readonly number[];
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

const root = join(import.meta.dirname, '..');
const read = (name: string): Results | undefined => {
  const path = join(root, 'bench/results', `${name}.json`);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
};
const [s3rec, sessions, musical] = [read('s3rec'), read('sessions'), read('musical-instruments')];
const number = (value: unknown): string => (typeof value === 'number' ? value.toFixed(4) : '');

const folder = join(root, 'docs/agents');
for (const file of readdirSync(folder)) {
  const name = file.replace(/\.md$/, '');
  const is = (row: Readonly<Record<string, unknown>>): boolean =>
    name === 'blend'
      ? String(row.agent).includes('+')
      : row.agent === name || row.agent === `${name} as printed`;
  fill(join(folder, file), tables(is));
}
fill(
  join(root, 'docs/guide/evaluation.md'),
  tables(() => true),
);

function tables(is: (row: Readonly<Record<string, unknown>>) => boolean): string[] {
  return [
    ...table(
      s3rec,
      is,
      ['set', 'agent'],
      ['hr@10', 'ndcg@10', 'debiased-hr@10', 'coverage@10', 'long-tail@10', 'fitSeconds'],
    ),
    ...table(
      sessions,
      is,
      ['set', 'agent'],
      ['recall@20', 'mrr@20', 'debiased-hr@20', 'coverage@20', 'fitSeconds'],
    ),
    ...table(
      musical,
      is,
      ['protocol', 'agent'],
      ['hr@10', 'ndcg@10', 'debiased-hr@10', 'coverage@10', 'fitSeconds'],
      'ndcg@10 over seeds',
    ),
  ];
}

function table(
  results: Results | undefined,
  is: (row: Readonly<Record<string, unknown>>) => boolean,
  words: readonly string[],
  figures: readonly string[],
  interval?: string,
): string[] {
  const rows = results?.rows.filter(is) ?? [];
  if (!results || rows.length === 0) return [];
  const head = [...words, ...figures, ...(interval ? [interval] : [])];
  return [
    `\`${results.command}\`, seeds ${results.seeds.join(', ')}, ${results.date}, ${results.machine}, Node ${results.node}:`,
    '',
    `| ${head.join(' | ')} |`,
    `|${head.map(() => '---').join('|')}|`,
    ...rows.map((row) => {
      const bounds = interval ? (row[interval] as readonly number[] | undefined) : undefined;
      const cells = [
        ...words.map((word) => String(row[word] ?? '')),
        ...figures.map((figure) => number(row[figure])),
        ...(interval ? [bounds ? bounds.map(number).join(' .. ') : ''] : []),
      ];
      return `| ${cells.join(' | ')} |`;
    }),
    '',
  ];
}

/** Replaces what stands between the marks, where a page has them and there is something to write. */
function fill(path: string, lines: readonly string[]): void {
  if (lines.length === 0 || !existsSync(path)) return;
  const text = readFileSync(path, 'utf8');
  const next = text.replace(
    /(<!-- results:start -->\n)[\s\S]*?(<!-- results:end -->)/,
    (_all, start, end) => `${start}${lines.join('\n')}\n${end}`,
  );
  if (next !== text) writeFileSync(path, next);
}
