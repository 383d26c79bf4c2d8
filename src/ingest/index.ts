export { type BanditColumns, banditLogReader, banditRows, openBanditColumns } from './bandit-log.ts';
export type { CampaignFormat } from './campaign-log/campaign-format.ts';
export { campaignFormats } from './campaign-log/campaign-formats.ts';
export { formatNamed, formats } from './formats.ts';
export type { FileContext, Format, NewEvent, Reject, RowReader, RowSink } from './ingest.ts';
export { itemChanges, mergedItems } from './item-changes.ts';
export { type Rejected, readEvents } from './read-events.ts';
export type { WholeTable } from './table-rows.ts';
export { targetReader } from './target-policy.ts';
