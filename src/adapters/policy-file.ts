import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { type Agent, agentNamed } from '../agent/index.ts';
import { type Json, type PackedArray, pack, TendrilError, unpack } from '../core/index.ts';
import {
  type LogEncoding,
  restoreInWorld,
  restoreOnLog,
  type TrainedInWorld,
  type TrainedOnLog,
  vocabularyOf,
} from '../learn/index.ts';
import { loggedBandit, type WorldDefinition, worldNamed } from '../world/index.ts';
import { openEngine } from './open-engine.ts';
import { worldWithData } from './taobao-networks.ts';

/**
 * A policy in one file, to carry from where it was trained to where it is explained, judged or put to work. Packed
 * (core/packed.ts) with the letters TDPF; header {format, manifest, sha256}, an array `model`, the bytes of
 * learn/model-file.ts. A policy learned from a log has beside it `observations`, `action`, `propensity`, `reward` and,
 * where the log says what was allowed, `masks` of some of the rows, without whose they are: shoppers to compare one with. The hash is of the manifest's JSON and all
 * arrays, so a file with a changed byte is refused.
 */
const magic = 'TDPF';
const format = 1;

type Manifest = TrainedInWorld['manifest'];

export interface PolicyFile {
  readonly manifest: Manifest;
  /** How the log was read that it was learned from, where it was. */
  readonly log?: LogEncoding;
  /** The world it was trained in, or the replay of some of its log; and the options that world had. */
  readonly definition: WorldDefinition;
  readonly worldOptions: Readonly<Record<string, unknown>>;
  readonly agent: Agent;
}

/** Written under another name and renamed: a kill at any moment leaves the old file or the new one. */
export function writePolicyFile(
  path: string,
  {
    manifest,
    model,
    sample,
  }: Pick<TrainedInWorld, 'manifest' | 'model'> & Partial<Pick<TrainedOnLog, 'sample'>>,
): void {
  const arrays = { model, ...(sample && rowsIn(sample)) };
  const sha256 = hashOf(manifest, arrays);
  const bytes = pack(magic, { header: { format, manifest: manifest as unknown as Json, sha256 }, arrays });
  const file = openSync(`${path}.part`, 'w');
  try {
    for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(`${path}.part`, path);
}

/**
 * A policy of a file, ready to act in its world. Throws `no-such-file`, and `bad-model` where the bytes are something
 * else, damaged, of another format, or of another world than `world`.
 */
export async function openPolicyFile(path: string, world?: string): Promise<PolicyFile> {
  const { manifest, arrays } = readPolicyFile(path);
  const fromLog = manifest.encoding.kind === 'log';
  const trainedIn = fromLog ? 'a log' : `"${manifest.encoding.world}"`;
  if (world !== undefined && trainedIn !== `"${world}"`)
    throw new TendrilError('bad-model', `${path} was trained in ${trainedIn}, not in "${world}"`);
  const engine = agentNamed(manifest.agent).needsEngine ? await openEngine() : undefined;
  const model = arrays.model as Uint8Array;
  if (fromLog) {
    const { agent, encoding: log } = await restoreOnLog(manifest, model, engine);
    const { observation } = agent.policy();
    const rows = rowsIn(arrays as unknown as ReturnType<typeof rowsIn>);
    const about = { observation, vocabulary: vocabularyOf(log.columns), actions: log.actions };
    return { manifest, agent, log, definition: loggedBandit({ ...about, ...rows }), worldOptions: {} };
  }
  const definition = worldWithData(worldNamed(String(manifest.encoding.world)), process.env.TENDRIL_DATASETS);
  return { manifest, definition, ...(await restoreInWorld({ manifest, model }, definition, engine)) };
}

const rowsIn = ({
  observations,
  action,
  propensity,
  reward,
  masks,
}: Pick<TrainedOnLog['sample'], 'observations' | 'action' | 'propensity' | 'reward' | 'masks'>) => ({
  observations,
  action,
  propensity,
  reward,
  ...(masks && { masks }),
});

/** Whether a file begins as a policy file does; false where it cannot be read. */
export function isPolicyFile(path: string): boolean {
  try {
    return new TextDecoder().decode(readFileSync(path).subarray(0, 4)) === magic;
  } catch {
    return false;
  }
}

function readPolicyFile(path: string): {
  readonly manifest: Manifest;
  readonly arrays: Readonly<Record<string, PackedArray>>;
} {
  const made = 'a policy file is what "tendril train AGENT --world W (or --log LOG) --out FILE" writes';
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(readFileSync(path));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EISDIR') throw new TendrilError('not-a-file', `${path} is a directory; ${made}`);
    throw new TendrilError(
      'no-such-file',
      code === 'ENOENT' ? `there is no file ${path}; ${made}` : `cannot read ${path}: ${message}`,
      { cause: error },
    );
  }
  if (new TextDecoder().decode(bytes.subarray(0, 4)) !== magic)
    throw new TendrilError(
      'bad-model',
      `${path} is no policy file: it does not begin with ${magic}; ${made}`,
    );
  const packed = unpack(magic, bytes);
  if (packed && packed.header.format !== format) {
    throw new TendrilError(
      'bad-model',
      `${path} is of format ${JSON.stringify(packed.header.format)}; this version reads format ${format}`,
    );
  }
  const manifest = packed?.header.manifest as unknown as Manifest;
  // Packed again it must give the same bytes: a number's last digit may be changed without changing the number.
  if (
    !packed?.arrays.model ||
    !manifest ||
    packed.header.sha256 !== hashOf(manifest, packed.arrays) ||
    Buffer.compare(pack(magic, packed), bytes) !== 0
  )
    throw new TendrilError(
      'bad-model',
      `${path} is damaged: its ${bytes.length} bytes are not what was written`,
    );
  return { manifest, arrays: packed.arrays };
}

function hashOf(manifest: Manifest, arrays: Readonly<Record<string, PackedArray>>): string {
  const hash = createHash('sha256').update(JSON.stringify(manifest));
  for (const name of Object.keys(arrays).sort()) {
    const { buffer, byteOffset, byteLength } = arrays[name]!;
    hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return hash.digest('hex');
}
