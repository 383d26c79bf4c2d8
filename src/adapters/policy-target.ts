import { TendrilError } from '../core/index.ts';
import type { BanditColumns } from '../ingest/index.ts';
import { type LogEncoding, observationsOfLog } from '../learn/index.ts';
import type { BanditLog, TargetPolicy } from '../measure/index.ts';
import { readBanditLog } from './bandit-files.ts';
import { openPolicyFile, type PolicyFile } from './policy-file.ts';

const rowsAtOnce = 4096;

export interface LoggedPolicy extends PolicyFile {
  readonly log: LogEncoding;
}

/** A stored policy that was learned from a log. Throws `bad-setting` for one of a world. */
export async function openLoggedPolicy(path: string): Promise<LoggedPolicy> {
  const file = await openPolicyFile(path);
  if (!file.log)
    throw new TendrilError(
      'bad-setting',
      `${path} was trained in "${file.definition.id}", it does not read logs; accepted: what "tendril train AGENT --log LOG.csv --out FILE" wrote`,
    );
  return { ...file, log: file.log };
}

/**
 * A stored policy as the target to judge: the log is read once more, its features as the policy knows them, and every
 * action of every row gets the probability with which the policy would have drawn it; `greedy`: its best action 1.
 */
export async function policyTarget(
  { agent, log: known }: LoggedPolicy,
  path: string,
  columns: BanditColumns,
  log: BanditLog,
  { greedy = false } = {},
): Promise<TargetPolicy> {
  if (path === '-')
    throw new TendrilError(
      'bad-setting',
      'a stored policy reads the log by itself, once more; accepted: a file, not standard input',
    );
  const seen = await readBanditLog(path, {
    action: columns.action,
    propensity: columns.propensity,
    reward: columns.reward,
    features: [],
    known: known.columns,
  });
  const policy = agent.policy();
  const actions = [...log.actions, ...known.actions.filter((name) => !log.actions.includes(name))];
  const places = known.actions.map((name) => actions.indexOf(name));
  const probabilities = new Float64Array(log.n * actions.length);
  const observations = observationsOfLog(seen);
  const size = policy.observation.size;
  const { allowed } = log;
  const open = known.actions.map((name) => allowed?.actions.indexOf(name) ?? -1);
  /** Over the policy's choices; undefined where the log does not say. */
  const maskOf = (row: number): Uint8Array | undefined => {
    if (!allowed) return undefined;
    const mask = Uint8Array.from(open, (place) => allowed.mask[row * allowed.actions.length + place] ?? 0);
    if (mask.includes(1)) return mask;
    const names = allowed.actions.filter((_, action) => allowed.mask[row * allowed.actions.length + action]);
    throw new TendrilError(
      'bad-setting',
      `row ${row + 1} of ${path} allowed ${names.join(', ')}, and the policy knows none of these; it knows: ${known.actions.join(', ')}`,
    );
  };
  for (let from = 0; from < log.n; from += rowsAtOnce) {
    const n = Math.min(rowsAtOnce, log.n - from);
    const scores = await policy.evaluate(observations.slice(from * size, (from + n) * size), n);
    for (let i = 0; i < n; i++) {
      const mask = maskOf(from + i);
      const best = policy.greedy(scores, i, mask)[0];
      for (const [choice, place] of places.entries())
        if (!mask || mask[choice])
          probabilities[(from + i) * actions.length + place] = greedy
            ? Number(choice === best)
            : Math.exp(policy.logProb(scores, i, Int32Array.of(choice), mask)[0]!);
    }
  }
  return { actions, probabilities, context: Int32Array.from({ length: log.n }, (_, i) => i) };
}
