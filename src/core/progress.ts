/** How long work reports where it is. `total` is missing where it cannot be known (a pipe). */
export type Progress = (done: number, total: number | undefined, note?: string) => void;

/** For callers that do not watch. */
export const silent: Progress = () => {};
