import { TendrilError } from '../core/index.ts';
import type { AllowedActions, CampaignLog, FeatureColumn } from '../measure/index.ts';
import { type OutcomeFormula, outcomes } from '../reward/index.ts';
import { allowedSeparator, type plainColumns } from './campaign-log/campaign-format.ts';
import { featureColumns } from './feature-columns.ts';
import { type WholeTable, wholeTable } from './table-rows.ts';
import { readTime, show } from './values.ts';

/** Which columns of a table hold a log of choices. */
export interface BanditColumns {
  readonly action: string;
  /** A column, or the probability itself where it was the same for every choice. */
  readonly propensity: string | number;
  /** A column, or a formula over the columns of outcomes. */
  readonly reward: string | OutcomeFormula;
  readonly position?: string;
  /** Columns that were known before the choice; `others` are all that are nothing else. */
  readonly features: readonly string[] | 'others';
  /** Features as another log had them: their columns, and the numbers of their words. */
  readonly known?: readonly FeatureColumn[];
}

/** The Open Bandit Dataset (Saito et al. 2021): impressions with their clicks and propensities. */
export const openBanditColumns: BanditColumns = {
  action: 'item_id',
  propensity: 'propensity_score',
  reward: 'click',
  position: 'position',
  features: [],
};

/** Takes a log of choices row by row. */
export interface BanditRows {
  header(found: readonly string[], where: string): void;
  row(cells: readonly string[], where: string): void;
  /** Of all rows so far; `file` for messages. */
  log(file: string): CampaignLog;
}

/** Propensities are written with few digits. */
const rounding = 0.002;

/** Reads a table of choices, a row a choice. Throws at the first row that is wrong. */
export function banditLogReader(
  file: string,
  columns: BanditColumns,
): { readonly table: WholeTable; log(): CampaignLog } {
  const rows = banditRows(columns);
  return { table: wholeTable(file, rows.header, rows.row), log: () => rows.log(file) };
}

