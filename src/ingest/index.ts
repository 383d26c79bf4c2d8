export { formatNamed, formats } from './formats.ts';
export type { FileContext, Format, NewEvent, Reject, RowReader, RowSink } from './ingest.ts';
export { itemChanges, mergedItems } from './item-changes.ts';
export { type Rejected, readEvents } from './read-events.ts';
