import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Campaign, type OfferAction, readCampaign, TendrilError } from '../core/index.ts';
import { type CampaignStore, type StoredPolicy, sayAction } from '../offer/index.ts';
import { openPolicyFile } from './policy-file.ts';

/** Campaigns as `<campaignId>.json` in one folder, each written under another name and renamed: whole or not at all. */
export function campaignFiles(folder: string): CampaignStore {
  return {
    async list(warn) {
      return campaignNames(folder).flatMap((name) => {
        try {
          return [readCampaignFile(join(folder, name))];
        } catch (error) {
          warn(`a campaign cannot be read and makes no offers: ${(error as Error).message}`);
          return [];
        }
      });
    },
    async put(campaign) {
      mkdirSync(folder, { recursive: true });
      const path = join(folder, `${campaign.campaignId}.json`);
      writeFileSync(`${path}.part`, `${JSON.stringify(campaign, null, 2)}\n`, { flush: true });
      renameSync(`${path}.part`, path);
    },
  };
}

function campaignNames(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Throws `no-such-file`, and `bad-setting` where the file declares no campaign; the message names what is wrong. */
export function readCampaignFile(path: string): Campaign {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new TendrilError('no-such-file', `cannot read ${path}: ${(error as Error).message}`, {
      cause: error,
    });
  }
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (error) {
    throw new TendrilError('bad-setting', `${path} is not JSON: ${(error as Error).message}`, {
      cause: error,
    });
  }
  const read = readCampaign(raw);
  if (read.ok) return read.value;
  throw new TendrilError('bad-setting', `${path}: ${read.error.message}`);
}

/** Opens policies that lie beside the campaigns: of campaign-v1, or learned from a campaign's own log. */
export function storedPolicies(folder: string): (file: string) => Promise<StoredPolicy> {
  return async (file) => {
    const path = join(folder, file);
    const { manifest, definition, agent, log } = await openPolicyFile(path).catch((error) => {
      if (!(error instanceof TendrilError)) throw error;
      if (error.code === 'no-such-file')
        throw new TendrilError(
          'bad-request',
          `policy.file is ${JSON.stringify(file)}, which does not lie beside the campaigns; accepted: the name of a policy file in their folder`,
        );
      // Whoever asks over HTTP is told the name, not where the server keeps its files.
      throw new TendrilError(error.code, error.message.replaceAll(path, file), { cause: error });
    });
    const actions =
      log?.actions ??
      definition.decisions?.actions.map(({ offer, percent, channel }) =>
        sayAction({
          kind: offer === 'none' ? 'message' : (offer as OfferAction['kind']),
          percent: Number(percent),
          channel: String(channel),
        }),
      );
    if (!actions)
      throw new TendrilError(
        'bad-model',
        `${file} was trained in "${definition.id}"; accepted: a policy of campaign-v1, or one learned from a campaign's log`,
      );
    const version = String(manifest.createdAt);
    return { id: `${manifest.agent} of ${file}`, version, policy: agent.policy(), actions };
  };
}
