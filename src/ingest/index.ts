export { type BanditColumns, banditLogReader, openBanditColumns } from './bandit-log.ts';
export { formatNamed, formats } from './formats.ts';
export type { FileContext, Format, NewEvent, Reject, RowReader, RowSink } from './ingest.ts';
export { itemChanges, mergedItems } from './item-changes.ts';
export { type Rejected, readEvents } from './read-events.ts';
export type { WholeTable } from './table-rows.ts';
export { targetReader } from './target-policy.ts';
