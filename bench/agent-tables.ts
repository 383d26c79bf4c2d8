/**
 * `node bench/agent-tables.ts`: writes the results tables of docs/agents (between the results marks) and of
 * docs/guide/evaluation.md, shop-v1.md and campaign-v2.md out of bench/results, never by hand. Make those first:
 * bench/ranking.ts, bench/blend.ts, bench/transformer-quality.ts, bench/musical-instruments.ts, bench/related.ts, bench/shop.ts, bench/relatives.ts,
 * bench/virtual-taobao.ts, bench/bandits.ts, bench/control.ts, bench/campaign-v1.ts, bench/hillstrom.ts, bench/shopper-factors.ts and
 * bench/campaign.ts.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Results {
  readonly command: string;
  readonly date: string;
  readonly machine: string;
  readonly node: string;
  readonly load?: number;
  readonly seeds: readonly number[];
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

const root = join(import.meta.dirname, '..');
const read = (name: string): Results | undefined => {
  const path = join(root, 'bench/results', `${name}.json`);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
};
const [s3rec, sessions, musical] = [read('s3rec'), read('sessions'), read('musical-instruments')];
/** The rows of bench/shop.ts with their nested figures laid flat, by the name each variant goes by. */
const shops = flat(read('shop-v1'));
/** Of three, the mean and its bounds. */
const number = (value: unknown): string => {
  if (Array.isArray(value)) return `${number(value[0])} (${number(value[1])} to ${number(value[2])})`;
  return typeof value === 'number' ? value.toFixed(4) : '';
};

const folder = join(root, 'docs/agents');
// q-learning is in bench/bandits.ts as a peer of the bandits; its own table of small worlds is that of bench/tabular.ts.
for (const file of readdirSync(folder)) {
  const name = file.replace(/\.md$/, '');
  const is = (row: Readonly<Record<string, unknown>>): boolean =>
    name === 'blend'
      ? String(row.agent).includes('+')
      : [name, `${name} as printed`, `${name} top-k`, `${name} --user-specific`, `${name} --biased`].includes(
          String(row.agent),
        );
  fill(
    join(folder, file),
    name === 'related'
      ? ablation()
      : [
          ...(name === 'blend' ? [...blendTable(), ...peerTable()] : []),
          ...(name === 'transformer' ? transformerTable() : []),
          ...tables(is),
          ...(name === 'q-learning' ? [] : worldTables(is)),
        ],
  );
}
fill(join(root, 'docs/guide/evaluation.md'), [...tables(() => true), ...tuningTable()]);
fill(
  join(root, 'docs/guide/shop-v1.md'),
  shopTables(() => true),
);

fill(join(root, 'docs/guide/campaign-v2.md'), campaignTable());

function tables(is: (row: Readonly<Record<string, unknown>>) => boolean): string[] {
  return [
    ...table(
      s3rec,
      is,
      ['set', 'agent', 'setting'],
      ['hr@10', 'ndcg@10', 'debiased-hr@10', 'coverage@10', 'long-tail@10', 'fitSeconds'],
    ),
    ...table(
      sessions,
      is,
      ['set', 'agent', 'setting'],
      ['recall@20', 'mrr@20', 'debiased-hr@20', 'coverage@20', 'fitSeconds'],
    ),
    ...table(
      musical,
      is,
      ['protocol', 'agent'],
      ['hr@10', 'ndcg@10', 'debiased-hr@10', 'coverage@10', 'fitSeconds'],
      'ndcg@10 over seeds',
    ),
    ...shopTables(is),
  ];
}

/** Of bench/blend.ts: blends with a transformer, beside the fixed blend of counts. */
function blendTable(): string[] {
  return table(
    read('blend'),
    () => true,
    ['set', 'agent', 'seed'],
    [
      'hr@10',
      'ndcg@10',
      'debiased-hr@10',
      'hr@10 gain',
      'hr@10 gain low',
      'hr@10 gain high',
      'ndcg@10 gain',
      'ndcg@10 gain low',
      'ndcg@10 gain high',
    ],
  );
}

