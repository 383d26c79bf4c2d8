import { TendrilError } from '../core/index.ts';
import type { SlateLog, SlateTarget } from '../measure/index.ts';
import { names, readFinite } from './bandit-log.ts';
import { type WholeTable, wholeTable } from './table-rows.ts';
import { checkSum, readProbability } from './target-policy.ts';
import { show } from './values.ts';

/** Which columns of a table hold a log of slates. */
export interface SlateColumns {
  readonly logging: SlateLog['logging'];
  readonly action: string;
  readonly propensity: string | number;
  readonly outcome: string;
}

/**
 * Reads a table of slates, a row for each slot of each slate: `slate` (any name), `slot` (1, 2 ...), the action, its
 * propensity (not for rankings) and what came of it there. Rows may stand in any order; every slate has the same slots.
 */
export function slateLogReader(
  file: string,
  { logging, action, propensity, outcome }: SlateColumns,
): { readonly table: WholeTable; log(): SlateLog } {
  const slates = names();
  const actions = names();
  const rows: {
    readonly slate: number;
    readonly slot: number;
    readonly action: number;
    readonly odds: number;
    readonly reward: number;
    readonly where: string;
  }[] = [];
  let at = { slate: 0, slot: 0, action: 0, propensity: 0, outcome: 0 };
  const wrong = (where: string, name: string, value: unknown, accepted: string): never => {
    throw new TendrilError('bad-line', `${where}: ${name} is ${show(value)}; accepted: ${accepted}`);
  };
  const told = logging === 'independent' && typeof propensity === 'string';
  const table = wholeTable(
    file,
    (found, where) => {
      const column = (name: string): number => {
        const index = found.indexOf(name);
        if (index >= 0) return index;
        throw new TendrilError(
          'bad-line',
          `${where}: there is no column "${name}"; the columns are: ${found.join(', ')}`,
        );
      };
      at = {
        slate: column('slate'),
        slot: column('slot'),
        action: column(action),
        propensity: told ? column(propensity) : -1,
        outcome: column(outcome),
      };
    },
    (cells, where) => {
      const slate = cells[at.slate]!.trim();
      const slot = readFinite(cells[at.slot]!);
      const chosen = cells[at.action]!.trim();
      const odds = told ? readFinite(cells[at.propensity]!) : logging === 'ranking' ? 1 : Number(propensity);
      const reward = readFinite(cells[at.outcome]!);
      if (slate === '') wrong(where, 'slate', slate, 'which slate this row is of');
      if (!Number.isInteger(slot) || slot < 1) wrong(where, 'slot', cells[at.slot], 'a whole number from 1');
      if (chosen === '') wrong(where, action, chosen, 'the name of the action that was shown');
      if (!(odds > 0 && odds <= 1))
        wrong(
          where,
          String(propensity),
          told ? cells[at.propensity] : odds,
          'above 0 and at most 1, the probability with which this action was put at this slot',
        );
      if (Number.isNaN(reward)) wrong(where, outcome, cells[at.outcome], 'a number');
      rows.push({ slate: slates.number(slate), slot, action: actions.number(chosen), odds, reward, where });
    },
  );
  return {
    table,
    log() {
      const n = slates.all().length;
      if (n === 0) throw new TendrilError('empty-file', `${file} has a header and no rows`);
      const slots = rows.reduce((most, { slot }) => Math.max(most, slot), 0);
      const name = (slate: number): string => show(slates.all()[slate]);
      const log = {
        n,
        slots,
        logging,
        actions: actions.all(),
        action: new Int32Array(n * slots).fill(-1),
        reward: new Float64Array(n * slots),
        propensity: new Float64Array(n * slots),
      };
      for (const row of rows) {
        const k = row.slate * slots + row.slot - 1;
        if (log.action[k] !== -1)
          throw new TendrilError(
            'bad-line',
            `${row.where}: slate ${name(row.slate)} has slot ${row.slot} twice`,
          );
        log.action[k] = row.action;
        log.reward[k] = row.reward;
        log.propensity[k] = row.odds;
      }
      const gap = log.action.indexOf(-1);
      if (gap >= 0)
        throw new TendrilError(
          'bad-line',
          `${file}: slate ${name(Math.floor(gap / slots))} has no slot ${(gap % slots) + 1}; accepted: slots 1 to ${slots} in every slate`,
        );
      if (logging === 'ranking') checkRankings(log, file, name);
      return log;
    },
  };
}

function checkRankings(
  { n, slots, actions, action }: SlateLog,
  file: string,
  name: (slate: number) => string,
): void {
  for (let i = 0; i < n; i++) {
    const shown = action.subarray(i * slots, (i + 1) * slots);
    const twice = shown.find((one, slot) => shown.indexOf(one) !== slot);
    if (twice !== undefined)
      throw new TendrilError(
        'bad-line',
        `${file}: slate ${name(i)} shows ${show(actions[twice])} twice; accepted with --logging ranking: different actions`,
      );
  }
}

/** Reads the policy to judge: a table of `slot`, `action`, `probability`; what is not listed has probability 0. */
export function slateTargetReader(
  file: string,
  log: SlateLog,
): { readonly table: WholeTable; target(): SlateTarget } {
  const actions = names(log.actions);
  const lines: { readonly slot: number; readonly action: number; readonly probability: number }[] = [];
  let at = { slot: 0, action: 0, probability: 0 };
  return {
    table: wholeTable(
      file,
      (found, where) => {
        const [slot, action, probability] = ['slot', 'action', 'probability'].map((name) =>
          found.indexOf(name),
        );
        if (Math.min(slot!, action!, probability!) < 0)
          throw new TendrilError(
            'bad-line',
            `${where}: the columns are: ${found.join(', ')}; accepted: slot, action, probability`,
          );
        at = { slot: slot!, action: action!, probability: probability! };
      },
      (cells, where) => {
        const slot = readFinite(cells[at.slot]!);
        if (!Number.isInteger(slot) || slot < 1 || slot > log.slots)
          throw new TendrilError(
            'bad-line',
            `${where}: slot is ${show(cells[at.slot])}; accepted: 1 to ${log.slots}, as in the log`,
          );
        const action = actions.number(cells[at.action]!.trim());
        if (lines.some((line) => line.slot === slot && line.action === action))
          throw new TendrilError(
            'bad-line',
            `${where}: ${cells[at.action]} at slot ${slot} stands there twice`,
          );
        lines.push({
          slot,
          action,
          probability: readProbability(cells[at.probability]!, 'probability', where),
        });
      },
    ),
    target() {
      const all = actions.all();
      const probabilities = new Float64Array(log.slots * all.length);
      const sums = new Float64Array(log.slots);
      for (const { slot, action, probability } of lines) {
        probabilities[(slot - 1) * all.length + action] = probability;
        sums[slot - 1]! += probability;
      }
      for (const [i, sum] of sums.entries()) checkSum(sum, `${file}, slot ${i + 1}`);
      return { actions: all, probabilities };
    },
  };
}
