import { TendrilError } from '../../core/index.ts';
import type { BanditLog, TargetPolicy } from './bandit-log.ts';

/**
 * The target as it would choose under the rules that held in each row: its probabilities over what was allowed, made to sum to 1
 * again. A log that says nothing of rules leaves it as it is. Throws `bad-line` where the target would do nothing of what a row
 * allowed: what it would do instead nobody knows.
 */
export function allowedTarget(log: BanditLog, target: TargetPolicy): TargetPolicy {
  const { allowed } = log;
  if (!allowed) return target;
  const { actions, probabilities, context } = target;
  const width = allowed.actions.length;
  const places = actions.map((name) => allowed.actions.indexOf(name));
  /** Rows of the same context and the same rules share a line. */
  const lines = new Map<string, number>();
  const written: number[] = [];
  const contexts = Int32Array.from({ length: log.n }, (_, row) => {
    const mask = allowed.mask.subarray(row * width, (row + 1) * width);
    const key = `${context[row]} ${mask.join('')}`;
    const known = lines.get(key);
    if (known !== undefined) return known;
    const at = context[row]! * actions.length;
    const open = places.map((place, action) => (mask[place] === 1 ? probabilities[at + action]! : 0));
    const sum = open.reduce((all, probability) => all + probability, 0);
    if (!(sum > 0))
      throw new TendrilError(
        'bad-line',
        `row ${row + 1} of the log allowed ${namesOf(allowed.actions, mask)}, and the target gives these no probability; accepted: a target that can always do something that is allowed`,
      );
    for (const probability of open) written.push(probability / sum);
    lines.set(key, lines.size);
    return lines.size - 1;
  });
  return { actions, probabilities: Float64Array.from(written), context: contexts };
}

const namesOf = (actions: readonly string[], mask: Uint8Array): string =>
  actions.filter((_, action) => mask[action]).join(', ');
