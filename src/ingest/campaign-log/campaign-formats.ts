import type { CampaignFormat } from './campaign-format.ts';
import { completeJourneyCampaigns } from './complete-journey.ts';
import { hillstrom } from './hillstrom.ts';
import { openBandit } from './open-bandit.ts';
import { plain } from './plain.ts';
import { starbucks } from './starbucks.ts';

/** Every campaign that can be read into a log of choices. */
export const campaignFormats: readonly CampaignFormat[] = [
  hillstrom,
  starbucks,
  openBandit,
  completeJourneyCampaigns,
  plain,
];
