import { TendrilError } from '../core/index.ts';
import { allowedSeparator } from '../ingest/index.ts';
import { type CampaignOutcome, offerSpec, sayAction } from '../offer/index.ts';
import { outcomes } from '../reward/index.ts';
import { csvWriter } from './import-campaign.ts';

/**
 * A campaign's decisions as a log of choices in the plain format: shopper, time, what the policy saw, the action in words, its
 * propensity, what came of it, what the rules allowed, whether the shopper was in the shop. Propensities are those it was drawn with,
 * so the assignment is randomised. Decisions of a policy that saw something else are left out, and those of earlier versions,
 * which did not log what was allowed; answers how many were written. Throws `no-data` where no decision is left.
 */
export function writeOutcomes(path: string, rows: readonly CampaignOutcome[]): number {
  const features = offerSpec.parts.map(({ name }) => name);
  const whole = rows.filter(
    ({ decision: { observation, allowed } }) => observation.length === features.length && allowed,
  );
  if (whole.length === 0)
    throw new TendrilError(
      'no-data',
      `none of ${rows.length} decisions whose window is over can be written: a bandit of the campaign must have made them`,
    );
  const names = Object.keys(outcomes) as (keyof typeof outcomes)[];
  const writer = csvWriter(path);
  try {
    writer.row([
      'shopper',
      'time',
      ...features,
      'action',
      'propensity',
      ...names,
      'assignment',
      'allowed',
      'asked',
    ]);
    for (const { decision, outcome } of whole)
      writer.row([
        decision.shopper,
        String(decision.timestamp),
        ...decision.observation.map(String),
        sayAction(decision.offer),
        String(Math.min(1, decision.propensity)),
        ...names.map((name) => String(outcome[name])),
        'randomised',
        decision.allowed!.join(allowedSeparator),
        decision.atVisit ? 'visit' : 'schedule',
      ]);
    writer.keep();
    return whole.length;
  } finally {
    writer.close();
  }
}