export function banditRows(columns: BanditColumns): BanditRows {
  const { reward: wanted } = columns;
  const terms = typeof wanted === 'string' ? [{ weight: 1, signal: wanted }] : wanted.terms;
  const actions = names();
  const positions = names();
  const shoppers = names();
  const action: number[] = [];
  const position: number[] = [];
  const propensity: number[] = [];
  const reward: number[] = [];
  const shopper: number[] = [];
  const time: number[] = [];
  /** What was allowed, by the text of the cell; and each row's. */
  const choices = new Map<string, readonly string[]>();
  const allowed: (readonly string[])[] = [];
  let atVisits = 0;
  let found: { readonly name: string; readonly at: number; readonly values: number[] }[] = [];
  let features = featureColumns([]);
  let at = {
    action: 0,
    propensity: -1,
    position: -1,
    shopper: -1,
    time: -1,
    assignment: -1,
    allowed: -1,
    asked: -1,
  };
  let observational = false;

  function header(present: readonly string[], where: string): void {
    const column = (name: string, what: string): number => {
      const index = present.indexOf(name);
      if (index >= 0) return index;
      const told = present.filter((each) => Object.hasOwn(outcomes, each));
      throw new TendrilError(
        'bad-line',
        `${where}: there is no column "${name}" for ${what}; the columns are: ${present.slice(0, 20).join(', ')}${what === 'the outcome' && told.length > 0 ? ` (say what is wanted with --reward, of ${told.join(', ')})` : ''}`,
      );
    };
    const plain = (name: (typeof plainColumns)[number]): number =>
      columns.features.includes(name) ? -1 : present.indexOf(name);
    at = {
      action: column(columns.action, 'the action'),
      propensity:
        typeof columns.propensity === 'number'
          ? -1
          : column(
              columns.propensity,
              'the propensity (the probability the chosen action had, without which nothing can be estimated)',
            ),
      position: columns.position === undefined ? -1 : column(columns.position, 'the position'),
      shopper: plain('shopper'),
      time: plain('time'),
      assignment: plain('assignment'),
      allowed: plain('allowed'),
      asked: plain('asked'),
    };
    for (const { signal } of terms)
      column(signal, typeof wanted === 'string' ? 'the outcome' : `the reward "${wanted.text}"`);
    found = present.flatMap((name, index) =>
      Object.hasOwn(outcomes, name) || terms.some(({ signal }) => signal === name)
        ? [{ name, at: index, values: [] }]
        : [],
    );
    const taken = [...Object.values(at), ...found.map((outcome) => outcome.at)];
    const wantedFeatures = columns.known?.map(({ name }) => name) ?? columns.features;
    features = featureColumns(
      wantedFeatures === 'others'
        ? present.flatMap((name, index) =>
            // Whatever else is wanted of it, an outcome was not known before.
            taken.includes(index) || name === '' || name === 'outcome' ? [] : [{ name, index }],
          )
        : wantedFeatures.map((name) => ({ name, index: column(name, 'a feature') })),
      columns.known,
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
    const whose = at.shopper < 0 ? '' : cells[at.shopper]!.trim();
    if (at.shopper >= 0 && whose === '')
      wrong(
        'shopper',
        whose,
        'whose row it is, rows of one shopper are drawn together (or name it among --features)',
      );
    if (at.assignment >= 0) {
      const word = cells[at.assignment]!.trim();
      if (word !== 'randomised' && word !== 'observational')
        wrong('assignment', word, 'randomised (by lot, propensities are true) or observational');
      observational ||= word === 'observational';
    }
    if (at.allowed >= 0) {
      const text = cells[at.allowed]!;
      const names = choices.get(text) ?? text.split(allowedSeparator).map((name) => name.trim());
      choices.set(text, names);
      const odd = names.find((name, i) => name === '' || names.indexOf(name) < i);
      if (odd !== undefined) wrong('allowed', text, 'the name of each action that was allowed, once');
      if (!names.includes(chosen))
        wrong(
          'allowed',
          text,
          `the names of all actions that were allowed, separated by ${allowedSeparator}, among them the one that was chosen, ${show(chosen)} (or name the column among --features)`,
        );
      if (names.length === 1 && had < 1 - rounding)
        wrong(
          at.propensity < 0 ? 'the propensity' : String(columns.propensity),
          had,
          `1 where allowed is the chosen action alone, ${show(chosen)}: nothing else could be done`,
        );
      allowed.push(names);
    }
    if (at.asked >= 0) {
      const word = cells[at.asked]!.trim();
      if (word !== 'visit' && word !== 'schedule')
        wrong('asked', word, 'visit or schedule (or name the column among --features)');
      if (word === 'visit') atVisits++;
    }
    const came: Record<string, number> = {};
    for (const outcome of found) {
      const value = readFinite(cells[outcome.at]!);
      if (Number.isNaN(value)) wrong(outcome.name, cells[outcome.at], 'a number');
      outcome.values.push(value);
      came[outcome.name] = value;
    }
    if (at.time >= 0) {
      const text = cells[at.time]!.trim();
      const when = Number.isNaN(readFinite(text)) ? readTime(text) : readFinite(text);
      if (Number.isNaN(when))
        wrong('time', text, 'a number, or a time such as 2026-03-01T12:00:00Z (or name it among --features)');
      time.push(when);
    } else time.push(time.length);
    features.row(cells, where);
    shopper.push(at.shopper < 0 ? shopper.length : shoppers.number(whose));
    action.push(actions.number(chosen));
    position.push(positions.number(shown));
    propensity.push(had);
    reward.push(terms.reduce((sum, { weight, signal }) => sum + weight * came[signal]!, 0));
  }

  return {
    header,
    row,
    log(file) {
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
        ...(observational && { observational }),
        ...(at.allowed >= 0 && { allowed: masksOf(actions.all(), allowed) }),
        ...(at.asked >= 0 && { atVisits }),
        outcomes: Object.fromEntries(found.map(({ name, values }) => [name, Float64Array.from(values)])),
        shopper: Int32Array.from(shopper),
        time: Float64Array.from(time),
      };
    },
  };
}

/** Names become columns: those of actions that were chosen first, then those that were allowed and never chosen. */
function masksOf(chosen: readonly string[], allowed: readonly (readonly string[])[]): AllowedActions {
  const all = names(chosen);
  for (const row of new Set(allowed)) for (const name of row) all.number(name);
  const actions = all.all();
  const mask = new Uint8Array(allowed.length * actions.length);
  allowed.forEach((row, i) => {
    for (const name of row) mask[i * actions.length + all.number(name)] = 1;
  });
  return { actions, mask };
}

/** A finite number as tables write it, or NaN. */
export function readFinite(text: string): number {
  const number = text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(number) ? number : Number.NaN;
}

/** Words numbered by first appearance, after those known already. */
export function names(known: readonly string[] = []): {
  number(name: string): number;
  all(): readonly string[];
} {
  const numbers = new Map<string, number>(known.map((name, i) => [name, i]));
  return {
    number(name) {
      const number = numbers.get(name);
      if (number !== undefined) return number;
      numbers.set(name, numbers.size);
      return numbers.size - 1;
    },
    all: () => [...numbers.keys()],
  };
}
