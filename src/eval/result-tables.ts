import { type FigureName, figures as measured } from '../measure/index.ts';
import type { ResultTable } from './report.ts';

/** One agent's figures by name, as `rankingFigures` makes them. */
export interface AgentFigures {
  readonly agent: string;
  readonly figures: Readonly<Record<string, number>>;
}

const quality = ['hr', 'ndcg', 'precision', 'mrr', 'debiased-hr'] as const;
const exposure = [
  'coverage',
  'gini',
  'long-tail',
  'new-items',
  'popularity-lift',
  'novelty',
  'personalisation',
] as const;
const groups = [
  ['few', 'shoppers with the shortest histories (a third of the cases)'],
  ['some', 'shoppers with histories of middle length'],
  ['many', 'shoppers with the longest histories'],
] as const;

/** Who finds what shoppers want next: quality, and quality with the share of popularity taken out. */
export const resultTable = (agents: readonly AgentFigures[], k: number, caption: string): ResultTable =>
  tableOf(
    agents,
    caption,
    quality.map((name) => columnOf(name, k)),
  );

/** Who gets shown, and who is served how well: exposure over the catalogue, and NDCG by group of shoppers. */
export const fairnessTable = (agents: readonly AgentFigures[], k: number, caption: string): ResultTable =>
  tableOf(agents, caption, [
    ...exposure.map((name) => columnOf(name, k)),
    ...groups.map(
      ([group, who]): Column => ({
        key: `ndcg@${k}.${group}`,
        label: `NDCG, ${group}`,
        meaning: `NDCG@${k} of ${who}`,
        better: 'higher',
      }),
    ),
  ]);

type Column = ResultTable['columns'][number];

const labels: Partial<Record<FigureName, string>> = {
  hr: 'HR',
  ndcg: 'NDCG',
  mrr: 'MRR',
  'debiased-hr': 'debiased HR',
};

const columnOf = (name: FigureName, k: number): Column => ({
  key: `${name}@${k}`,
  label: `${labels[name] ?? name.replace('-', ' ')}@${k}`,
  meaning: `${measured[name].doc} (${measured[name].better} is better)`,
  better: measured[name].better,
});

/** Columns that no agent has a figure for are left out; the best agents by the first column come first. */
function tableOf(agents: readonly AgentFigures[], caption: string, columns: readonly Column[]): ResultTable {
  const known = columns.filter(({ key }) => agents.some(({ figures }) => figures[key] !== undefined));
  const first = known[0]?.key ?? '';
  const rows = agents
    .map(({ agent, figures }) => ({
      agent,
      values: Object.fromEntries(known.map(({ key }) => [key, figures[key]])),
    }))
    .sort((a, b) => (b.values[first] ?? -Infinity) - (a.values[first] ?? -Infinity));
  return { caption, columns: known, rows };
}
