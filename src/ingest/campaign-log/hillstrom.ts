import { TendrilError } from '../../core/index.ts';
import { wholeTable } from '../table-rows.ts';
import { show } from '../values.ts';
import type { CampaignFormat } from './campaign-format.ts';

const features = ['recency', 'history', 'mens', 'womens', 'zip_code', 'newbie', 'channel'];
const outcomes = ['visit', 'conversion', 'spend'];
const segments = ['Mens E-Mail', 'Womens E-Mail', 'No E-Mail'];

/**
 * Kevin Hillstrom's e-mail test (MineThatData 2008): customers of a shop got, each by lot with a third, an e-mail about
 * men's things, one about women's, or none. `history_segment` is left out: it is `history` in classes.
 */
export const hillstrom: CampaignFormat = {
  name: 'hillstrom',
  summary: "Hillstrom's e-mail test: 64,000 customers, three actions by lot",
  example: 'tendril import hillstrom hillstrom.csv.gz --out train.csv --held-out test.csv',
  open: (out) => ({
    file(name) {
      let places: readonly number[] = [];
      let segmentAt = -1;
      return wholeTable(
        name,
        (found, where) => {
          const place = (column: string): number => {
            const at = found.indexOf(column);
            if (at < 0)
              throw new TendrilError(
                'missing-column',
                `${where}: there is no column "${column}"; the columns are: ${found.join(', ')}`,
              );
            return at;
          };
          places = [...features, ...outcomes].map(place);
          segmentAt = place('segment');
          out.header([...features, 'action', 'propensity', ...outcomes, 'assignment']);
        },
        (cells, where) => {
          const segment = cells[segmentAt]!;
          if (!segments.includes(segment))
            throw new TendrilError(
              'bad-line',
              `${where}: segment is ${show(segment)}; accepted: ${segments.join(', ')}`,
            );
          const values = places.map((at) => cells[at]!);
          const before = values.slice(0, features.length);
          const after = values.slice(features.length);
          out.row([...before, segment, 1 / segments.length, ...after, 'randomised'], where);
        },
      );
    },
    end() {},
  }),
};
