export { formatNamed, formats } from './formats.ts';
export type { FileContext, Format, NewEvent, Reject, RowReader, RowSink } from './ingest.ts';
export { itemChanges } from './item-changes.ts';
export { type Rejected, readEvents } from './read-events.ts';
