import type { WholeTable } from '../table-rows.ts';

/**
 * From a published campaign to a log of choices in the plain format: a CSV table with a header, a row a choice,
 *
 *   what was known before (any columns) | action | propensity | outcomes (visit, conversion, spend, margin, cost, unsubscribed)
 *
 * and where they are known
 *
 *   shopper, time   rows of one shopper in the order of time are a sequence
 *   assignment      `randomised` where the propensities are the true ones, `observational` where they are estimated afterwards
 *   allowed         the actions that the rules left, their names separated by `|`; where it is missing, all of them
 *   asked           `visit` where the shopper was in the shop when the choice was made, else `schedule`
 */
export interface CampaignFormat {
  readonly name: string;
  readonly summary: string;
  /** A command line that shows its use. */
  readonly example: string;
  open(out: CampaignSink): CampaignSource;
}

export interface CampaignSink {
  /** Once, before the first row. */
  header(columns: readonly string[]): void;
  /** `where` the row comes from, for messages. */
  row(cells: readonly (string | number)[], where: string): void;
  /** Said once in the summary. */
  note(text: string): void;
}

/** Takes files in any order, told apart by what stands in them. The first row that is wrong is an error: none is left out. */
export interface CampaignSource {
  file(name: string): WholeTable;
  /** All files have been read: writes what had to wait. Throws `missing-column` where a file is missing. */
  end(): void;
}

/** Columns of the plain format that are neither features nor named by the user. */
export const plainColumns = ['shopper', 'time', 'assignment', 'allowed', 'asked'] as const;

/** Between the names of the column `allowed`. */
export const allowedSeparator = '|';
