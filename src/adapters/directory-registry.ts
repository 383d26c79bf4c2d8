import { createHash, randomUUID } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { TendrilError } from '../core/index.ts';
import {
  type Manifest,
  type Promoted,
  type Promotion,
  promote,
  type Registry,
  refuseRemoval,
} from '../registry/index.ts';

/**
 * Models in a directory, for several processes at once: `tendril train` may add a version while a server runs.
 *
 *   <agent>/<version>.model   the bytes; made whole under another name, then linked: of two writers one gets the number
 *   <agent>/<version>.json    the manifest, with length and SHA-256 of the bytes; written last, so what it names is complete
 *   promotions.jsonl          one line for each promotion, step back and removal, only ever added to
 *
 * Everything is on disk (fsync of the file and its directory) before a call answers. `serving()` reads nothing while
 * promotions.jsonl has not grown, so a server may ask it every second.
 */
export function directoryRegistry(path: string): Registry {
  const promotionsFile = join(path, 'promotions.jsonl');
  let readUpTo = 0;
  let lines = 0;
  let pile: readonly Promoted[] = [];
  const manifests = new Map<string, Manifest>();

  /** Folds the whole lines that were added since the last look; a last line without its end is still being written. */
  const refresh = (): void => {
    const size = sizeOf(promotionsFile);
    if (size < readUpTo) {
      readUpTo = 0;
      lines = 0;
      pile = [];
    }
    if (size === readUpTo) return;
    const bytes = Buffer.alloc(size - readUpTo);
    const file = openSync(promotionsFile, 'r');
    const length = readSync(file, bytes, 0, bytes.length, readUpTo);
    closeSync(file);
    const end = bytes.subarray(0, length).lastIndexOf(10) + 1;
    const added = bytes.toString('utf8', 0, end).split('\n').slice(0, -1);
    // All or nothing: what a wrong line left half folded would be folded twice.
    pile = added.reduce(
      (folded, line, i) =>
        line === '' || isCutOff(line)
          ? folded
          : promote(folded, parsePromotion(line, `line ${lines + i + 1} of ${promotionsFile}`)),
      pile,
    );
    lines += added.length;
    readUpTo += end;
  };
  const record = (promotion: Promotion): void => {
    mkdirSync(path, { recursive: true });
    const file = openSync(promotionsFile, 'a+');
    try {
      const { size } = fstatSync(file);
      const last = Buffer.alloc(1);
      const cutOff = size > 0 && readSync(file, last, 0, 1, size - 1) === 1 && last[0] !== 10;
      writeSync(file, `${cutOff ? '\n' : ''}${JSON.stringify(promotion)}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    syncDirectory(path);
  };
  const manifestOf = (agent: string, version: number): Manifest | undefined => {
    const file = join(path, folderOf(agent), `${version}.json`);
    const known = manifests.get(file);
    if (known) return known;
    const text = readIfThere(file);
    if (text === undefined) return undefined;
    const manifest = parseManifest(text.toString('utf8'), file, agent, version).manifest;
    manifests.set(file, manifest);
    return manifest;
  };
  const top = (): Manifest | undefined => {
    refresh();
    const serving = pile.at(-1);
    if (!serving) return undefined;
    const manifest = manifestOf(serving.agent, serving.version);
    if (!manifest) {
      throw new TendrilError(
        'bad-model',
        `version ${serving.version} of agent "${serving.agent}" serves, but ${path} does not hold it`,
      );
    }
    return manifest;
  };

  return {
    async put(model, given) {
      const folder = join(path, folderOf(given.agent));
      return storing(folder, () => {
        mkdirSync(folder, { recursive: true });
        const draft = join(folder, `.${randomUUID()}.draft`);
        writeWhole(draft, model);
        let version = 1 + Math.max(0, ...versionsIn(folder, '.model'));
        while (!claim(draft, join(folder, `${version}.model`))) version++;
        rmSync(draft);
        const manifest: Manifest = { ...given, version };
        const file = { bytes: model.length, sha256: sha256(model) };
        writeWhole(draft, Buffer.from(`${JSON.stringify({ ...manifest, file }, undefined, 2)}\n`));
        renameSync(draft, join(folder, `${version}.json`));
        syncDirectory(folder);
        syncDirectory(path);
        return structuredClone(manifest);
      });
    },
    async list(agent, tell) {
      const folders = agent === undefined ? foldersIn(path) : [folderOf(agent)];
      return folders
        .flatMap((folder) =>
          // Another process may have removed one since its name was read.
          versionsIn(join(path, folder), '.json').flatMap((version) => {
            try {
              return manifestOf(folder, version) ?? [];
            } catch (error) {
              if (!tell) throw error;
              tell((error as Error).message);
              return [];
            }
          }),
        )
        .sort((a, b) => b.createdAt - a.createdAt || a.agent.localeCompare(b.agent) || b.version - a.version);
    },
    async get(agent, version) {
      const file = join(path, folderOf(agent), `${version}.json`);
      const text = readIfThere(file);
      if (text === undefined) return undefined;
      const { manifest, bytes, hash } = parseManifest(text.toString('utf8'), file, agent, version);
      const modelFile = join(path, folderOf(agent), `${version}.model`);
      const model = readIfThere(modelFile);
      if (!model)
        throw new TendrilError('bad-model', `${modelFile} is missing, though its manifest is there`);
      const wrong =
        model.length !== bytes
          ? `it has ${model.length} bytes, ${bytes} were written`
          : sha256(model) !== hash && 'its bytes have another SHA-256';
      if (wrong) throw new TendrilError('bad-model', `${modelFile} is not what was stored: ${wrong}`);
      return { manifest, model: new Uint8Array(model.buffer, model.byteOffset, model.length) };
    },
    async promote(agent, version, now) {
      if (!manifestOf(agent, version))
        throw new TendrilError('not-found', `there is no version ${version} of agent "${agent}" in ${path}`);
      // Behind a line that cannot be read it would not serve.
      refresh();
      storing(path, () => record({ act: 'promote', agent, version, at: now }));
    },
    async rollBack(now) {
      refresh();
      if (pile.length < 2) return undefined;
      storing(path, () => record({ act: 'roll back', at: now }));
      return top();
    },
    async remove(agent, version, now) {
      const folder = join(path, folderOf(agent));
      refuseRemoval({ agent, version }, versionsIn(folder, '.json'), top());
      // First nobody goes back to it, last its manifest: killed in between, it is listed still and can be removed again.
      storing(path, () => {
        record({ act: 'remove', agent, version, at: now });
        for (const ending of ['model', 'json']) rmSync(join(folder, `${version}.${ending}`), { force: true });
        syncDirectory(folder);
      });
      manifests.delete(join(folder, `${version}.json`));
    },
    serving: async () => top(),
    async promoted() {
      refresh();
      return pile.toReversed();
    },
  };
}

/** Agents' names are names of folders; anything that could lead elsewhere is refused. */
function folderOf(agent: string): string {
  if (/^[a-z0-9][a-z0-9+_-]*$/.test(agent)) return agent;
  throw new TendrilError('bad-setting', `"${agent}" cannot name an agent; accepted: a-z, 0-9, +, _ and -`);
}

function foldersIn(path: string): string[] {
  return entriesOf(path).filter(
    (name) => /^[a-z0-9][a-z0-9+_-]*$/.test(name) && statSync(join(path, name)).isDirectory(),
  );
}

function versionsIn(folder: string, ending: string): number[] {
  return entriesOf(folder)
    .filter((name) => name.endsWith(ending) && /^[1-9][0-9]*$/.test(name.slice(0, -ending.length)))
    .map((name) => Number(name.slice(0, -ending.length)));
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** Gives the draft its number, if nobody has it yet. */
function claim(draft: string, file: string): boolean {
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function writeWhole(file: string, bytes: Uint8Array): void {
  const handle = openSync(file, 'w');
  try {
    for (let written = 0; written < bytes.length; ) written += writeSync(handle, bytes, written);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function syncDirectory(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function storing<T>(where: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EDQUOT')
      throw new TendrilError('disk-full', `there is no room left for a model in ${where}`, { cause: error });
    if (code === 'EACCES' || code === 'EROFS' || code === 'ENOTDIR') {
      throw new TendrilError(
        'bad-setting',
        `cannot write in ${where}: ${(error as Error).message}; accepted: a directory that can be written`,
        { cause: error },
      );
    }
    throw error;
  }
}

function parseManifest(
  text: string,
  file: string,
  agent: string,
  version: number,
): { readonly manifest: Manifest; readonly bytes: number; readonly hash: string } {
  let parsed: Manifest & { readonly file?: { readonly bytes: number; readonly sha256: string } };
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new TendrilError('bad-model', `${file} is not a manifest: it is not JSON`, { cause: error });
  }
  if (parsed?.format !== 1) {
    throw new TendrilError(
      'bad-model',
      parsed?.format === undefined
        ? `${file} has no format; accepted: 1`
        : `${file} is of format ${JSON.stringify(parsed.format)}; this version reads format 1`,
    );
  }
  const parts = [parsed.file, parsed.settings, parsed.data, parsed.metrics, parsed.encoding];
  if (parsed.agent !== agent || parsed.version !== version || !parsed.file || !parts.every(Boolean)) {
    throw new TendrilError(
      'bad-model',
      `${file} is not the manifest of version ${version} of agent "${agent}"`,
    );
  }
  const { file: stored, ...manifest } = parsed;
  return { manifest, bytes: stored.bytes, hash: stored.sha256 };
}

/** The beginning of a line whose writer died: that promotion did not happen. */
const isCutOff = (line: string): boolean => '{"act":'.startsWith(line.slice(0, 7)) && !line.endsWith('}');

function parsePromotion(line: string, where: string): Promotion {
  try {
    const promotion: Promotion = JSON.parse(line);
    if (promotion.act === 'roll back') return promotion;
    if (
      ['promote', 'remove'].includes(promotion.act) &&
      typeof promotion.agent === 'string' &&
      promotion.version > 0
    )
      return promotion;
  } catch {
    // told below, with the line
  }
  throw new TendrilError('bad-line', `${where} is not a promotion; remove that line: ${line.slice(0, 100)}`);
}
