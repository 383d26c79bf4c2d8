import { TendrilError } from '../core/index.ts';
import type { BanditLog, TargetPolicy } from '../measure/index.ts';
import { readFinite } from './bandit-log.ts';
import { type WholeTable, wholeTable } from './table-rows.ts';
import { show } from './values.ts';

/** Probabilities written with few digits need not sum to 1 exactly. */
const TOLERANCE = 0.005;

/**
 * Reads the policy to judge, in one of two forms:
 *
 *   a table of `item_id` (or `action`), `position` where the log has positions, and `probability`; what is not listed has
 *   probability 0
 *   a row for each row of the log, in its order, and a column for each action: a policy that looks at the shopper
 */
export function targetReader(
  file: string,
  log: BanditLog,
): { readonly table: WholeTable; target(): TargetPolicy } {
  let form: ReturnType<typeof listed> | undefined;
  return {
    table: wholeTable(
      file,
      (names, where) => {
        form = names.includes('probability')
          ? listed(file, log, names, where)
          : perRow(file, log, names, where);
      },
      (cells, where) => form!.row(cells, where),
    ),
    target: () => form!.target(),
  };
}

interface Form {
  row(cells: readonly string[], where: string): void;
  target(): TargetPolicy;
}

function listed(file: string, log: BanditLog, names: readonly string[], where: string): Form {
  const actionAt = Math.max(names.indexOf('item_id'), names.indexOf('action'));
  const positionAt = names.indexOf('position');
  const probabilityAt = names.indexOf('probability');
  if (actionAt < 0)
    throw new TendrilError(
      'bad-line',
      `${where}: there is no column item_id or action; the columns are: ${names.join(', ')}`,
    );
  const actions = [...log.actions];
  const numbers = new Map(actions.map((name, i) => [name, i]));
  const byPosition = new Map<string, Map<number, number>>();
  return {
    row(cells, where) {
      const name = cells[actionAt]!.trim();
      const position = positionAt < 0 ? '' : cells[positionAt]!.trim();
      const probability = readProbability(cells[probabilityAt]!, 'probability', where);
      if (!numbers.has(name)) {
        numbers.set(name, actions.length);
        actions.push(name);
      }
      const action = numbers.get(name)!;
      const line = byPosition.get(position) ?? new Map<number, number>();
      byPosition.set(position, line);
      if (line.has(action))
        throw new TendrilError(
          'bad-line',
          `${where}: ${name}${position === '' ? '' : ` at position ${position}`} stands there twice; accepted: one line for each`,
        );
      line.set(action, probability);
    },
    target() {
      const contexts = positionAt < 0 ? [''] : log.positions;
      const probabilities = new Float64Array(contexts.length * actions.length);
      for (const [context, position] of contexts.entries()) {
        const line = byPosition.get(position);
        if (!line)
          throw new TendrilError(
            'bad-line',
            positionAt < 0
              ? `${file} has a header and no rows; accepted: a probability for each action`
              : `${file} has nothing for ${position === '' ? 'a log without positions' : `position ${position}, where the log shows something`}; accepted: probabilities for ${position === '' ? 'each action, without a column "position"' : 'each position of the log'}`,
          );
        let sum = 0;
        for (const [action, probability] of line) {
          probabilities[context * actions.length + action] = probability;
          sum += probability;
        }
        checkSum(sum, `${file}${positionAt < 0 ? '' : `, position ${position}`}`);
      }
      return {
        actions,
        probabilities,
        context: positionAt < 0 ? new Int32Array(log.n) : log.position,
      };
    },
  };
}

function perRow(file: string, log: BanditLog, names: readonly string[], where: string): Form {
  if (!names.some((name) => log.actions.includes(name)))
    throw new TendrilError(
      'bad-line',
      `${where}: there is neither a column "probability" nor one for an action of the log (${log.actions.slice(0, 5).join(', ')}); the columns are: ${names.slice(0, 10).join(', ')}`,
    );
  const actions = [...log.actions, ...names.filter((name) => !log.actions.includes(name))];
  const places = names.map((name) => actions.indexOf(name));
  const probabilities = new Float64Array(log.n * actions.length);
  let rows = 0;
  return {
    row(cells, where) {
      if (rows === log.n)
        throw new TendrilError(
          'bad-line',
          `${where}: the log has ${log.n} rows; accepted: one line for each`,
        );
      let sum = 0;
      for (const [column, place] of places.entries()) {
        const probability = readProbability(cells[column]!, names[column]!, where);
        probabilities[rows * actions.length + place] = probability;
        sum += probability;
      }
      checkSum(sum, where);
      rows++;
    },
    target() {
      if (rows < log.n)
        throw new TendrilError(
          'bad-line',
          `${file} has ${rows} rows, the log has ${log.n}; accepted: one line for each row of the log, in its order`,
        );
      return { actions, probabilities, context: Int32Array.from({ length: log.n }, (_, i) => i) };
    },
  };
}

export function readProbability(text: string, name: string, where: string): number {
  const probability = readFinite(text);
  if (!(probability >= 0 && probability <= 1))
    throw new TendrilError('bad-line', `${where}: ${name} is ${show(text)}; accepted: a number from 0 to 1`);
  return probability;
}

export function checkSum(sum: number, where: string): void {
  if (Math.abs(sum - 1) > TOLERANCE)
    throw new TendrilError(
      'bad-line',
      `${where}: the probabilities sum to ${Number(sum.toPrecision(4))}; accepted: 1`,
    );
}
