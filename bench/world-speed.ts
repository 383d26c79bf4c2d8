/**
 * `node bench/world-speed.ts`: steps a processor second that worlds do alone, without any agent: actions drawn beforehand, masks
 * asked for as an agent would. By how many are stepped together on flat arrays; the best of five runs, in one thread. Processor time and
 * not the clock's, so that a busy machine disturbs less. Writes bench/results/world-speed.json.
 */
import { rng } from '../src/core/index.ts';
import { choiceCount, worldNamed } from '../src/world/index.ts';
import { record } from './record.ts';

const worlds = ['cart-pole-v1', 'campaign-v1', 'campaign-v2', 'campaign-small-v2'];
const rows = worlds.flatMap((id) => [8, 64, 1024].map((n) => measured(id, n)));
record('world-speed', {
  command: 'node bench/world-speed.ts',
  data: 'none: simulated worlds',
  seeds: [1],
  notes: ['steps a processor second of one thread, best of five runs; with masks where a world has them'],
  rows,
});

function measured(id: string, n: number): Record<string, unknown> {
  const world = worldNamed(id).create(n);
  const chance = rng('actions');
  const choices = choiceCount(world.action);
  const sets = Array.from({ length: 64 }, () => Int32Array.from({ length: n }, () => chance.int(choices)));
  const rounds = Math.ceil(200_000 / n);
  const perSecond = (masked: boolean): number => {
    let best = 0;
    for (let run = 0; run < 5; run++) {
      world.reset(1);
      const began = process.cpuUsage();
      for (let t = 0; t < rounds; t++) {
        if (masked) world.masks?.();
        world.step(sets[t % sets.length]!);
      }
      const { user, system } = process.cpuUsage(began);
      best = Math.max(best, (1e6 * rounds * n) / (user + system));
    }
    return Math.round(best);
  };
  const row = {
    world: id,
    worlds: n,
    stepsPerSecond: perSecond(false),
    ...(world.masks && { withMasks: perSecond(true) }),
  };
  console.log(JSON.stringify(row));
  return row;
}
