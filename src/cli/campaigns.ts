import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import {
  campaignFiles,
  dataPath,
  openDataDirectory,
  sqliteLog,
  storedPolicies,
  writeOutcomes,
} from '../adapters/index.ts';
import { rng, TendrilError } from '../core/index.ts';
import { createLoop, type Loop } from '../loop.ts';
import { sentiment } from '../math/index.ts';
import { memoryRegistry } from '../registry/index.ts';
import { printRows } from './output.ts';

interface Options {
  readonly data?: string;
  readonly outcomes?: string;
  readonly json: boolean;
}

/** `tendril campaigns`: what campaigns spent and what came of them; one's log of choices. Also beside a running server. */
export function campaignsCommand(command: Command): void {
  command
    .argument('[id]', 'a campaign; without it, all of them')
    .description(
      'Shows what campaigns spent and what came of them. With --outcomes, writes every decision whose window is over as a log of choices: what was seen, the action, its propensity, what came of it. Such a log teaches another policy (tendril train --log) or judges it (tendril ope). Campaigns are declared by PUT /v1/campaigns/:id.',
    )
    .option('--data <directory>', 'data directory (or TENDRIL_DATA; else ./tendril-data)')
    .option('--outcomes <file>', "the campaign's log of choices, a CSV file")
    .option('--json', 'one JSON object a campaign', false)
    .addHelpText('after', '\nExample:\n  $ tendril campaigns spring --outcomes spring.csv')
    .action(async (id: string | undefined, { data, outcomes, json }: Options) => {
      if (outcomes !== undefined && id === undefined)
        throw new TendrilError('bad-setting', '--outcomes are of one campaign; accepted: its id before it');
      const directory = openDataDirectory(dataPath(data));
      const log = await sqliteLog(directory.logPath, { readOnly: true });
      try {
        const { offers } = await createLoop({
          log,
          registry: memoryRegistry(),
          clock: Date.now,
          makeId: randomUUID,
          rng: rng('campaigns'),
          sentiment: (text) => sentiment(text).compound,
          restore: () => Promise.reject(new Error('nothing is recommended here')),
          warn: (message) => process.stderr.write(`tendril: ${message}\n`),
          record: false,
          campaigns: campaignFiles(directory.campaignsPath),
          openStored: storedPolicies(directory.campaignsPath),
        });
        // What was over by now is closed, and its money back, as the server would say it.
        await offers.tick();
        await show(offers, id, outcomes, json);
      } finally {
        await log.close();
      }
    });
}

async function show(
  offers: Loop['offers'],
  id: string | undefined,
  outcomes: string | undefined,
  json: boolean,
): Promise<void> {
  const wanted = id === undefined ? offers.list() : [offers.report(id)];
  const rows = id !== undefined && outcomes !== undefined ? await offers.outcomes(id) : undefined;
  const written = rows && writeOutcomes(outcomes!, rows);
  printRows(
    wanted.map(({ campaign, contacts, spent, budget, policy, open, closed, meanReward, caution }) => ({
      campaign: campaign.campaignId,
      contacts,
      spent,
      budget: budget.amount,
      left: budget.left,
      policy: policy.id,
      open,
      closed,
      meanReward,
      ...(json && caution !== undefined && { caution }),
      ...(rows && {
        outcomes,
        rows: written,
        ...(written !== rows.length && { leftOut: rows.length - written! }),
      }),
    })),
    json,
  );
  for (const { campaign, caution } of json ? [] : wanted)
    if (caution !== undefined) process.stdout.write(`\n${campaign.campaignId}: ${caution}.\n`);
}
