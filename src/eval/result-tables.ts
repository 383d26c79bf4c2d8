import { type FigureName, figures as measured } from '../measure/index.ts';
import { damages } from './damage.ts';
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
  'filter-bubble',
  'novelty',
  'personalisation',
] as const;
const groups = [
  ['few', 'shoppers with the shortest histories (a third of the cases)'],
  ['some', 'shoppers with histories of middle length'],
  ['many', 'shoppers with the longest histories'],
] as const;

/** In words for people; the exact ones stand in `measure.ts`. */
const plain: Partial<Record<FigureName, string>> = {
  hr: 'hit rate: share of shoppers whose next product stood among the K suggestions',
  ndcg: 'the same, but a hit on the first place counts fully and one on a lower place less',
  precision: 'share of all suggestions that were right; one product is looked for, so it is the hit rate / K',
  mrr: 'mean of 1 / place of the right product (0 where it is not among the K)',
  'debiased-hr':
    'hit rate in which rare products count as much as bestsellers: guessing bestsellers earns nothing',
  coverage: 'share of all products that anybody is shown',
  gini: 'how unequal the places are shared among products: 0 all alike, 1 all on one product',
  'long-tail': 'share of places for products outside the most popular fifth',
  'new-items': 'share of places for products that first appeared in the last tenth of the time',
  'popularity-lift':
    'how much more popular the suggestions are than what these shoppers took themselves: 1 is twice as popular',
  'filter-bubble':
    'how much more of a list is of the kind a shopper chose most than of what that shopper chose next: above 0 suggestions narrow, below 0 they widen',
  novelty: 'how surprising the suggestions are, in bits: 10 bits is something one action in 1,000 goes to',
  personalisation: "share of a shopper's list that another shopper does not get",
};

/** Who finds what shoppers want next: quality, and quality with the share of popularity taken out. */
export const resultTable = (agents: readonly AgentFigures[], k: number, caption: string): ResultTable =>
  tableOf(
    agents,
    caption,
    quality.map((name) => columnOf(name, k)),
    (best, next) => {
      const hr = (figures: Figures): string => percent(figures[`hr@${k}`]);
      const apart =
        next && (best.figures[`hr@${k}.low`] ?? 0) > (next.figures[`hr@${k}.high`] ?? 1)
          ? 'more than chance explains'
          : 'a lead that chance could explain';
      const first = `The list of ${k} by ${best.agent} holds what the shopper really took next for ${hr(best.figures)} of the shoppers`;
      if (next && hr(best.figures) === hr(next.figures)) return `${first}; ${next.agent} does it as often.`;
      return next
        ? `${first}; by ${next.agent}, the next best, for ${hr(next.figures)}: ${apart}.`
        : `${first}.`;
    },
  );

/** Who gets shown, and who is served how well: exposure over the catalogue, and NDCG by group of shoppers. */
export const fairnessTable = (agents: readonly AgentFigures[], k: number, caption: string): ResultTable =>
  tableOf(
    agents,
    `${caption} Lists of ${k}.`,
    [
      ...groups.map(
        ([group, who]): Column => ({
          key: `ndcg@${k}.${group}`,
          label: `NDCG, ${group}`,
          meaning: `NDCG@${k} of ${who}`,
          better: 'higher',
        }),
      ),
      // All of lists of k: said once in the caption, so that ten columns fit.
      ...exposure.map((name) => ({ ...columnOf(name, k), label: name.replace('-', ' ') })),
    ],
    ({ agent, figures }) => {
      const [few, many] = [figures[`ndcg@${k}.few`], figures[`ndcg@${k}.many`]];
      const lift = figures[`popularity-lift@${k}`] ?? 0;
      const served =
        few === undefined || many === undefined
          ? ''
          : ` It serves shoppers with ${few < many ? 'short' : 'long'} histories worse than those with ${few < many ? 'long' : 'short'} ones (NDCG ${Math.min(few, many).toFixed(4)} against ${Math.max(few, many).toFixed(4)}).`;
      return `${agent} shows ${percent(figures[`coverage@${k}`])} of the products to somebody and gives ${percent(figures[`long-tail@${k}`])} of its places to products outside the most popular fifth; what it shows is ${times(1 + lift)} as popular as what shoppers took themselves.${served}`;
    },
    `ndcg@${k}`,
  );

/** What is left of the quality when histories are damaged; nothing where no agent was judged so. */
export function robustnessTable(agents: readonly AgentFigures[], k: number): ResultTable | undefined {
  const names = Object.keys(damages) as (keyof typeof damages)[];
  if (!agents.some(({ figures }) => figures[`ndcg@${k}.${names[0]}`] !== undefined)) return undefined;
  return tableOf(
    agents,
    `The same test on at most 1,000 of the shoppers, with histories damaged before the agents see them (NDCG@${k}). Nothing is learned anew.`,
    [
      { key: `ndcg@${k}.whole`, label: 'whole', meaning: 'histories as they are', better: 'higher' },
      ...names.map(
        (name): Column => ({
          key: `ndcg@${k}.${name}`,
          label: name,
          meaning: damages[name],
          better: 'higher',
        }),
      ),
    ],
    ({ agent, figures }) => {
      const whole = figures[`ndcg@${k}.whole`] ?? 0;
      const left = names.map((name) => ({ name, share: (figures[`ndcg@${k}.${name}`] ?? 0) / (whole || 1) }));
      const worst = left.reduce((a, b) => (b.share < a.share ? b : a));
      return `Of the quality of ${agent}, ${percent(worst.share)} is left in the worst of these cases: ${damages[worst.name]}.`;
    },
  );
}

type Column = ResultTable['columns'][number];
type Figures = AgentFigures['figures'];

const percent = (share = 0): string => `${Number((100 * share).toPrecision(share < 0.1 ? 2 : 3))} %`;
const times = (factor: number): string => `${Number(factor.toPrecision(2))} times`;

const labels: Partial<Record<FigureName, string>> = {
  hr: 'HR',
  ndcg: 'NDCG',
  mrr: 'MRR',
  'debiased-hr': 'debiased HR',
};

const columnOf = (name: FigureName, k: number): Column => ({
  key: `${name}@${k}`,
  label: `${labels[name] ?? name.replace('-', ' ')}@${k}`,
  meaning: `${(plain[name] ?? measured[name].doc).replaceAll('K', `${k}`)} (${measured[name].better} is better)`,
  better: measured[name].better,
});

/**
 * Columns that no agent has a figure for are left out; the best agents by `order` (else by the first column) come
 * first, and the takeaway is about them.
 */
function tableOf(
  agents: readonly AgentFigures[],
  caption: string,
  columns: readonly Column[],
  takeaway: (best: AgentFigures, next: AgentFigures | undefined) => string,
  order = columns[0]?.key ?? '',
): ResultTable {
  const known = columns.filter(({ key }) => agents.some(({ figures }) => figures[key] !== undefined));
  const sorted = [...agents].sort(
    (a, b) => (b.figures[order] ?? -Infinity) - (a.figures[order] ?? -Infinity),
  );
  return {
    caption,
    takeaway: sorted[0] ? takeaway(sorted[0], sorted[1]) : '',
    columns: known,
    rows: sorted.map(({ agent, figures }) => ({
      agent,
      values: Object.fromEntries(known.map(({ key }) => [key, figures[key]])),
    })),
  };
}