/** Blends beside one that was measured outside this repository. */
function peerTable(): string[] {
  const figures = ['hr@10', 'ndcg@10'].flatMap((figure) =>
    ['', ' of the peer', ' above', ' above low', ' above high'].map((which) => `${figure}${which}`),
  );
  return table(read('blend-peer'), () => true, ['set', 'agent', 'seed'], figures);
}

function tuningTable(): string[] {
  return table(
    read('tuning'),
    () => true,
    ['agent', 'setting'],
    ['hr@10', 'ndcg@10', 'ndcg@10 above defaults', 'above low', 'above high', 'fitSeconds'],
  );
}

/** Of bench/transformer-quality.ts: of each file the mean over seeds, the least and the most. */
function transformerTable(): string[] {
  const results = read('transformer');
  const rows = (results?.rows ?? []).filter(
    (row) => String((row.settings as { threads?: unknown } | undefined)?.threads) === '1',
  );
  const settingOf = ({ settings }: Readonly<Record<string, unknown>>): string =>
    Object.entries(settings as Record<string, string>)
      .filter(([name]) => name !== 'threads')
      .map(([name, value]) => `${name}=${value}`)
      .join(' ') || 'defaults';
  const groups = new Set(rows.map((row) => `${row.set} ${settingOf(row)}`));
  const means = [...groups].map((group) => {
    const some = rows.filter((row) => `${row.set} ${settingOf(row)}` === group);
    const meanOf = (figure: string): readonly number[] => {
      const each = some.map((row) => row[figure] as number);
      return [each.reduce((sum, x) => sum + x / each.length, 0), Math.min(...each), Math.max(...each)];
    };
    return {
      set: some[0]!.set,
      setting: settingOf(some[0]!),
      ...Object.fromEntries(['hr@10', 'ndcg@10', 'debiased-hr@10'].map((figure) => [figure, meanOf(figure)])),
    };
  });
  return table(
    results && { ...results, command: `${results.command} ... threads=1`, rows: means },
    () => true,
    ['set', 'setting'],
    ['hr@10', 'ndcg@10', 'debiased-hr@10'],
  );
}

/** Of all agents, each without the graph and with it: not a part of the headline tables. */
function ablation(): string[] {
  return table(
    read('related'),
    () => true,
    ['protocol', 'agent'],
    ['hr@10', 'ndcg@10', 'debiased-hr@10', 'coverage@10', 'novelty@10'],
    'ndcg@10 above the row before',
  );
}

function shopTables(is: (row: Readonly<Record<string, unknown>>) => boolean): string[] {
  return [
    ...table(
      shops,
      (row) => row.world === 'shop-v1' && is(row),
      ['world', 'agent', 'shops won'],
      ['reward', "share of the oracle's", 'success rate', 'minus the best baseline'],
      'over shops',
    ),
    ...table(
      shops,
      (row) => row.world === 'shop-small-v1' && is(row),
      ['world', 'agent'],
      ['value', 'share'],
      'over seeds',
    ),
  ];
}

/** Of agents that learn by acting in small worlds. */
function worldTables(is: (row: Readonly<Record<string, unknown>>) => boolean): string[] {
  const isOrUniform = (row: Readonly<Record<string, unknown>>): boolean => is(row) || row.agent === 'uniform';
  const taobao = means(read('virtual-taobao'));
  return [
    ...table(
      read('control'),
      is,
      ['run', 'steps', 'seeds'],
      ['interquartileMean', 'meanReturn', 'lowest', 'bestReturn'],
    ),
    ...table(
      read('campaign-v1'),
      is,
      ['steps'],
      ['meanReward', 'shareOfBest', 'lowestShare', 'processorSeconds'],
    ),
    ...table(
      read('hillstrom'),
      (row) => row.what === 'mean over seeds' && is(row),
      ['outcome'],
      ['value', 'low', 'high', 'difference', 'differenceLow', 'differenceHigh'],
    ),
    ...table(
      read('shopper-factors'),
      is,
      ['agent', 'steps'],
      ['ndcg@10', 'ndcg@10 gain', 'hr@10', 'hr@10 gain'],
    ),
    ...table(
      means(read('relatives')),
      is,
      ['world', 'steps', 'settings'],
      ['meanReturn', 'lowest', 'bestReturn'],
    ),
    ...(taobao?.rows.some(is)
      ? table(taobao, isOrUniform, ['agent', 'steps', 'settings'], ['clickRate', 'same for all'])
      : []),
    ...table(
      means(read('bandits')),
      is,
      ['world', 'settings'],
      ['regret@1000', 'regret@20000', 'share@1000', 'share@20000'],
    ),
  ];
}

