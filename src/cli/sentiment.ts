import { isUtf8 } from 'node:buffer';
import { once } from 'node:events';
import { createReadStream, statSync } from 'node:fs';
import type { Readable } from 'node:stream';
import type { Command } from 'commander';
import { TendrilError } from '../core/index.ts';
import { type Sentiment, sentiment } from '../math/index.ts';

/** `tendril sentiment`: a score for each line, in one pass, however long the input. */
export function sentimentCommand(command: Command): void {
  command
    .description(
      'Scores each line with VADER: neg, neu, pos and compound, tab-separated, one line of output for each line of ' +
        'input, empty ones too. A line ends at LF (a CR before it is dropped) and nowhere else; text is UTF-8. How ' +
        'many were positive (compound from .05), neutral and negative (to -.05) goes to stderr.',
    )
    .argument('[file...]', 'files to read one after another; standard input where there is none')
    .option('--json', 'one JSON object a line', false)
    .addHelpText('after', '\nExample:\n  $ tendril sentiment < reviews.txt > scores.tsv')
    .action(async (files: string[], { json }: { json: boolean }) => {
      const counts = { lines: 0, positive: 0, neutral: 0, negative: 0 };
      for (const { name, open } of files.length > 0 ? files.map(fileAt) : [standardInput]) {
        for await (const lines of linesOf(open(), name)) {
          let text = '';
          for (const line of lines) {
            const score = sentiment(line);
            counts.lines++;
            counts[score.compound >= 0.05 ? 'positive' : score.compound <= -0.05 ? 'negative' : 'neutral']++;
            text += json ? `${JSON.stringify(score)}\n` : row(score);
          }
          await write(text);
        }
      }
      const { lines, positive, neutral, negative } = counts;
      process.stderr.write(
        `${lines} ${lines === 1 ? 'line' : 'lines'}: ${positive} positive, ${neutral} neutral, ${negative} negative\n`,
      );
    });
}

/** Numbers as the original prints them: at least one decimal, "0.0", "1.0", "-0.0". */
function row({ neg, neu, pos, compound }: Sentiment): string {
  return `${decimal(neg)}\t${decimal(neu)}\t${decimal(pos)}\t${decimal(compound)}\n`;
}

function decimal(value: number): string {
  if (Object.is(value, -0)) return '-0.0';
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

interface Source {
  readonly name: string;
  /** Called when it is its turn: a stream that waits unread would fail unheard. */
  open(): Readable;
}

function fileAt(path: string): Source {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) throw new TendrilError('no-such-file', `there is no file ${path}`);
  if (found.isDirectory()) throw new TendrilError('not-a-file', `${path} is a directory`);
  return { name: path, open: () => createReadStream(path, { highWaterMark: 1 << 18 }) };
}

const standardInput: Source = { name: 'standard input', open: () => process.stdin };

/**
 * The lines of a stream, as many at a time as a chunk completes. Bytes are cut at LF before they are decoded, so no
 * character is split; a byte order mark at the beginning is dropped; bytes that are not UTF-8 are an error that names
 * the line.
 */
async function* linesOf(stream: Readable, name: string): AsyncGenerator<string[]> {
  let held: Buffer[] = [];
  let line = 1;
  const decode = (block: Buffer): string[] => {
    if (!isUtf8(block)) throw notText(block, name, line);
    const text = block.toString('utf8');
    const lines = (line === 1 && text.startsWith('\ufeff') ? text.slice(1) : text).split('\n');
    line += lines.length;
    return lines.map((each) => (each.endsWith('\r') ? each.slice(0, -1) : each));
  };
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    const end = chunk.lastIndexOf(10);
    if (end < 0) {
      held.push(chunk);
      continue;
    }
    yield decode(Buffer.concat([...held, chunk.subarray(0, end)]));
    held = end + 1 < chunk.length ? [chunk.subarray(end + 1)] : [];
  }
  const rest = Buffer.concat(held);
  if (rest.length > 0) yield decode(rest);
}

function notText(block: Buffer, name: string, firstLine: number): TendrilError {
  let line = firstLine;
  for (let from = 0; from <= block.length; line++) {
    const end = block.indexOf(10, from);
    if (!isUtf8(block.subarray(from, end < 0 ? block.length : end))) break;
    from = end + 1;
  }
  return new TendrilError('not-text', `${name}, line ${line}: these bytes are not UTF-8`);
}

/** Writes, and waits while the reader is behind. */
async function write(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}
