import type { FileContext, RowReader } from './ingest.ts';

/**
 * SNAP's co-purchase graphs (amazon0302.txt and the like): `from <tab> to` a line, in order of the first. The products of
 * a node become `related.alsoBought` of the item with that number. A node holds at most 1,000 edges here.
 */
const MOST_EDGES = 1_000;

export function amazonGraph({ out }: FileContext): RowReader {
  let from: string | undefined;
  let to: string[] = [];
  function finish(): void {
    if (from !== undefined) out.item({ itemId: from, related: { alsoBought: to } });
    from = undefined;
    to = [];
  }
  return {
    line(text, line) {
      if (text.startsWith('#') || text.trim() === '') return;
      const edge = /^\s*(\d+)\s+(\d+)\s*$/.exec(text);
      if (!edge) return out.reject({ line, field: 'row', reason: 'it is not two node numbers', text });
      if (edge[1] !== from) {
        finish();
        from = edge[1]!;
      }
      if (to.length < MOST_EDGES) to.push(edge[2]!);
      else out.imputed('edges beyond 1,000 of a node left out');
    },
    end: finish,
  };
}
