import type { Campaign } from '../core/index.ts';

/** Where declared campaigns are kept. */
export interface CampaignStore {
  /** Those that can be read; of the others `warn` hears why not. */
  list(warn: (message: string) => void): Promise<readonly Campaign[]>;
  put(campaign: Campaign): Promise<void>;
}

/** For tests, worlds and the loop in a browser. */
export function memoryCampaigns(campaigns: readonly Campaign[] = []): CampaignStore {
  const kept = new Map(campaigns.map((campaign) => [campaign.campaignId, campaign]));
  return {
    list: async () => [...kept.values()],
    put: async (campaign) => void kept.set(campaign.campaignId, campaign),
  };
}
