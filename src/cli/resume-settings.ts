import { type AgentDefinition, agentNamed } from '../agent/index.ts';
import { readSettings, TendrilError } from '../core/index.ts';
import type { ShopEncoding } from '../learn/index.ts';
import type { Manifest } from '../registry/index.ts';

/**
 * Settings of a run that goes on from a version: those it was taught with, as far as its agent has them today, and over them what is
 * given now. Those given alone where there is no version.
 */
export function settingsGoingOn(
  version: Manifest | undefined,
  given: Readonly<Record<string, string>>,
): Readonly<Record<string, unknown>> {
  if (!version) return given;
  const { settings } = agentNamed(version.agent);
  const taught = Object.entries(version.settings).filter(([name]) => name in settings);
  return { ...Object.fromEntries(taught), ...given };
}

/** What a version learned to want by reinforcement, as far as it was stored; what is given now goes over it. */
export function wantedGoingOn(
  version: Manifest | undefined,
): Partial<Pick<ShopEncoding, 'reward' | 'discount' | 'takings'>> {
  const { encoding = {} } = version ?? {};
  const wanted = ['reward', 'discount', 'takings'].filter((name) => encoding[name] !== undefined);
  return Object.fromEntries(wanted.map((name) => [name, encoding[name]]));
}

/** Where a model cannot go on with what was asked: each setting that differs from the version's, with both values. */
export function namingSettings(
  { agent, version, settings: earlier }: Manifest,
  given: Readonly<Record<string, unknown>>,
  error: unknown,
): unknown {
  if (!(error instanceof TendrilError) || error.code !== 'bad-model') return error;
  const definition: AgentDefinition = agentNamed(agent);
  const read = readSettings(definition.settings, given);
  if (!read.ok) return error;
  const differ = Object.entries(read.value as Readonly<Record<string, unknown>>)
    .filter(([name, value]) => earlier[name] !== undefined && earlier[name] !== value)
    .map(([name, value]) => `${name} is ${earlier[name]} in version ${version}, ${value} here`);
  if (differ.length === 0) return error;
  return new TendrilError(
    'bad-setting',
    `${agent} cannot go on: ${differ.join('; ')}; accepted: the same, or without --resume`,
    { cause: error },
  );
}
