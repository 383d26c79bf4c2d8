import { createHash } from 'node:crypto';
import {
  accessSync,
  closeSync,
  constants,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { type Agent, agentNamed } from '../agent/index.ts';
import { type Json, pack, TendrilError, unpack } from '../core/index.ts';
import { restoreInWorld, type TrainedInWorld } from '../learn/index.ts';
import { type WorldDefinition, worldNamed } from '../world/index.ts';
import { openEngine } from './open-engine.ts';
import { worldWithData } from './taobao-networks.ts';

/**
 * A policy in one file, to carry from where it was trained to where it is explained, judged or put to work. Packed
 * (core/packed.ts) with the letters TDPF; header {format, manifest, sha256}, one array `model`, the bytes of
 * learn/model-file.ts. The hash is of the manifest's JSON and the model, so a file with a changed byte is refused.
 */
const magic = 'TDPF';
const format = 1;

type Manifest = TrainedInWorld['manifest'];

export interface PolicyFile {
  readonly manifest: Manifest;
  /** The world it was trained in, and the options that world had. */
  readonly definition: WorldDefinition;
  readonly worldOptions: Readonly<Record<string, unknown>>;
  readonly agent: Agent;
}

/** Refuses a path that cannot become a file, before hours of training; makes the directories it needs. */
export function checkPolicyPath(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
    throw new TendrilError('not-a-file', `${path} is a directory`);
  accessSync(dirname(path), constants.W_OK);
}

/** Written under another name and renamed: a kill at any moment leaves the old file or the new one. */
export function writePolicyFile(
  path: string,
  { manifest, model }: Pick<TrainedInWorld, 'manifest' | 'model'>,
): void {
  const sha256 = hashOf(manifest, model);
  const bytes = pack(magic, {
    header: { format, manifest: manifest as unknown as Json, sha256 },
    arrays: { model },
  });
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
  const { manifest, model } = readPolicyFile(path);
  const trainedIn = String(manifest.encoding.world);
  if (world !== undefined && trainedIn !== world)
    throw new TendrilError('bad-model', `${path} was trained in "${trainedIn}", not in "${world}"`);
  const definition = worldWithData(worldNamed(trainedIn), process.env.TENDRIL_DATASETS);
  const engine = agentNamed(manifest.agent).consumes === 'sequences' ? undefined : await openEngine();
  const restored = await restoreInWorld({ manifest, model }, definition, engine);
  return { manifest, definition, ...restored };
}

function readPolicyFile(path: string): { readonly manifest: Manifest; readonly model: Uint8Array } {
  const made = 'a policy file is what "tendril train AGENT --world W --out FILE" writes';
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
  const model = packed?.arrays.model as Uint8Array | undefined;
  if (!packed || !manifest || !model || packed.header.sha256 !== hashOf(manifest, model))
    throw new TendrilError(
      'bad-model',
      `${path} is damaged: its ${bytes.length} bytes are not what was written`,
    );
  return { manifest, model };
}

const hashOf = (manifest: Manifest, model: Uint8Array): string =>
  createHash('sha256').update(JSON.stringify(manifest)).update(model).digest('hex');
