import { createReadStream, statSync } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { TendrilError } from '../core/index.ts';

/** What a file (or `-`, a pipe) holds, unpacked where it is gzip, in pieces of up to some 16 MB. */
export interface ByteSource {
  readonly name: string;
  /** Bytes on disk, before unpacking; undefined for a pipe. */
  readonly size: number | undefined;
  /** Bytes read so far, before unpacking. */
  read(): number;
  /** Throws `truncated-gzip` after the last piece that could be unpacked. */
  chunks(): AsyncIterable<Buffer>;
}

/** Throws `no-such-file`, `not-a-file`, `empty-file`. */
export function byteSource(path: string): ByteSource {
  const name = path === '-' ? 'standard input' : path;
  let size: number | undefined;
  if (path !== '-') {
    try {
      const stat = statSync(path);
      if (stat.isDirectory()) throw new TendrilError('not-a-file', `${name} is a directory`);
      size = stat.isFile() ? stat.size : undefined;
    } catch (error) {
      if (error instanceof TendrilError) throw error;
      throw cannotRead(name, error);
    }
    if (size === 0) throw new TendrilError('empty-file', `${name} is empty`);
  }
  let read = 0;
  async function* raw(): AsyncGenerator<Buffer> {
    const stream = path === '-' ? process.stdin : createReadStream(path, { highWaterMark: 262_144 });
    try {
      for await (const chunk of stream) {
        read += chunk.length;
        yield chunk as Buffer;
      }
    } catch (error) {
      throw cannotRead(name, error);
    }
  }
  return {
    name,
    size,
    read: () => read,
    async *chunks() {
      // The first two bytes tell gzip; a pipe may bring them one by one.
      let head: Buffer = Buffer.alloc(0);
      const source = raw();
      try {
        while (head.length < 2) {
          const next = await source.next();
          if (next.done) break;
          head = Buffer.concat([head, next.value]);
        }
        const instead = path === '-' ? '; accepted: rows on it, or the name of a file to read instead' : '';
        if (head.length === 0) throw new TendrilError('empty-file', `${name} is empty${instead}`);
        const whole = (async function* () {
          yield head;
          for (let next = await source.next(); !next.done; next = await source.next()) yield next.value;
        })();
        if (head[0] === 0x1f && head[1] === 0x8b) yield* unpack(whole, name);
        else yield* whole;
      } finally {
        await source.return(undefined); // closes the file where the reader stopped early
      }
    },
  };
}

function cannotRead(name: string, error: unknown): TendrilError {
  const code = (error as NodeJS.ErrnoException).code;
  return new TendrilError(
    'no-such-file',
    code === 'ENOENT' ? `there is no file ${name}` : `cannot read ${name}: ${(error as Error).message}`,
    { cause: error },
  );
}

/**
 * Unpacks piece by piece and hands on everything before a break: an iterator over the stream would lose what it had
 * buffered when the error comes.
 */
async function* unpack(chunks: AsyncIterable<Buffer>, name: string): AsyncIterable<Buffer> {
  const gunzip = createGunzip();
  let unpacked: Buffer[] = [];
  let failure: Error | undefined;
  gunzip.on('data', (piece: Buffer) => unpacked.push(piece));
  gunzip.on('error', (error) => {
    failure = error;
  });
  const ended = new Promise<void>((resolve) => gunzip.once('close', resolve));
  for await (const chunk of chunks) {
    // Small pieces in, so that what comes out is bounded (gzip packs at most about 1000 to 1).
    for (let at = 0; at < chunk.length && !failure; at += 16_384) {
      await Promise.race([
        new Promise<void>((resolve) => gunzip.write(chunk.subarray(at, at + 16_384), () => resolve())),
        ended,
      ]);
      yield* unpacked;
      unpacked = [];
    }
    if (failure) break;
  }
  if (!failure) gunzip.end();
  await ended;
  yield* unpacked;
  if (failure) {
    throw new TendrilError('truncated-gzip', `${name} is a broken gzip file (${failure.message})`, {
      cause: failure,
    });
  }
}
