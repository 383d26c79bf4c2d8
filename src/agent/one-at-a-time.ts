/**
 * Lets work on shared arrays go one after the other: an engine reads its inputs some time after a run was asked for, so
 * requests that are answered at once would write over each other's.
 */
export function oneAtATime(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work, work);
    last = next;
    return next;
  };
}
