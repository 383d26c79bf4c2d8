import { TendrilError } from '../core/index.ts';
import { allowedSeparator } from '../ingest/index.ts';
import { type CampaignOutcome, featuresOf, sayAction } from '../offer/index.ts';
import { outcomes } from '../reward/index.ts';
import { csvWriter } from './import-campaign.ts';

/**
 * A campaign's decisions as a log of choices in the plain format: shopper, time, what the policy of the newest of them saw, the action
 * in words, its propensity, what came of it, what the rules allowed, whether the shopper was in the shop. Propensities are those it was
 * drawn with, so the assignment is randomised. Decisions of a policy that saw less are left out, and those of earlier versions,
 * which did not log what was allowed or, of stored policies, what was seen; answers how many were written. Throws `no-data` where
 * no decision is left.
 */
export function writeOutcomes(path: string, rows: readonly CampaignOutcome[]): number {
  const known = rows.flatMap(({ decision, outcome }) => {
    const seen = featuresOf(decision);
    return seen && decision.allowed ? [{ decision, outcome, seen, allowed: decision.allowed }] : [];
  });
  if (known.length === 0)
    throw new TendrilError(
      'no-data',
      rows.length === 0
        ? 'there is no decision whose window is over; accepted: a campaign that has some'
        : `none of ${rows.length} decisions whose window is over can be written: an earlier version made them, which did not log what was seen and what the rules allowed`,
    );
  const features = known.at(-1)!.seen;
  const whole = known.filter(({ seen }) => features.every((name) => seen.includes(name)));
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
    for (const { decision, outcome, seen, allowed } of whole)
      writer.row([
        decision.shopper,
        String(decision.timestamp),
        ...features.map((name) => String(decision.observation[seen.indexOf(name)])),
        sayAction(decision.offer),
        String(Math.min(1, decision.propensity)),
        ...names.map((name) => String(outcome[name])),
        'randomised',
        allowed.join(allowedSeparator),
        decision.atVisit ? 'visit' : 'schedule',
      ]);
    writer.keep();
    return whole.length;
  } finally {
    writer.close();
  }
}
