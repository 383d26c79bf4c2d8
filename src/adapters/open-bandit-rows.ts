import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { TendrilError } from '../core/index.ts';
import { banditLogReader, openBanditColumns } from '../ingest/index.ts';
import { boundsOf, observationOf, observationsOfLog, vocabularyOf } from '../learn/index.ts';
import type { LoggedRows } from '../world/index.ts';

/**
 * The rows of `logged-bandit-v1`: Open Bandit, men, chosen by the uniformly random policy. Throws `no-such-file` where they
 * are not there or `datasets` is undefined (TENDRIL_DATASETS is not set).
 */
export function readOpenBanditRows(datasets: string | undefined): LoggedRows {
  const within = 'open-bandit-small/random/men/men.csv.gz';
  if (datasets === undefined)
    throw new TendrilError(
      'no-such-file',
      `logged-bandit-v1 needs the rows it replays: set TENDRIL_DATASETS to the directory that holds ${within}`,
    );
  const path = join(datasets, within);
  let lines: readonly string[];
  try {
    lines = gunzipSync(readFileSync(path)).toString('utf8').split('\n');
  } catch (error) {
    throw new TendrilError('no-such-file', `cannot read the rows of logged-bandit-v1 from ${path}`, {
      cause: error,
    });
  }
  const reader = banditLogReader(path, {
    ...openBanditColumns,
    features: ['position', ...[0, 1, 2, 3].map((i) => `user_feature_${i}`)],
  });
  for (const [i, line] of lines.entries()) reader.table.line(line, i + 1);
  reader.table.end();
  const log = reader.log();
  const observations = observationsOfLog(log);
  return {
    observation: observationOf(log.columns, boundsOf(observations, log.columns.length)),
    vocabulary: vocabularyOf(log.columns),
    actions: log.actions,
    observations,
    action: log.action,
    propensity: log.propensity,
    reward: log.reward,
  };
}
