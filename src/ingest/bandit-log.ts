import { TendrilError } from '../core/index.ts';
import type { BanditLog } from '../measure/index.ts';
import { featureColumns } from './feature-columns.ts';
import { type WholeTable, wholeTable } from './table-rows.ts';
import { show } from './values.ts';

/** Which columns of a table hold a log of choices. */
export interface BanditColumns {
  readonly action: string;
  /** A column, or the probability itself where it was the same for every choice. */
  readonly propensity: string | number;
  readonly reward: string;
  readonly position?: string;
  /** Columns that were known before the choice; `others` are all that are nothing else. */
  readonly features: readonly string[] | 'others';
}

/** The Open Bandit Dataset (Saito et al. 2021): impressions with their clicks and propensities. */
export const openBanditColumns: BanditColumns = {
  action: 'item_id',
  propensity: 'propensity_score',
  reward: 'click',
  position: 'position',
  features: [],
};

/** Reads a table of choices, a row a choice. Throws at the first row that is wrong. */
export function banditLogReader(
  file: string,
  columns: BanditColumns,
): { readonly table: WholeTable; log(): BanditLog } {
  const actions = names();
  const positions = names();
  const action: number[] = [];
  const position: number[] = [];
  const propensity: number[] = [];
  const reward: number[] = [];
  let features = featureColumns([]);
  let at = { action: 0, propensity: -1, reward: 0, position: -1 };

  function header(found: readonly string[], where: string): void {
    const column = (name: string, what: string): number => {
      const index = found.indexOf(name);
      if (index >= 0) return index;
      throw new TendrilError(
        'bad-line',
        `${where}: there is no column "${name}" for ${what}; the columns are: ${found.slice(0, 20).join(', ')}`,
      );
    };
    at = {
      action: column(columns.action, 'the action'),
      propensity:
        typeof columns.propensity === 'number'
          ? -1
          : column(
              columns.propensity,
              'the propensity (the probability the chosen action had, without which nothing can be estimated)',
            ),
      reward: column(columns.reward, 'the outcome'),
      position: columns.position === undefined ? -1 : column(columns.position, 'the position'),
    };
    const taken = Object.values(at);
    features = featureColumns(
      columns.features === 'others'
        ? found.flatMap((name, index) => (taken.includes(index) || name === '' ? [] : [{ name, index }]))
        : columns.features.map((name) => ({ name, index: column(name, 'a feature') })),
    );
  }

  function row(cells: readonly string[], where: string): void {
    const wrong = (name: string, value: unknown, accepted: string): never => {
      throw new TendrilError('bad-line', `${where}: ${name} is ${show(value)}; accepted: ${accepted}`);
    };
    const chosen = cells[at.action]!.trim();
    if (chosen === '') wrong(columns.action, chosen, 'the name of the action that was chosen');
    const shown = at.position < 0 ? '' : cells[at.position]!.trim();
    if (at.position >= 0 && shown === '') wrong(columns.position!, shown, 'where it was shown');
    const had = at.propensity < 0 ? Number(columns.propensity) : readFinite(cells[at.propensity]!);
    if (!(had > 0 && had <= 1))
      wrong(
        String(columns.propensity),
        at.propensity < 0 ? had : cells[at.propensity],
        'above 0 and at most 1, the probability with which this action was chosen',
      );
    const brought = readFinite(cells[at.reward]!);
    if (Number.isNaN(brought)) wrong(columns.reward, cells[at.reward], 'a number');
    features.row(cells, where);
    action.push(actions.number(chosen));
    position.push(positions.number(shown));
    propensity.push(had);
    reward.push(brought);
  }

  return {
    table: wholeTable(file, header, row),
    log() {
      const n = action.length;
      if (n === 0) throw new TendrilError('empty-file', `${file} has a header and no rows`);
      return {
        n,
        actions: actions.all(),
        action: Int32Array.from(action),
        propensity: Float64Array.from(propensity),
        reward: Float64Array.from(reward),
        positions: positions.all(),
        position: Int32Array.from(position),
        ...features.numbers(file),
      };
    },
  };
}

/** A finite number as tables write it, or NaN. */
export function readFinite(text: string): number {
  const number = text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(number) ? number : Number.NaN;
}

/** Words numbered by first appearance. */
function names(): { number(name: string): number; all(): readonly string[] } {
  const numbers = new Map<string, number>();
  return {
    number(name) {
      const known = numbers.get(name);
      if (known !== undefined) return known;
      numbers.set(name, numbers.size);
      return numbers.size - 1;
    },
    all: () => [...numbers.keys()],
  };
}
