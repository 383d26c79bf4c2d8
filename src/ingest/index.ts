export { formatNamed, formats } from './formats.ts';
export type { FileContext, Format, NewEvent, Reject, RowReader, RowSink } from './ingest.ts';
