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

/** Adds how long the rest will take at the pace so far, once a hundredth is done: a pace of less is that of the start. */
function withTimeLeft(report: Progress): Progress {
  const begun = performance.now();
  let word = '';
  return (done, total, note = word) => {
    word = note;
    const seconds =
      total && done >= total / 100
        ? ((performance.now() - begun) / 1000 / done) * Math.max(0, total - done)
        : 0;
    report(done, total, `${note}${seconds >= 1 ? ` ${Math.round(seconds)} s left` : ''}`.trim());
  };
}
