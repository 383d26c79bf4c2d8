import { csvEvents } from './csv.ts';
import type { Format } from './ingest.ts';

/**
 * Alibaba's UserBehavior.csv as published (Tianchi data set 649): no header; user, item, category, behaviour (pv, fav, cart,
 * buy), Unix seconds. The category goes to `properties.category`.
 */
export const taobao: Format = {
  name: 'taobao',
  summary: "Alibaba's UserBehavior.csv: user, item, category, behaviour, seconds; no header",
  example: 'tendril import taobao UserBehavior.csv',
  open: (file) =>
    csvEvents(file, {
      header: ['user_id', 'item_id', 'category_id', 'behavior', 'timestamp'],
      delimiter: ',',
      adjust(values, cells) {
        values.properties = { category: cells[2]! };
      },
    }),
};
