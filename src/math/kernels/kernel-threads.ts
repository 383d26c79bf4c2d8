import type { Kernels } from './kernels.ts';
import {
  arraysIn,
  compiled,
  type KernelExports,
  kernelsOn,
  knowsFused,
  loadKernels,
  pagesFor,
} from './load-kernels.ts';

/**
 * Kernels that do two parts of a work at the same time, on one memory. A part is a list of calls, known before the first is
 * made: a training step of small matrices takes tens of microseconds a product, less than a message between threads, so
 * the lists lie in shared memory and the threads watch for each other awake, for a moment, before they sleep.
 */
export interface KernelThreads {
  /** Of this thread: arrays, and what is not done in parts. */
  readonly kernels: Kernels;
  /** 1 or 2. */
  readonly parts: number;
  /**
   * Calls `work` for each part, to note what it calls; what this answers then does all that, in parallel, as often as it is
   * called, with the numbers that stand in the arrays by then. No part may write what another reads or writes.
   */
  plan(work: Work): () => void;
  /** The same at once, for what changes from time to time. */
  inParallel(work: Work): void;
}

export type Work = (kernels: PartKernels, part: number) => void;

/** What answers nothing. */
export type PartKernels = Omit<
  Kernels,
  'id' | 'floats' | 'doubles' | 'ints' | 'bytes' | 'sumOfSquares' | 'distinctRows' | 'scanInt8'
>;

/** The places of an array of `size` that are the part's, in whole sixteens. */
export function placesOf(part: number, parts: number, size: number): [from: number, to: number] {
  const [from, to] = [part, part + 1].map((at) => Math.min(size, 16 * Math.ceil((at * size) / (16 * parts))));
  return [from!, to!];
}

/** Starts a thread that does `followCalls`; it must not keep the process alive. */
export type StartThread = (given: SharedWork) => void;

/** What the second thread is given. */
export interface SharedWork {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly mailbox: SharedArrayBuffer;
}

/** One part, in this thread. */
export function oneThread(kernels: Kernels): KernelThreads {
  const inParallel = (work: Work): void => work(kernels, 0);
  return { kernels, parts: 1, inParallel, plan: (work) => () => inParallel(work) };
}

/**
 * Two parts, where a thread can be started and the runtime has relaxed SIMD; else one. Until the thread has come up, both are
 * done in this one. It ends with the process, or when nothing holds what this answers, nor a plan, any more.
 */
export function kernelThreads(bytes: number, start?: StartThread): KernelThreads {
  if (!start || !knowsFused()) return oneThread(loadKernels({ bytes }));
  const pages = pagesFor(bytes);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  const module = compiled('shared');
  const mailbox = new SharedArrayBuffer(mailboxBytes);
  const { flags, calls } = viewsOf(mailbox);
  const arrays = arraysIn(memory);
  const exports = exportsOf(module, memory);
  const kernels = kernelsOn(arrays, exports as unknown as KernelExports, 'wasm fused');
  const notes = notesIn(calls);
  const noting = kernelsOn(arrays, notes.calls, kernels.id);
  start({ module, memory, mailbox });

  /** Notes what a part calls from place `at` on, at most up to `limit`; answers where that ends. */
  const note = (work: Work, part: number, at: number, limit = calls.length): number => {
    [notes.end, notes.limit] = [at, limit];
    work(noting, part);
    return notes.end;
  };
  const run = (here: readonly Call[], from: number, to: number): void => {
    const up = Atomics.load(flags, state) === isUp;
    if (up) {
      [flags[first], flags[end]] = [from, to];
      tell(flags, posted, flags[posted]! + 1);
    }
    try {
      for (const call of here) call();
    } finally {
      // Whatever happened here, the next work must not begin before the other has done with this one.
      if (up) waitUntil(flags, done, flags[posted]!);
    }
    if (!up && flags[state] !== hasFailed) for (const call of callsIn(calls, from, to, exports)) call();
    if (Atomics.load(flags, state) === hasFailed) throw new Error('the second thread of the kernels failed');
  };
  let planned = room;
  // Whoever can still post, by a plan alone too, holds these flags.
  released.register(flags, viewsOf(mailbox).flags);
  return {
    kernels,
    parts: 2,
    plan(work) {
      const here = callsIn(calls, planned, note(work, 0, planned), exports);
      const from = planned;
      planned = note(work, 1, planned);
      const to = planned;
      return () => run(here, from, to);
    },
    inParallel(work) {
      run([() => work(kernels, 0)], 0, note(work, 1, 0, room));
    },
  };
}

