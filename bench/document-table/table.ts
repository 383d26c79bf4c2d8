interface Bounds {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

type Row = Readonly<Record<string, unknown>>;

interface Results {
  readonly command: string;
  readonly date?: string;
  readonly machine?: string;
  readonly node?: string;
  readonly data?: string;
  readonly seeds?: readonly number[];
  readonly load?: number;
  readonly rows: readonly Row[];
}

const start = '<!-- results:start -->';
const end = '<!-- results:end -->';

/** A page with the tables of bench/results/document-table.json between its marks. */
export function withTable(page: string, results: Results): string {
  const [from, to] = [page.indexOf(start), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`the page has no ${start} ... ${end}`);
  return `${page.slice(0, from)}${start}\n${tables(results)}\n${page.slice(to)}`;
}

const fineTuned = (row: Row): boolean => /^(sqn|off-policy-ac)/.test(String(row.agent));
const traditional = (row: Row): boolean => !fineTuned(row) && row.agent !== 'transformer';

/** Each claim beside the best fine-tuned transformer, the best of the others, and the transformer alone. */
function claims(rows: readonly Row[]): string[][] {
  const meanOf = (row: Row | undefined, figure: string): number =>
    (row?.[figure] as Bounds | undefined)?.mean ?? 0;
  const best = (which: (row: Row) => boolean, figure: string): Row | undefined =>
    rows.filter(which).sort((a, b) => meanOf(b, figure) - meanOf(a, figure))[0];
  const alone = rows.find(({ agent }) => agent === 'transformer');
  const more = (a: number, b: number): string => `${a < b ? '' : '+'}${(100 * (a / b - 1)).toFixed(1)} %`;
  const share = (x: number): string => `${(100 * x).toFixed(1)} %`;
  const beside = (figure: string, say: (a: number, b: number) => string): string[] => {
    const [tuned, other] = [best(fineTuned, figure), best(traditional, figure)];
    const [a, b] = [meanOf(tuned, figure), meanOf(other, figure)];
    return [`${say(a, b)} (${tuned?.agent}; ${other?.agent})`, say(a, meanOf(alone, figure))];
  };
  const milliseconds = (which: (row: Row) => boolean): string => {
    const all = rows
      .filter(which)
      .flatMap(({ times }) => (times ? [(times as { processor: number }).processor] : []));
    return all.length > 0 ? `${Math.min(...all).toFixed(1)} to ${Math.max(...all).toFixed(1)} ms` : '';
  };
  const clicks = (a: number, b: number): string => `${share(a)} against ${share(b)}`;
  return [
    ['precision', '+12 %', ...beside('precision', more)],
    ['recall', '+8 %', ...beside('recall', more)],
    ['clicks', '23 % against 18 %', ...beside('hitRate', clicks)],
    [
      'an answer',
      '15 ms against 50 ms',
      `${milliseconds(fineTuned)} against ${milliseconds(traditional)}`,
      `${milliseconds(fineTuned)} against ${milliseconds((row) => row === alone)}`,
    ],
  ];
}

function tables({ command, date, machine, node, data, seeds, load, rows }: Results): string {
  const table = (head: readonly string[], lines: readonly (readonly string[])[]): string =>
    [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  const short = (x: unknown): string => (typeof x === 'number' ? x.toFixed(4) : '');
  const mean = (row: Row, figure: string): string => short((row[figure] as Bounds | undefined)?.mean);
  const less = (row: Row, figure: string): string => {
    const of = (row.minusTransformer as Readonly<Record<string, Bounds>> | undefined)?.[figure];
    const signed = (x: number): string => `${x < 0 ? '' : '+'}${x.toFixed(4)}`;
    // Of one shop there is no interval: JSON has null for what is infinite.
    return of && Number.isFinite(of.low)
      ? `${signed(of.mean)} (${signed(of.low)} .. ${signed(of.high)})`
      : '';
  };
  const nextItem = (which: (row: Row) => boolean): string => {
    const all = rows
      .filter(which)
      .map((row) => mean(row, 'ndcg'))
      .sort();
    return all.length > 1 ? `${all[0]} to ${all.at(-1)}` : `${all[0]}`;
  };
  type Estimate = Readonly<Record<string, number>> & { readonly name: string };
  const estimates = (rows[0]!.offPolicy as readonly Estimate[]).map(({ name }) => name);
  const said = ({ refused, value, truth, halfWidth, covered }: Estimate, all: number): string =>
    value === undefined
      ? 'refused'
      : `${short(value)} +- ${short(halfWidth)}, covered ${covered} of ${all - refused!}${refused ? `, ${refused} refused (truth of the rest ${short(truth)})` : ''}`;
  return [
    `\`${command}\`; ${data}; seeds ${seeds?.join(', ')}, ${date}, ${machine}, Node ${node}, load ${load}:`,
    '',
    table(
      ['claim', 'theirs', 'ours: fine-tuned beside the best of the others', 'beside the transformer alone'],
      claims(rows),
    ),
    '',
    table(
      [
        'agent',
        'precision@5',
        'recall@5',
        'clicks a slate',
        'reward',
        'visits with a purchase',
        'median ms',
        'p99 ms',
        'processor ms',
      ],
      rows.map((row) => {
        const times = row.times as { median?: number; p99?: number; processor?: number } | undefined;
        return [
          String(row.agent),
          ...['precision', 'recall', 'hitRate', 'reward', 'successRate'].map((figure) => mean(row, figure)),
          ...[times?.median, times?.p99, times?.processor].map((ms) =>
            ms === undefined ? '' : ms.toFixed(2),
          ),
        ];
      }),
    ),
    '',
    'Less the same transformer without fine-tuning, paired by shop (95 %):',
    '',
    table(
      ['agent', 'precision@5', 'recall@5', 'clicks a slate', 'reward'],
      rows
        .filter(({ minusTransformer }) => minusTransformer)
        .map((row) => [
          String(row.agent),
          ...['precision', 'recall', 'hitRate', 'reward'].map((figure) => less(row, figure)),
        ]),
    ),
    '',
    `The next item alone. No slate changes it, so rewards need not help: NDCG@5 is ${nextItem(({ agent }) => agent === 'transformer')} without fine-tuning and ${nextItem(fineTuned)} with it.`,
    '',
    table(
      ['agent', 'HR@5', 'NDCG@5', 'NDCG@5 less the transformer'],
      rows.map((row) => [String(row.agent), mean(row, 'hr'), mean(row, 'ndcg'), less(row, 'ndcg')]),
    ),
    '',
    'Clicks a slate by the log of random slates, each the mean over the shops where it is not refused, +- half of its 95 % interval:',
    '',
    table(
      ['agent', 'the log', 'truth', ...estimates],
      rows.map((row) => [
        String(row.agent),
        short(row.logged),
        short(row.truth),
        ...(row.offPolicy as readonly Estimate[]).map((estimate) => said(estimate, row.shops as number)),
      ]),
    ),
    '',
  ].join('\n');
}
