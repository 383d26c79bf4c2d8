import { TendrilError } from '../core/index.ts';
import {
  type BanditColumns,
  banditLogReader,
  type SlateColumns,
  slateLogReader,
  slateTargetReader,
  targetReader,
  type WholeTable,
} from '../ingest/index.ts';
import {
  type BanditLog,
  type CampaignLog,
  type SlateLog,
  type SlateTarget,
  type TargetPolicy,
  uniformSlots,
} from '../measure/index.ts';
import { byteSource } from './read-bytes.ts';
import { readLines } from './read-lines.ts';

/** A log of choices from a table, gzip or not; `-` is standard input. */
export async function readBanditLog(path: string, columns: BanditColumns): Promise<CampaignLog> {
  const reader = banditLogReader(nameOf(path), columns);
  await readTable(path, reader.table);
  return reader.log();
}

/** The policy to judge by that log. */
export async function readTargetPolicy(path: string, log: BanditLog): Promise<TargetPolicy> {
  const reader = targetReader(nameOf(path), log);
  await readTable(path, reader.table);
  return reader.target();
}

/** A log of slates from a table, and the policy to judge by it. */
export async function readSlates(
  path: string,
  columns: SlateColumns,
  target: string,
): Promise<{ readonly log: SlateLog; readonly target: SlateTarget }> {
  const slates = slateLogReader(nameOf(path), columns);
  await readTable(path, slates.table);
  const log = slates.log();
  if (target === 'uniform') return { log, target: uniformSlots(log) };
  const policy = slateTargetReader(nameOf(target), log);
  await readTable(target, policy.table);
  return { log, target: policy.target() };
}

/** Every line of a file into a table; the first that is wrong throws. */
export async function readTable(path: string, table: WholeTable): Promise<void> {
  const bad = (reason: string, _: string, number: number): void => {
    throw new TendrilError('bad-line', `${nameOf(path)}, line ${number}: ${reason}`);
  };
  for await (const _ of readLines(byteSource(path), { line: table.line, bad })) {
    // Read on: the lines are taken as they come.
  }
  table.end();
}

const nameOf = (path: string): string => (path === '-' ? 'standard input' : path);
