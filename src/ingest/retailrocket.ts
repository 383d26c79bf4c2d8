import { csvEvents } from './csv.ts';
import type { Format } from './ingest.ts';

/**
 * RetailRocket's events.csv as published: timestamp (ms), visitorid, event (view, addtocart, transaction), itemid,
 * transactionid (empty but for transactions). Visitors are cookies, so they become anonymousIds.
 */
export const retailrocket: Format = {
  name: 'retailrocket',
  summary: "RetailRocket's events.csv: timestamp,visitorid,event,itemid,transactionid",
  example: 'tendril import retailrocket events.csv',
  open: (file) =>
    csvEvents(file, {
      map: {
        timestamp: 'timestamp',
        anonymousId: 'visitorid',
        eventType: 'event',
        itemId: 'itemid',
        orderId: 'transactionid',
      },
    }),
};
