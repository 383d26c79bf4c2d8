import {
  add,
  buildTopK,
  type Engine,
  gatherRows,
  graph,
  linear,
  mul,
  parameterInputs,
  slice,
  type Tensors,
  type TopKIndex,
} from '../math/index.ts';
import { catalogueInputs } from './dqn-network.ts';
import { bodyParameters, type FineTuningShape, historyInputs } from './fine-tuning-network.ts';
import type { FineTuningNumbers } from './fine-tuning-numbers.ts';
import type { HistoryReader } from './history-tokens.ts';
import { oneAtATime } from './one-at-a-time.ts';
import type { Policy } from './policy.ts';
import { keepAll, transformerEncode } from './transformer-network.ts';

/**
 * The best items by a fine-tuned transformer's self-supervised head, without all scores: the logit of an item is a product of
 * the state with the item's row (and what its content adds to it), which `buildTopK` searches exactly.
 *
 * The rows are indexed anew when the numbers have changed, which costs as much as ten answers or more.
 */
export function nextSearch(
  shape: FineTuningShape,
  numbers: FineTuningNumbers,
  catalogue: Tensors,
  histories: HistoryReader,
  engine: Engine,
): NonNullable<Policy['best']> {
  const { items, width } = shape.body;
  const live = numbers.tensors('mean', '');
  const read = (names: (name: string) => boolean): Tensors =>
    Object.fromEntries(Object.entries({ ...live, ...catalogue }).filter(([name]) => names(name)));
  const withContent = shape.heads.content > 0;
  const ofRows = (name: string): boolean => ['table.items', 'content', 'body.content'].includes(name);
  const tokens = histories.room(1);
  const hidden = new Float32Array(width);
  const made = new Float32Array(withContent ? items * width : 0);
  const alone = oneAtATime();
  let runs: { state(): Promise<void>; rows(): Promise<void> } | undefined;
  let index: TopKIndex | undefined;
  let version = -1;

  async function compile(): Promise<NonNullable<typeof runs>> {
    const state = await engine.compile(stateGraph(shape, numbers), { threads: 1 });
    const rows = withContent && (await engine.compile(rowsGraph(shape)));
    return {
      state: state.bind(
        {
          ...read((name) => name.startsWith('body.') || name === 'table.items'),
          ...(withContent && read((name) => name === 'content')),
          ...histories.tensors(tokens, 1, ''),
        },
        { state: { data: hidden, shape: [1, width] } },
      ),
      rows: rows ? rows.bind(read(ofRows), { rows: { data: made, shape: [items, width] } }) : async () => {},
    };
  }

  return (observation, k, mask) =>
    alone(async () => {
      runs ??= await compile();
      histories.read(observation, 1, tokens);
      // A step of learning may come between; state and rows are of the same numbers.
      for (;;) {
        if (!index || version !== numbers.version()) {
          version = numbers.version();
          await runs.rows();
          index = buildTopK(withContent ? made : (live['table.items']!.data as Float32Array), items, width);
        }
        await runs.state();
        if (version === numbers.version()) return index.search(hidden, k, mask);
      }
    });
}

/** `state` [1, width] after one history; 0 where there is none. */
function stateGraph(s: FineTuningShape, { body }: FineTuningNumbers): Uint8Array {
  const g = graph();
  const w = parameterInputs(g, body, 'body.');
  const table = g.input('table.items', [s.body.items, s.body.width]);
  const { tokens, kinds, padding, known } = historyInputs(g, s, 1, '');
  const rows = gatherRows(table, tokens);
  const { content } = w;
  const read = content
    ? add(
        rows,
        linear(
          gatherRows(catalogueInputs(g, { ...s.heads, affinity: 0, profile: 0 }).content!, tokens),
          content,
        ),
      )
    : rows;
  const history = { items: tokens, kinds, padding };
  const newest = transformerEncode(w, s.body, read, history, 1, s.body.places, keepAll, true);
  g.output('state', mul(newest, known));
  return g.bytes();
}

/** `rows` [items, width]: the table with what content adds. */
function rowsGraph(s: FineTuningShape): Uint8Array {
  const g = graph();
  const table = g.input('table.items', [s.body.items, s.body.width]);
  const content = g.input('content', [s.heads.rows, s.heads.content]);
  const matrix = g.input('body.content', bodyParameters(s).content!.shape);
  g.output('rows', add(table, linear(slice(content, 0, 0, s.body.items), matrix)));
  return g.bytes();
}
