import {
  add,
  type Engine,
  graph,
  linear,
  type Parameters,
  slice,
  type Tensor,
  type Tensors,
} from '../math/index.ts';

/**
 * Item tables as scoring reads them, with what content adds to their rows (table + content x matrix) in place: made anew only
 * when the numbers have moved, since over very many items that product takes longer than all else in scoring one shopper.
 */
export interface FoldedContent {
  /** Parameters and tables to bind, without the content and its matrices. */
  readonly tensors: Tensors;
  /** Makes the tables those of the numbers as they are, which must not move before what reads them has run. */
  renew(): Promise<void>;
}

const isMatrix = (name: string): boolean => name === 'content' || name.endsWith('.content');
const tableOf = (matrix: string): string =>
  matrix === 'body.content' ? 'table.items' : `table.${matrix.slice(0, -'.content'.length)}`;

/** `live` are the parameters and tables that scoring reads, `content` [rows, columns] of every item where there is any. */
export function foldedContent(
  engine: Engine,
  live: Tensors,
  content: Tensor | undefined,
  version: () => number,
): FoldedContent {
  const matrices = Object.entries(live).filter(([name]) => isMatrix(name));
  const kept = Object.fromEntries(Object.entries(live).filter(([name]) => !isMatrix(name)));
  const folded: Tensors = Object.fromEntries(
    (content ? matrices : []).map(([name]) => {
      const { data, shape } = live[tableOf(name)]!;
      return [tableOf(name), { data: new Float32Array(data.length), shape }];
    }),
  );
  let fold: (() => Promise<void>) | undefined;
  let made = -1;
  const compile = async (): Promise<() => Promise<void>> => {
    if (!content) return async () => {};
    const g = graph();
    const all = g.input('content', content.shape);
    const inputs: Record<string, Tensor> = { content };
    for (const [name, matrix] of matrices) {
      const table = live[tableOf(name)]!;
      Object.assign(inputs, { [name]: matrix, [tableOf(name)]: table });
      const rows = table.shape[0]!;
      const own = rows < content.shape[0]! ? slice(all, 0, 0, rows) : all;
      g.output(
        `with ${name}`,
        add(linear(own, g.input(name, matrix.shape)), g.input(tableOf(name), table.shape)),
      );
    }
    const outputs = Object.fromEntries(matrices.map(([name]) => [`with ${name}`, folded[tableOf(name)]!]));
    return (await engine.compile(g.bytes(), { threads: 1 })).bind(inputs, outputs);
  };
  return {
    tensors: { ...kept, ...folded },
    async renew() {
      fold ??= await compile();
      const now = version();
      if (made === now) return;
      await fold();
      made = now;
    },
  };
}

/** The parameters a graph declares that reads folded tables. */
export const withoutContent = (of: Parameters): Parameters => ({
  ...of,
  entries: of.entries.filter(({ name }) => !isMatrix(name)),
});
