import { contentHash } from '../core/index.ts';
import { eventOf } from './event-row.ts';
import { type FileContext, isWrong, type RowReader } from './ingest.ts';

/**
 * SNAP's amazon-meta.txt: a block a product, an empty line between.
 *
 *   Id:   1
 *   ASIN: 0827229534
 *     title: Patterns of Preaching
 *     group: Book
 *     salesrank: 396585
 *     similar: 5  0804215715  156101074X ...
 *     categories: 2
 *      |Books[283155]|Subjects[1000]|Religion & Spirituality[22]|...
 *     reviews: total: 2  downloaded: 2  avg rating: 5
 *       2000-7-28  cutomer: A2JW67OY8U6HHK  rating: 5  votes:  10  helpful:   9
 *
 * Reviews have no text here: they become ratings, with their votes in `properties.helpful`.
 */
export function amazonMeta(file: FileContext): RowReader {
  const { out, now } = file;
  let asin: string | undefined;
  let title: string | undefined;
  let group: string | undefined;
  let similar: string[] = [];
  let categories: string[] | undefined;
  function finish(): void {
    if (asin !== undefined) {
      if (title === undefined) out.imputed('title left out: missing');
      const path = categories ?? (group === undefined ? [] : [group]);
      out.item({
        itemId: asin,
        ...(title !== undefined && { title }),
        ...(path.length > 0 && { categories: path }),
        ...(similar.length > 0 && { related: { alsoBought: similar } }),
      });
    }
    asin = undefined;
    title = undefined;
    group = undefined;
    similar = [];
    categories = undefined;
  }
  return {
    line(text, line) {
      const row = text.trim();
      if (row === '') return finish();
      if (row.startsWith('|')) {
        categories ??= row
          .split('|')
          .slice(1)
          .map((part) => part.replace(/\[\d+\]$/, '').trim())
          .filter((name) => name !== '');
        return;
      }
      const review =
        /^(\d{4})-(\d+)-(\d+)\s+cus?tomer:\s*(\S+)\s+rating:\s*(\S+)\s+votes:\s*(\d+)\s+helpful:\s*(\d+)$/.exec(
          row,
        );
      if (review && asin !== undefined) {
        const [, year, month, dayOfMonth, userId, rating, votes, helpful] = review;
        const event = eventOf(
          {
            eventType: 'rating',
            userId,
            itemId: asin,
            timestamp: `${year}-${month!.padStart(2, '0')}-${dayOfMonth!.padStart(2, '0')}`,
            eventValue: rating,
            properties: { helpful: [Number(helpful), Number(votes)] },
          },
          now,
          out,
          undefined,
        );
        if (isWrong(event)) out.reject({ line, field: event.wrong, reason: event.reason, text });
        else out.event(event, contentHash(`${asin} ${row}`));
        return;
      }
      const field = /^(\w+):\s*(.*)$/.exec(row);
      if (field === null) {
        if (asin !== undefined && !row.startsWith('#') && row !== 'discontinued product')
          out.reject({ line, field: 'row', reason: 'it is no line of amazon-meta.txt', text });
        return;
      }
      const [, name, value] = field;
      if (name === 'Id') finish();
      else if (name === 'ASIN') asin = value!;
      else if (name === 'title') title = value!;
      else if (name === 'group') group = value!;
      else if (name === 'similar') similar = value!.split(/\s+/).slice(1);
    },
    end: finish,
  };
}
