import { expect, test } from 'vitest';
import { openEngine } from '../adapters/index.ts';
import { agentNamed } from '../agent/index.ts';
import { type Event, observationSpec } from '../core/index.ts';
import { parseReward, rewardOf } from '../reward/index.ts';
import { type SingleWorld, vectorWorld } from '../world/index.ts';
import { trainInWorld } from './train-in-world.ts';

test('ddpg, paid by the declared signal `dwell` of view events, finds what keeps each shopper reading', async () => {
  const parsed = parseReward('dwell');
  if (!parsed.ok) throw new Error(parsed.error.message);
  /** Three minutes, more or less, where a page is as long and as plain as this shopper likes it; the best of one page for all is 1.9. */
  const reader = (): SingleWorld => {
    let taste = 0;
    const look = (out: Float32Array): void => {
      out[0] = taste;
    };
    return {
      observation: observationSpec([{ name: 'taste', kind: 'real', size: 1, low: -1, high: 1 }]),
      action: { kind: 'box', size: 2, low: -1, high: 1 },
      reset(stream, out) {
        taste = 2 * stream.float() - 1;
        look(out);
      },
      step([length, plain], stream, out) {
        const apart = (length! - 0.8 * taste) ** 2 + (plain! + 0.5 * taste) ** 2;
        const view: Event = {
          eventId: 'view',
          eventType: 'view',
          userId: 'reader',
          timestamp: 0,
          properties: { seconds: 180 * Math.exp(-2 * apart) * (0.8 + 0.4 * stream.float()) },
        };
        look(out);
        return { reward: rewardOf(parsed.value, view, () => 0), terminated: true };
      },
    };
  };
  const { manifest } = await trainInWorld({
    definition: agentNamed('ddpg'),
    world: {
      id: 'reader-v1',
      summary: 'Pages, read for minutes.',
      doc: { observation: '', action: '', reward: '', dynamics: '', optimum: '3' },
      options: {},
      create: (n) => vectorWorld('reader-v1', n, reader),
    },
    settings: { actorRate: 0.002, criticRate: 0.005, hidden: 32, learningStarts: 64, updatesPerStep: 0.25 },
    seed: 1,
    steps: 4000,
    engine: await openEngine(),
    clock: () => 0,
  });
  expect(manifest.metrics.meanReturn).toBeGreaterThan(2.85);
});
