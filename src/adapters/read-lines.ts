import { isUtf8 } from 'node:buffer';
import { TendrilError } from '../core/index.ts';
import type { ByteSource } from './read-bytes.ts';

/** Longer lines are refused: nothing that describes one event is longer, and memory stays bounded. */
export const LONGEST_LINE = 1_048_576;
const SHOWN_OF_LONG = 1_000;
const LF = 10;

export type Encoding = 'utf-8' | 'latin1';

export interface LineSettings {
  /** Stated; without it UTF-8 is expected. */
  readonly encoding?: Encoding | undefined;
  /** Where no encoding is stated, take lines that are not UTF-8 as Latin-1. */
  readonly latin1IfNotUtf8?: boolean;
}

export interface LineTaker {
  line(text: string, number: number): void;
  bad(reason: string, text: string, number: number): void;
  /** The next line is taken as Latin-1 since it is not UTF-8. */
  guessed?(): void;
}

/**
 * Cuts a source into lines and hands each to the taker. A line ends at LF, a CR before it is dropped, and nowhere else.
 * Yields between pieces, so that the caller can store what has come and show how far it is.
 *
 * Whole pieces are decoded at once; only a piece that is not valid UTF-8 is gone through line by line.
 * Throws `not-text`, and what the source throws; the unfinished last line of a broken file is not handed on.
 */
export async function* readLines(
  source: ByteSource,
  taker: LineTaker,
  settings: LineSettings = {},
): AsyncIterable<void> {
  const { encoding } = settings;
  const guess = encoding === undefined && (settings.latin1IfNotUtf8 ?? false);
  let carry: Buffer[] = [];
  let carried = 0;
  let skipping = false;
  let number = 0;

  function take(bytes: Buffer): void {
    if ((encoding === 'latin1' || isUtf8(bytes)) && !bytes.includes(0)) {
      const text = encoding === 'latin1' ? bytes.toString('latin1') : bytes.toString('utf8');
      for (let at = 0; at < text.length; ) {
        let end = text.indexOf('\n', at);
        if (end < 0) end = text.length;
        const stop = end > at && text.charCodeAt(end - 1) === 13 ? end - 1 : end;
        const line = text.slice(at, stop);
        at = end + 1;
        number++;
        if (line.length > LONGEST_LINE) tooLong(line.length, line.slice(0, SHOWN_OF_LONG));
        else taker.line(line, number);
      }
      return;
    }
    for (let at = 0; at < bytes.length; ) {
      let end = bytes.indexOf(LF, at);
      if (end < 0) end = bytes.length;
      const line = bytes.subarray(at, end > at && bytes[end - 1] === 13 ? end - 1 : end);
      at = end + 1;
      number++;
      if (line.length > LONGEST_LINE) tooLong(line.length, line.toString('utf8', 0, SHOWN_OF_LONG));
      else if (line.includes(0))
        taker.bad('it holds a zero byte; accepted: text', line.toString('latin1'), number);
      else if (encoding === 'latin1') taker.line(line.toString('latin1'), number);
      else if (isUtf8(line)) taker.line(line.toString('utf8'), number);
      else if (guess) {
        taker.guessed?.();
        taker.line(line.toString('latin1'), number);
      } else
        taker.bad('it is not UTF-8; accepted: UTF-8, or --encoding latin1', line.toString('latin1'), number);
    }
  }
  const tooLong = (length: number, beginning: string): void =>
    taker.bad(`the line has ${length} characters; accepted: at most ${LONGEST_LINE}`, beginning, number);

  let first = true;
  let skipped = 0;
  let beginning = '';
  for await (let chunk of source.chunks()) {
    if (first) {
      first = false;
      refuseOtherFiles(chunk, source.name, encoding === 'latin1' || guess);
      if (chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf) chunk = chunk.subarray(3);
    }
    if (skipping) {
      // In the middle of a line that is already too long: nothing of it is kept but its beginning.
      const end = chunk.indexOf(LF);
      if (end < 0) {
        skipped += chunk.length;
        continue;
      }
      number++;
      tooLong(skipped + end, beginning);
      skipping = false;
      chunk = chunk.subarray(end + 1);
    }
    const last = chunk.lastIndexOf(LF);
    if (last < 0) {
      carry.push(chunk);
      carried += chunk.length;
      // Four bytes a character at most, so a line that could still be taken is never skipped.
      if (carried > 4 * LONGEST_LINE) {
        beginning = Buffer.concat(carry).toString('utf8', 0, SHOWN_OF_LONG);
        skipped = carried;
        skipping = true;
        carry = [];
        carried = 0;
      }
    } else {
      const whole = chunk.subarray(0, last + 1);
      take(carried > 0 ? Buffer.concat([...carry, whole]) : whole);
      // Copied: a view would keep the whole piece in memory.
      carry = last + 1 < chunk.length ? [Buffer.from(chunk.subarray(last + 1))] : [];
      carried = chunk.length - last - 1;
    }
    yield;
  }
  if (skipping) {
    number++;
    tooLong(skipped, beginning);
  }
  if (carried > 0) take(Buffer.concat(carry));
  if (number === 0) throw new TendrilError('empty-file', `${source.name} holds no line`);
  yield;
}