/** What the second thread does, for as long as it is wanted. */
export function followCalls({ module, memory, mailbox }: SharedWork): void {
  const exports = exportsOf(module, memory);
  const { flags, calls } = viewsOf(mailbox);
  const plans = new Map<number, readonly Call[]>();
  Atomics.store(flags, state, isUp);
  for (let turn = 1; ; turn++) {
    waitUntil(flags, posted, turn);
    const [from, to] = [flags[first]!, flags[end]!];
    if (to < 0) return;
    try {
      const known = plans.get(from) ?? callsIn(calls, from, to, exports);
      if (from >= room) plans.set(from, known);
      for (const call of known) call();
    } catch (error) {
      Atomics.store(flags, state, hasFailed);
      throw error;
    } finally {
      tell(flags, done, turn);
    }
  }
}

type Exports = Readonly<Record<string, (...args: readonly number[]) => void>>;
const exportsOf = (module: WebAssembly.Module, memory: WebAssembly.Memory): Exports =>
  new WebAssembly.Instance(module, { env: { memory } }).exports as Exports;

/** Exports that are not called but written down: place in `callable`, number of arguments, these. */
function notesIn(calls: Float64Array): { readonly calls: KernelExports; end: number; limit: number } {
  const notes = {
    end: 0,
    limit: calls.length,
    calls: Object.fromEntries(
      callable.map((name, i) => [
        name,
        (...args: readonly number[]) => {
          if (notes.end + 2 + args.length > notes.limit)
            throw new RangeError(`there are more calls than ${notes.limit} numbers have room for`);
          calls.set([i, args.length, ...args], notes.end);
          notes.end += 2 + args.length;
        },
      ]),
    ) as unknown as KernelExports,
  };
  return notes;
}

type Call = () => void;

/** What was noted from one place to another. */
function callsIn(calls: Float64Array, from: number, to: number, exports: Exports): Call[] {
  const found: Call[] = [];
  for (let at = from; at < to; at += 2 + calls[at + 1]!) {
    const kernel = exports[callable[calls[at]!]!]!;
    const args = [...calls.subarray(at + 2, at + 2 + calls[at + 1]!)];
    found.push(() => kernel(...args));
  }
  return found;
}

/** What answers nothing. */
const callable: readonly (keyof KernelExports)[] = [
  'adam',
  'adamRows',
  'addOuter',
  'affine',
  'approach',
  'dotRows',
  'products',
  'scatterAddRows',
  'sgd',
  'sparseProduct',
  'squaresTo',
  'sumRows',
  'tanhAll',
  'transpose',
];

/**
 * Flags: works posted, works done, where the posted calls begin and end (below 0: the thread is to end), how it is, and,
 * `asleep` places behind the first two, who sleeps until they change.
 */
const [posted, done, first, end, state, asleep] = [0, 1, 2, 3, 4, 5];
const [isUp, hasFailed] = [1, 2];
/** Places for the calls of `inParallel`; plans stand behind them. */
const room = 256;
const mailboxBytes = 64 + 8 * 4096;

const viewsOf = (mailbox: SharedArrayBuffer) => ({
  flags: new Int32Array(mailbox, 0, 7),
  calls: new Float64Array(mailbox, 64),
});

/** Awake for some hundred microseconds, then asleep until told. */
function waitUntil(flags: Int32Array, at: number, wanted: number): void {
  for (let i = 0; i < 200_000; i++) if (Atomics.load(flags, at) === wanted) return;
  Atomics.store(flags, asleep + at, 1);
  for (let now = Atomics.load(flags, at); now !== wanted; now = Atomics.load(flags, at))
    Atomics.wait(flags, at, now);
  Atomics.store(flags, asleep + at, 0);
}

/** Waking costs some microseconds even where nobody sleeps. */
function tell(flags: Int32Array, at: number, value: number): void {
  Atomics.store(flags, at, value);
  if (Atomics.load(flags, asleep + at) === 1) Atomics.notify(flags, at);
}

/** Nobody can post any more: the thread is told to end. */
const released = new FinalizationRegistry<Int32Array>((flags) => {
  flags[end] = -1;
  tell(flags, posted, flags[posted]! + 1);
});
