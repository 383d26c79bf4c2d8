import { SingleBar } from 'cli-progress';

/** Progress of several steps, one after the other: a bar each on a terminal, elsewhere a line for each. On stderr. */
export function stepBar(): { show(step: string, share: number, note: string): void; stop(): void } {
  let current = '';
  let bar: SingleBar | undefined;
  const stop = (): void => {
    if (bar) {
      bar.update(1);
      bar.stop();
    }
    bar = undefined;
  };
  return {
    show(step, share, note) {
      if (step !== current) {
        stop();
        current = step;
        if (process.stderr.isTTY) {
          bar = new SingleBar({ format: '{step} {bar} {percentage}% {note}', hideCursor: true });
          bar.start(1, 0, { step: step.padEnd(8), note });
        } else process.stderr.write(`${step}: ${note}\n`);
      }
      bar?.update(share, { note });
    },
    stop,
  };
}
