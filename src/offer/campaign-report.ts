import type { Campaign } from '../core/index.ts';
import { visitsCaution } from '../measure/index.ts';
import { parseOutcomeReward } from '../reward/index.ts';
import type { Books } from './books.ts';
import type { RunningCampaign } from './running-campaign.ts';

/** A campaign, and how it is doing. */
export interface CampaignReport {
  readonly campaign: Campaign;
  readonly contacts: number;
  /** Money spent or set aside by this campaign. */
  readonly spent: number;
  /** Of its budget, which others may share. */
  readonly budget: { readonly amount: number; readonly left: number; readonly price: number };
  readonly policy: { readonly id: string; readonly version: string; readonly learned: number };
  /** Decisions whose window is open; closed ones, with their mean reward (missing for none). */
  readonly open: number;
  readonly closed: number;
  readonly meanReward?: number;
  /** What is to be known before it learns, and before its outcomes are compared. */
  readonly caution?: string;
}

export function reportOf(
  books: Books,
  { campaign, policy, open, closed, asked }: RunningCampaign,
): CampaignReport {
  const { campaignId } = campaign;
  const { amount, left, pace } = books.budgetOf(campaign);
  const { id, version, learned } = policy;
  const cautions = [marginCaution(campaign), visitsCaution(asked.decisions, asked.atVisits)];
  const caution = cautions.filter((one) => one !== undefined).join('. ');
  return {
    campaign,
    contacts: books.contacts(campaignId),
    spent: books.spent(campaignId),
    budget: { amount, left, price: pace.price },
    policy: { id, version, learned },
    open,
    closed: closed.decisions,
    ...(closed.decisions > 0 && { meanReward: closed.reward / closed.decisions }),
    ...(caution !== '' && { caution }),
  };
}

/** Nobody says what the margin of a purchase is, unless each purchase does: with 0 of it every message only costs. */
function marginCaution({ reward, marginShare }: Campaign): string | undefined {
  const formula = parseOutcomeReward(reward);
  if (marginShare !== undefined || !formula.ok) return undefined;
  if (!formula.value.terms.some(({ signal }) => signal === 'margin')) return undefined;
  return 'reward reads margin and marginShare is missing: a purchase without properties.margin counts as margin 0, and where all do, the policy learns to write to nobody. Say marginShare, or send properties.margin with every purchase';
}
