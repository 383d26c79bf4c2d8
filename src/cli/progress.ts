import cliProgress from 'cli-progress';
import type { Progress } from '../core/index.ts';

export interface ProgressLine {
  readonly report: Progress;
  /** Takes the bar away, or writes the last line. */
  done(): void;
}

/** Progress on stderr, with the time left: a bar on a terminal, else a plain line at most every ten seconds. */
export function progressLine(label: string): ProgressLine {
  const line = withoutTime(label);
  return { ...line, report: withTimeLeft(line.report) };
}

function withoutTime(label: string): ProgressLine {
  if (process.stderr.isTTY) {
    const bar = new cliProgress.SingleBar({
      format: `${label} {bar} {percentage}% {note}`,
      stream: process.stderr,
      clearOnComplete: true,
      hideCursor: true,
    });
    bar.start(1, 0, { note: '' });
    return {
      report(done, total, note = '') {
        bar.setTotal(total ?? done + 1);
        bar.update(done, { note });
      },
      done: () => bar.stop(),
    };
  }
  let last = Date.now();
  return {
    report(done, total, note = '') {
      if (Date.now() - last < 10_000) return;
      last = Date.now();
      process.stderr.write(
        `${label}: ${Math.round(done * 100) / 100}${total === undefined ? '' : ` of ${total}`} ${note}\n`,
      );
    },
    done: () => {},
  };
}

/**
 * Adds how long the rest will take at the pace since the first report, once a hundredth is done: a pace of less is that of the
 * start, and what a resumed run found done before says nothing. Other work, with another total or from the beginning, has another pace.
 */
function withTimeLeft(report: Progress): Progress {
  let first: { at: number; done: number; total: number | undefined } | undefined;
  let [word, last] = ['', 0];
  return (done, total, note = word) => {
    if (!first || total !== first.total || done < last) first = { at: performance.now(), done, total };
    [word, last] = [note, done];
    const made = done - first.done;
    const seconds =
      total && made > 0 && made >= total / 100
        ? ((performance.now() - first.at) / 1000 / made) * Math.max(0, total - done)
        : 0;
    report(done, total, `${note}${seconds >= 1 ? ` ${Math.round(seconds)} s left` : ''}`.trim());
  };
}
