import { agentNamed } from '../agent/index.ts';
import { rng } from '../core/index.ts';
import { readShop, trainOnShop } from '../learn/index.ts';
import { type Log, memoryLog } from '../log/index.ts';
import { createLoop, type Loop, type Trained } from '../loop.ts';
import { type Engine, sentiment } from '../math/index.ts';
import { memoryRegistry } from '../registry/index.ts';
import { restorePolicy } from './restore-policy.ts';

/** A shop of twelve products in memory, for tests: shoppers go from p0 to p1, from p2 to p3 and so on. */
export async function tinyShop(
  now = Date.UTC(2026, 5, 1),
  openEngine: () => Promise<Engine> = () => Promise.reject(new Error('no engine here')),
): Promise<{ readonly loop: Loop; readonly log: Log }> {
  const log = memoryLog();
  let ids = 0;
  const loop = await createLoop({
    log,
    registry: memoryRegistry(),
    clock: () => now,
    makeId: () => `id-${ids++}`,
    rng: rng(5),
    sentiment: (text) => sentiment(text).compound,
    warn: (message) => {
      throw new Error(message);
    },
    exploration: { default: { floor: 0, newShopper: 0 } },
    restore: (manifest, model, catalogue) => restorePolicy(manifest, model, catalogue, openEngine),
  });
  await loop.putItems(
    Array.from({ length: 12 }, (_, i) => ({
      itemId: `p${i}`,
      title: `Product ${i}`,
      price: 5 + i,
      categories: [i < 6 ? 'Tea' : 'Coffee'],
    })),
  );
  const events = Array.from({ length: 60 }, (_, u) => {
    const first = 2 * (u % 6);
    return [first, first + 1, (first + 2) % 12].map((item, step) => ({
      eventType: 'purchase',
      userId: `s${u}`,
      itemId: `p${item}`,
      timestamp: now - 86_400_000 + u * 60_000 + step * 1_000,
    }));
  });
  await loop.ingest(events.flat());
  return { loop, log };
}

/** Fits `markov` on the log, as `tendril train` would. */
export async function trainMarkov(log: Log): Promise<Trained> {
  return trainOnShop(log, await readShop(log), { definition: agentNamed('markov'), seed: 1, now: 0 });
}
