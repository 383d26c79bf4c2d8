import type { Manifest } from './registry.ts';

type Version = Pick<Manifest, 'agent' | 'version' | 'taughtFrom' | 'trainedAs'>;

/**
 * The version that what a version knows began with: itself where it was trained anew, else what the first of its lessons went on
 * from. That one was judged on the whole of validation, a lesson on the few who came back. Undefined where it, or a lesson on
 * the way to it, is not among the `stored`.
 */
export function trainedAnew<T extends Version>(version: T, stored: readonly T[]): T | undefined {
  const { agent, taughtFrom, trainedAs: from = taughtFrom } = version;
  if (from === undefined) return version;
  // Always an older one: a wrong manifest leads nowhere, and never round.
  const earlier = stored.find((one) => one.agent === agent && one.version === from && from < version.version);
  return earlier && trainedAnew(earlier, stored);
}
