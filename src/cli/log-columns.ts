import { type Command, InvalidArgumentError } from 'commander';
import { TendrilError } from '../core/index.ts';
import type { BanditColumns } from '../ingest/index.ts';
import type { LogEncoding, LogReading } from '../learn/index.ts';
import { type OutcomeFormula, parseOutcomeReward } from '../reward/index.ts';

/** Which columns of a log of choices are what, as the command line says it. */
export interface LogOptions {
  readonly action?: string;
  readonly propensity?: string | number;
  readonly outcome?: string;
  readonly reward?: string;
  readonly features?: readonly string[];
}

export const addLogOptions = (command: Command): Command =>
  command
    .option('--action <column>', 'of a log: what was chosen (default: "action")')
    .option(
      '--propensity <column|p>',
      'of a log: the probability it had, a column or one number such as .5 or 1/3 (default: "propensity")',
      propensityOf,
    )
    .option('--outcome <column>', 'of a log: what came of it, a number (default: "outcome")')
    .option(
      '--features <columns>',
      'of a log: what was known before, separated by commas; none for none (default: every other column)',
      (text) => (text === 'none' ? [] : text.split(',').map((name) => name.trim())),
    );

/** With `usual`, what is not said is as the policy's own log was read. */
export function columnsOf(options: LogOptions, usual?: LogEncoding): BanditColumns {
  if (options.outcome !== undefined && options.reward !== undefined)
    throw new TendrilError('bad-setting', 'accepted: either --outcome or --reward');
  return {
    action: options.action ?? usual?.action ?? 'action',
    propensity: options.propensity ?? usual?.propensity ?? 'propensity',
    reward: rewardOf(options, usual),
    features: options.features ?? usual?.columns.map(({ name }) => name) ?? 'others',
  };
}

function rewardOf({ outcome, reward }: LogOptions, usual: LogEncoding | undefined): BanditColumns['reward'] {
  if (reward !== undefined) return outcomeReward(reward);
  if (outcome !== undefined || !usual) return outcome ?? 'outcome';
  return 'formula' in usual.reward ? outcomeReward(usual.reward.formula) : usual.reward.column;
}

/** What a policy keeps of it. */
export const readingOf = ({ action, propensity, reward }: BanditColumns): LogReading => ({
  action,
  propensity,
  reward: typeof reward === 'string' ? { column: reward } : { formula: reward.text },
});

/** Throws what is wrong with the formula. */
function outcomeReward(text: string): OutcomeFormula {
  const formula = parseOutcomeReward(text);
  if (!formula.ok) throw new TendrilError(formula.error.code, formula.error.message);
  return formula.value;
}

function propensityOf(text: string): string | number {
  const fraction = /^(\d+)\/(\d+)$/.exec(text);
  const value = fraction ? Number(fraction[1]) / Number(fraction[2]) : Number(text);
  if (Number.isNaN(value) || text.trim() === '') return text;
  if (!(value > 0 && value <= 1))
    throw new InvalidArgumentError('accepted: a column, or a number above 0 and at most 1');
  return value;
}
