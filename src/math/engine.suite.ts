import { beforeAll, describe, expect, test } from 'vitest';
import type { Engine, Program } from './engine.ts';
import { add } from './graph/elementwise.ts';
import { gatherRows } from './graph/gather.ts';
import { graph } from './graph/graph.ts';
import { linear } from './graph/matrix.ts';

/** y = x w + b, and rows = w[ids]: everything the contract speaks of in the smallest model. */
function smallModel(): Uint8Array {
  const g = graph();
  const w = g.input('w', [3, 2]);
  g.output('y', linear(g.input('x', [2, 3]), w, g.input('b', [2])));
  g.output('rows', add(gatherRows(w, g.input('ids', [2], 'int32')), 0));
  return g.bytes();
}

const tensor = (data: Float32Array | Int32Array, ...shape: number[]) => ({ data, shape });

/** What every Engine promises. Call it from an implementation's own test. */
export function engineSuite(name: string, open: () => Promise<Engine>): void {
  describe(`${name} keeps the Engine contract`, () => {
    let engine: Engine;
    let program: Program;
    beforeAll(async () => {
      engine = await open();
      program = await engine.compile(smallModel());
    });
    const inputs = () => ({
      x: tensor(Float32Array.of(1, 2, 3, 4, 5, 6), 2, 3),
      w: tensor(Float32Array.of(1, 0, 0, 1, 1, 1), 3, 2),
      b: tensor(Float32Array.of(10, 20), 2),
      ids: tensor(Int32Array.of(2, 0), 2),
    });

    test('says who it is', () => expect(engine.id).toMatch(/\S+ \d+\.\d+/));
    test('computes into the bound outputs', async () => {
      const y = tensor(new Float32Array(4), 2, 2);
      const rows = tensor(new Float32Array(4), 2, 2);
      await program.bind(inputs(), { y, rows })();
      expect([...y.data]).toEqual([14, 25, 20, 31]);
      expect([...rows.data]).toEqual([1, 1, 1, 0]);
    });
    test('reads and writes views in the middle of larger arrays, and touches nothing around them', async () => {
      const memory = new Float32Array(40).fill(7);
      const given = inputs();
      memory.set(given.w.data, 5);
      const w = tensor(memory.subarray(5, 11), 3, 2);
      const y = tensor(memory.subarray(20, 24), 2, 2);
      await program.bind({ ...given, w }, { y })();
      expect([...memory.subarray(19, 25)]).toEqual([7, 14, 25, 20, 31, 7]);
    });
    test('each run sees the arrays as they are then', async () => {
      const given = inputs();
      const y = tensor(new Float32Array(4), 2, 2);
      const run = program.bind(given, { y });
      await run();
      given.b.data[0] = 110;
      given.ids.data[0] = 1;
      await run();
      expect([...y.data]).toEqual([114, 25, 120, 31]);
    });
    test('some outputs may be left out', async () => {
      const rows = tensor(new Float32Array(4), 2, 2);
      await program.bind(inputs(), { rows })();
      expect([...rows.data]).toEqual([1, 1, 1, 0]);
    });
    test('same inputs, same bits', async () => {
      const once = tensor(new Float32Array(4), 2, 2);
      const again = tensor(new Float32Array(4), 2, 2);
      const given = inputs();
      given.x.data.set([0.1, 0.2, 0.3, 1 / 3, 1e-8, 3e7]);
      await program.bind(given, { y: once })();
      await (await engine.compile(smallModel(), { threads: 2 })).bind(given, { y: again })();
      expect(again.data).toEqual(once.data);
    });
    test('says which input is missing, unknown or of the wrong size', () => {
      const { b, ...rest } = inputs();
      const y = tensor(new Float32Array(4), 2, 2);
      expect(() => program.bind(rest, { y })).toThrow('input "b" is not bound');
      expect(() => program.bind(inputs(), { z: y })).toThrow('no output "z"; it has: y, rows');
      expect(() => program.bind({ ...rest, b: tensor(b.data, 3) }, { y })).toThrow(
        'do not fill the shape [3]',
      );
    });
    test('refuses bytes that are no model', async () => {
      await expect(engine.compile(new Uint8Array([1, 2, 3]))).rejects.toThrow();
    });
  });
}
