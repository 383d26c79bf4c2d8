import { TendrilError } from '../core/index.ts';
import { amazonBlocks } from './amazon-blocks.ts';
import { amazonGraph } from './amazon-graph.ts';
import { amazonJson } from './amazon-json.ts';
import { amazonMeta } from './amazon-meta.ts';
import { nameless } from './amazon-review.ts';
import type { Format, RowReader } from './ingest.ts';

/**
 * Amazon's published data, its forms told apart by the first line that says something:
 *
 *   product/productId: B00...                SNAP's reviews, blocks of `name: value` lines          amazon-blocks.ts
 *   {"reviewerID": ..., "overall": ...       reviews of 2014, 2018, 2023 and metadata of those,
 *   {'asin': ..., 'title': ...               2014's as Python literals                              amazon-json.ts
 *   Id:   1 / # Full information ...         amazon-meta.txt, products with similar ones and stars   amazon-meta.ts
 *   0 <tab> 1 / # FromNodeId ToNodeId        co-purchase edges                                      amazon-graph.ts
 */
export const amazon: Format = {
  name: 'amazon',
  summary: "Amazon reviews, metadata and co-purchase graphs: SNAP's and McAuley's forms (2014, 2018, 2023)",
  example: 'tendril import amazon reviews_Musical_Instruments_5.json.gz meta_Musical_Instruments.json.gz',
  latin1: true,
  nameless,
  open(file) {
    let reader: RowReader | undefined;
    return {
      line(text, number) {
        if (reader === undefined) {
          const start = text.trim();
          if (start === '' || (start.startsWith('#') && !/^# F(ull information|romNodeId)/i.test(start)))
            return;
          reader = /^product\/productId:/.test(start)
            ? amazonBlocks(file)
            : start.startsWith('{')
              ? amazonJson(file)
              : /^(# Full information|Total items:|Id:)/i.test(start)
                ? amazonMeta(file)
                : /^(# FromNodeId|\d+\s+\d+$)/i.test(start)
                  ? amazonGraph(file)
                  : undefined;
          if (reader === undefined)
            throw new TendrilError(
              'missing-column',
              `${file.file}, line ${number}: no form of Amazon's data begins with ${JSON.stringify(start.slice(0, 60))}; accepted: "product/productId:" blocks, JSON lines, amazon-meta.txt, edge lists`,
            );
        }
        reader.line(text, number);
      },
      lost: (number) => reader?.lost?.(number),
      end: () => reader?.end(),
    };
  },
};