const packed: readonly (readonly [string, readonly number[]])[] = [
  ['a zip file', [0x50, 0x4b, 3, 4]],
  ['a zstd file', [0x28, 0xb5, 0x2f, 0xfd]],
  ['a bzip2 file', [0x42, 0x5a, 0x68]],
  ['an xz file', [0xfd, 0x37, 0x7a, 0x58, 0x5a]],
  ['a Parquet file', [0x50, 0x41, 0x52, 0x31]],
  ['a PDF file', [0x25, 0x50, 0x44, 0x46]],
];

/**
 * Throws `not-text` where the beginning of a file is not text, with what it seems to be. A bad line here and there is no
 * reason: those are refused one by one.
 */
function refuseOtherFiles(bytes: Buffer, name: string, latin1: boolean): void {
  const kind = packed.find(([, magic]) => magic.every((byte, i) => bytes[i] === byte))?.[0];
  if (kind)
    throw new TendrilError('not-text', `${name} is ${kind}; accepted: text, or text packed with gzip`);
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))
    throw new TendrilError('not-text', `${name} is UTF-16 text; accepted: UTF-8 (save it again as UTF-8)`);
  const head = bytes.subarray(0, 65_536);
  const whole = head.lastIndexOf(LF) + 1;
  // Without a line end a character may be cut at the end of the piece.
  const zero = head.indexOf(0);
  const wrong = latin1 ? -1 : firstWrong(whole > 0 ? head.subarray(0, whole) : head, whole === 0);
  if ((zero < 0 && wrong < 0) || mostlyText(head.subarray(0, whole), latin1)) return;
  throw new TendrilError(
    'not-text',
    zero >= 0
      ? `${name} is a binary file (a zero byte at offset ${zero}); accepted: text`
      : `${name} is not UTF-8 (the first wrong byte is at offset ${wrong}); accepted: UTF-8, or say --encoding latin1`,
  );
}

function mostlyText(lines: Buffer, latin1: boolean): boolean {
  let all = 0;
  let bad = 0;
  for (let at = 0; at < lines.length; all++) {
    const end = lines.indexOf(LF, at);
    const line = lines.subarray(at, end);
    if (line.includes(0) || !(latin1 || isUtf8(line))) bad++;
    at = end + 1;
  }
  return all > 2 && bad <= 1 + all / 10;
}

/** Offset of the first byte that cannot be UTF-8, or -1. */
function firstWrong(head: Buffer, mayBeCut: boolean): number {
  if (isUtf8(head)) return -1;
  let low = 0;
  let high = head.length;
  // isUtf8 of a prefix fails at a cut character too; look at whole prefixes up to three bytes shorter.
  const fine = (length: number): boolean =>
    [0, 1, 2, 3].some((cut) => length - cut >= 0 && isUtf8(head.subarray(0, length - cut)));
  if (mayBeCut && fine(head.length)) return -1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (fine(middle)) low = middle;
    else high = middle - 1;
  }
  for (let cut = 0; cut < 4; cut++) if (isUtf8(head.subarray(0, low - cut))) return low - cut;
  return low;
}
