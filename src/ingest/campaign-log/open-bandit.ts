import { TendrilError } from '../../core/index.ts';
import { wholeTable } from '../table-rows.ts';
import type { CampaignFormat } from './campaign-format.ts';

const needed = ['item_id', 'position', 'click', 'propensity_score'];

/**
 * The Open Bandit Dataset (Saito et al. 2021): a row an impression; the action is the item, a click counts as `visit`. The
 * position and the shopper's features were known before; propensities are those of the policy that ran.
 */
export const openBandit: CampaignFormat = {
  name: 'open-bandit',
  summary: 'Open Bandit Dataset: impressions with clicks and true propensities',
  example: 'tendril import open-bandit men.csv.gz --out men-log.csv',
  open: (out) => ({
    file(name) {
      let features: readonly number[] = [];
      let at = { item_id: 0, click: 0, propensity_score: 0, timestamp: -1 };
      return wholeTable(
        name,
        (found, where) => {
          const missing = needed.find((column) => !found.includes(column));
          if (missing !== undefined)
            throw new TendrilError(
              'missing-column',
              `${where}: there is no column "${missing}"; the columns are: ${found.slice(0, 12).join(', ')}`,
            );
          const place = (column: string): number => found.indexOf(column);
          at = {
            item_id: place('item_id'),
            click: place('click'),
            propensity_score: place('propensity_score'),
            timestamp: place('timestamp'),
          };
          features = found.flatMap((column, i) => (/^(position$|user[_-])/.test(column) ? [i] : []));
          out.header([
            ...(at.timestamp < 0 ? [] : ['time']),
            ...features.map((i) => found[i]!.replaceAll('-', '_')),
            'action',
            'propensity',
            'visit',
            'assignment',
          ]);
        },
        (cells, where) => {
          const time = at.timestamp < 0 ? [] : [cells[at.timestamp]!];
          const chosen = [cells[at.item_id]!, cells[at.propensity_score]!, cells[at.click]!, 'randomised'];
          out.row([...time, ...features.map((i) => cells[i]!), ...chosen], where);
        },
      );
    },
    end() {},
  }),
};
