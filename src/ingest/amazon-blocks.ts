import { handReview, nameless, votesOf } from './amazon-review.ts';
import type { FileContext, RowReader } from './ingest.ts';

/**
 * SNAP's reviews: blocks of lines `product/productId: B000...`, `review/score: 4.0`, ..., an empty line between blocks. A
 * line that names nothing belongs to the value before it.
 */
const MOST_LINES = 2_000;

export function amazonBlocks(file: FileContext): RowReader {
  let block: string[] = [];
  let begins = 0;
  let damaged: number | undefined;
  function finish(): void {
    if (block.length === 0) return;
    const values: Record<string, string> = {};
    let last = '';
    for (const text of block) {
      const named = /^((?:product|review)\/\w+): ?(.*)$/s.exec(text);
      if (named) {
        last = named[1]!;
        values[last] = named[2]!;
      } else if (last !== '') values[last] += `\n${text}`;
    }
    const row = nameless(block.join('\n'));
    block = [];
    if (damaged !== undefined) {
      file.out.reject({
        line: begins,
        field: 'block',
        reason: `its line ${damaged} cannot be read`,
        text: row,
      });
      damaged = undefined;
      return;
    }
    if (values['product/productId'] === undefined) {
      file.out.reject({ line: begins, field: 'product/productId', reason: 'the block has none', text: row });
      return;
    }
    handReview(
      {
        userId: values['review/userId'],
        itemId: values['product/productId'],
        stars: values['review/score'],
        time: values['review/time'],
        text: values['review/text'],
        summary: values['review/summary'],
        helpful: votesOf(values['review/helpfulness']),
        price: values['product/price'],
      },
      row,
      begins,
      file,
    );
  }
  return {
    line(text, number) {
      if (text === '') return finish();
      // A block whose empty line was lost ends where the next product begins.
      if (block.length >= MOST_LINES || (block.length > 0 && text.startsWith('product/productId:'))) finish();
      if (block.length === 0) begins = number;
      block.push(text);
    },
    lost(number) {
      if (block.length > 0) damaged ??= number;
    },
    end: finish,
  };
}
