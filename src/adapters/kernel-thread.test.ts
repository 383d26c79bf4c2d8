import { expect, test, vi } from 'vitest';
import { rng } from '../core/index.ts';
import { type KernelThreads, kernelThreads, placesOf } from '../math/index.ts';
import { openEngine } from './open-engine.ts';

const { startThread } = await openEngine();
const size = 1000;

/** Steps of Adam in parts, and what they came to. */
function steps(threads: KernelThreads): number[] {
  const { kernels, parts } = threads;
  const [theta, m, v, gradient] = [1, 2, 3, 4].map(() => kernels.floats(size)) as Four;
  const squares = Array.from({ length: parts }, () => kernels.doubles(1));
  const chance = rng(1);
  const one = threads.plan((on, part) => {
    const [from, to] = placesOf(part, parts, size);
    const [a, b, c, d] = [theta, m, v, gradient].map((all) => all.subarray(from, to)) as Four;
    on.adam(a, b, c, d, { learningRate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, step: 1 });
    on.squaresTo(d, squares[part]!);
  });
  for (let i = 0; i < 300; i++) {
    for (let j = 0; j < size; j++) gradient[j] = chance.normal();
    one();
    threads.inParallel((on, part) => {
      const [from, to] = placesOf(part, parts, size);
      on.approach(theta.subarray(from, to), m.subarray(from, to), i / 1000);
    });
  }
  return [...theta, ...squares.map(([sum]) => sum!)];
}
type Four = [Float32Array, Float32Array, Float32Array, Float32Array];

/** Where the mailbox says that the other thread is up, and that it sleeps (kernel-threads.ts). */
const [state, asleep] = [4, 5] as const;

/** A thread that is up, and what it is told. */
async function up(bytes: number): Promise<{ threads: KernelThreads; mailbox: SharedArrayBuffer }> {
  let mailbox = new SharedArrayBuffer(0);
  const threads = kernelThreads(bytes, (given) => {
    ({ mailbox } = given);
    startThread!(given);
  });
  await vi.waitFor(() => expect(new Int32Array(mailbox)[state]).toBe(1), 10_000);
  return { threads, mailbox };
}

test('two threads come to the numbers that one comes to, whether the second is up or not', async () => {
  const never = steps(kernelThreads(2 ** 20, () => {}));
  expect(steps((await up(2 ** 20)).threads)).toEqual(never);
  const alone = steps(kernelThreads(2 ** 20));
  expect(never.slice(0, size)).toEqual(alone.slice(0, size));
  expect(never[size]! + never[size + 1]!).toBeCloseTo(alone[size]!, 9);
});

test('a part that fails in the other thread is an error here, now and later, not a wait without end', async () => {
  const { threads, mailbox } = await up(2 ** 18);
  const theta = threads.kernels.floats(4);
  const warned = new Promise<Error>((resolve) => process.once('warning', resolve));
  const broken = (): void =>
    threads.inParallel((on, part) => {
      on.sgd(theta, theta, 0.1);
      // No kernel has this number.
      if (part === 1) new Float64Array(mailbox, 64)[0] = 99;
    });
  expect(broken).toThrow('second thread of the kernels failed');
  expect(() => threads.inParallel((on) => on.sgd(theta, theta, 0.1))).toThrow('failed');
  expect((await warned).message).toContain('the second thread of the kernels ended');
});

test('a part that fails here does not leave the other thread ahead', async () => {
  const { threads } = await up(2 ** 18);
  const theta = threads.kernels.floats(32);
  const half = (part: number): Float32Array => theta.subarray(16 * part, 16 * part + 16);
  expect(() =>
    threads.inParallel((on, part) => {
      if (part === 0) throw new Error('no more');
      on.sgd(half(part), half(part), -1);
    }),
  ).toThrow('no more');
  theta.fill(1);
  threads.inParallel((on, part) => on.sgd(half(part), half(part), -1));
  expect([...theta]).toEqual(Array(32).fill(2));
});

test('more calls than there is room for are refused, and plans stand as they were', async () => {
  const { threads } = await up(2 ** 18);
  const theta = threads.kernels.floats(4).fill(1);
  const double = threads.plan((on, part) => {
    if (part === 1) on.sgd(theta, theta, -1);
  });
  expect(() =>
    threads.inParallel((on) => {
      for (let i = 0; i < 60; i++) on.approach(theta, theta, 0.1);
    }),
  ).toThrow('more calls than 256 numbers have room for');
  double();
  expect([...theta]).toEqual([2, 2, 2, 2]);
});

test('it sleeps where nothing comes for long, and wakes', async () => {
  const { threads, mailbox } = await up(2 ** 18);
  const theta = threads.kernels.floats(4).fill(1);
  const double = threads.plan((on, part) => {
    if (part === 1) on.sgd(theta, theta, -1);
  });
  double();
  await vi.waitFor(() => expect(new Int32Array(mailbox)[asleep]).toBe(1), 10_000);
  double();
  expect([...theta]).toEqual([4, 4, 4, 4]);
});
