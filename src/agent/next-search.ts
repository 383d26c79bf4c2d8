import {
  buildTopK,
  type Engine,
  gatherRows,
  graph,
  mul,
  type Parameters,
  parameterInputs,
  type TopKIndex,
} from '../math/index.ts';
import { type FineTuningShape, historyInputs } from './fine-tuning-network.ts';
import type { FoldedContent } from './folded-content.ts';
import type { HistoryReader } from './history-tokens.ts';
import type { oneAtATime } from './one-at-a-time.ts';
import type { Policy } from './policy.ts';
import { keepAll } from './transformer-network.ts';

/**
 * The best items by a fine-tuned transformer's self-supervised head, without all scores: the logit of an item is a product of
 * the state with the item's row (content folded in), which `buildTopK` searches exactly.
 *
 * The rows are indexed anew when the numbers have changed, which costs as much as ten answers or more. `inTurn` keeps steps of
 * learning from moving them in between.
 */
export function nextSearch(
  shape: Pick<FineTuningShape, 'body' | 'network'>,
  body: Parameters,
  { tensors, renew }: FoldedContent,
  version: () => number,
  histories: HistoryReader,
  engine: Engine,
  inTurn: ReturnType<typeof oneAtATime>,
): NonNullable<Policy['best']> {
  const { items, width } = shape.body;
  const tokens = histories.room(1);
  const hidden = new Float32Array(width);
  let run: (() => Promise<void>) | undefined;
  let index: TopKIndex | undefined;
  let indexed = -1;

  const compile = async (): Promise<() => Promise<void>> => {
    const read = Object.entries(tensors).filter(
      ([name]) => name.startsWith('body.') || name === 'table.items',
    );
    const program = await engine.compile(stateGraph(shape, body), { threads: 1 });
    return program.bind(
      { ...Object.fromEntries(read), ...histories.tensors(tokens, 1, '') },
      { state: { data: hidden, shape: [1, width] } },
    );
  };

  return (observation, k, mask, also) =>
    inTurn(async () => {
      run ??= await compile();
      histories.read(observation, 1, tokens);
      const now = version();
      await renew();
      await run();
      if (!index || indexed !== now)
        index = buildTopK(tensors['table.items']!.data as Float32Array, items, width);
      indexed = now;
      return index.search(hidden, k, mask, also);
    });
}

/** `state` [1, width] after one history; 0 where there is none. */
function stateGraph(
  { body: s, network }: Pick<FineTuningShape, 'body' | 'network'>,
  body: Parameters,
): Uint8Array {
  const g = graph();
  const w = parameterInputs(g, body, 'body.');
  const { tokens, kinds, padding, known } = historyInputs(g, s, 1, '');
  const rows = gatherRows(g.input('table.items', [s.items, s.width]), tokens);
  const history = { items: tokens, kinds, padding };
  const newest = network.encode(w, s, rows, history, 1, s.places, keepAll, true);
  g.output('state', mul(newest, known));
  return g.bytes();
}
