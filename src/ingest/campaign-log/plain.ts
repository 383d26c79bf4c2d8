import { wholeTable } from '../table-rows.ts';
import type { CampaignFormat } from './campaign-format.ts';

/** A log that is in the plain format already: it is checked like any other, and may be split in two. */
export const plain: CampaignFormat = {
  name: 'campaign',
  summary: 'any campaign in the plain format: features, action, propensity, outcomes',
  example: 'tendril import campaign log.csv --out train.csv --held-out test.csv',
  open: (out) => ({
    file: (name) =>
      wholeTable(
        name,
        (names) => out.header(names),
        (cells, where) => out.row(cells, where),
      ),
    end() {},
  }),
};