/** Figures of several seeds as their mean, settings as text. */
function means(results: Results | undefined): Results | undefined {
  const plain = ([name, value]: [string, unknown]): [string, unknown] => {
    if (name === 'settings')
      return [
        name,
        Object.entries(value as object)
          .map(([key, is]) => `${key}=${is}`)
          .join(' ') || 'defaults',
      ];
    return [name, (value as { mean?: number } | null)?.mean ?? value];
  };
  return (
    results && {
      ...results,
      rows: results.rows.map((row) => Object.fromEntries(Object.entries(row).map(plain))),
    }
  );
}

/** What each contender brings in campaign-v2, and what ppo brings more, paired. */
function campaignTable(): string[] {
  type Bounds =
    | { readonly mean: number; readonly low: number; readonly high: number; readonly seeds: number }
    | undefined;
  const results = read('campaign');
  const rows = (results?.rows ?? []).map((row) => {
    const [margin, less] = [row.margin as Bounds, row.ppoLess as Bounds];
    return {
      variant: row.variant,
      contender: row.contender,
      seeds: (less ?? margin)?.seeds,
      'net margin': margin?.mean,
      'ppo brings more': less?.mean,
      ...(less && { 'over seeds': [less.low, less.high] }),
    };
  });
  return table(
    results && { ...results, rows },
    () => true,
    ['variant', 'contender', 'seeds'],
    ['net margin', 'ppo brings more'],
    'over seeds',
  );
}

function flat(results: Results | undefined): Results | undefined {
  if (!results) return undefined;
  type Bounds = { readonly mean: number; readonly low: number; readonly high: number } | undefined;
  return {
    ...results,
    rows: results.rows.map((row) => {
      const less = row.minusBestBaseline as Bounds;
      return {
        world: row.world,
        agent: row.label ?? row.agent,
        'shops won': row.shopsWon,
        reward: (row.reward as Bounds)?.mean,
        "share of the oracle's": row.oracleShare,
        'success rate': row.successRate,
        'minus the best baseline': less?.mean,
        ...(less && { 'over shops': [less.low, less.high] }),
        value: row.value,
        share: row.share,
        ...(row.low !== undefined && { 'over seeds': [row.low, row.high] }),
      };
    }),
  };
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
    `\`${results.command}\`, seeds ${seedsOf(results, rows)}, ${results.date}, ${results.machine}, Node ${results.node}${busy(results)}${earlier(rows)}:`,
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

/** Of benchmarks that are run in parts, each row has seeds of its own. */
function seedsOf({ seeds }: Results, rows: readonly Readonly<Record<string, unknown>>[]): string {
  const lists = new Set(rows.map((row) => (Array.isArray(row.seeds) ? row.seeds : seeds).join(', ')));
  return lists.size === 1 ? [...lists][0]! : 'as each row says';
}

/** Rows that were measured on another day are named. */
function earlier(rows: readonly Readonly<Record<string, unknown>>[]): string {
  const days = new Map<unknown, Set<unknown>>();
  for (const { measured, agent } of rows) {
    if (measured !== undefined) days.set(measured, (days.get(measured) ?? new Set()).add(agent));
  }
  return [...days].map(([day, agents]) => `; ${[...agents].join(', ')}: ${day}`).join('');
}

/** Times of a machine that had other things to do are said to be so. */
function busy({ load = 0, machine }: Results): string {
  return load > Number.parseInt(machine, 10) ? `; times of a shared machine (load ${load})` : '';
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
