/**
 * `node bench/bandits.ts [world, or "world agent"] [seeds]`: the bandits lin-ucb and thompson where the best action is known, after so many steps:
 * the regret on the way (what the best action would have earned in expectation, less what those taken do), and the mean
 * reward of the greedy policy over 4,000 fresh episodes as a share of the best possible. Values of `alpha` and `noise`
 * are chosen with seeds 101,102,103 and reported with 1 to 5; with other seeds than these nothing is written. Writes
 * bench/results/bandits.json.
 */
import { agentNamed, type Policy } from '../src/agent/index.ts';
import { readSettings, rng } from '../src/core/index.ts';
import { judgeSeed, rollout } from '../src/learn/index.ts';
import { tInterval } from '../src/measure/index.ts';
import { bestDecision, type World, type WorldDefinition, worldNamed } from '../src/world/index.ts';
import { merged, record, rounded } from './record.ts';

const reported = [1, 2, 3, 4, 5];
const [, , only, seedList] = process.argv;
const seeds = seedList?.split(',').map(Number) ?? reported;

const runs = [
  ...[0.1, 0.25, 0.5, 1].map((alpha) => ({ world: 'bandit-v1', agent: 'lin-ucb', settings: { alpha } })),
  { world: 'bandit-v1', agent: 'thompson', settings: {} },
  ...[0.15, 0.3, 0.5].map((noise) => ({
    world: 'bandit-v1',
    agent: 'thompson',
    settings: { beliefs: 'linear', noise },
  })),
  { world: 'bandit-v1', agent: 'q-learning', settings: { learningRate: 1, learningRateDecay: 1 } },
  ...[false, true].flatMap((products) =>
    [0.25, 0, 0.1, 0.5].map((alpha) => ({
      world: 'campaign-v1',
      agent: 'lin-ucb',
      settings: { alpha, products },
    })),
  ),
  ...[false, true].flatMap((products) =>
    [0.15, 0.05, 0.3].map((noise) => ({
      world: 'campaign-v1',
      agent: 'thompson',
      settings: { noise, products },
    })),
  ),
];
const lengths = [1000, 5000, 20_000];

interface Truth {
  best(seen: Float32Array, at: number): number;
  of(seen: Float32Array, at: number, action: number): number;
}

/** What actions earn in expectation, in the state that begins at `at`. */
function truthOf({ decisions, model }: WorldDefinition): Truth {
  if (decisions)
    return {
      best: (seen, at) => bestDecision(decisions, seen, at).reward,
      of: (seen, at, action) => decisions.reward(seen, at, action),
    };
  const { actions, outcomes } = model!();
  const means = Array.from({ length: actions }, (_, arm) =>
    outcomes(0, arm).reduce((sum, { probability, reward }) => sum + probability * reward, 0),
  );
  return { best: () => Math.max(...means), of: (_seen, _at, action) => means[action]! };
}

for (const { world: id, agent: name, settings } of runs) {
  if (only && !`${id} ${name}`.startsWith(only)) continue;
  const definition = worldNamed(id);
  const truth = truthOf(definition);
  const regrets = lengths.map((): number[] => []);
  const shares = lengths.map((): number[] => []);
  const began = process.cpuUsage();
  for (const seed of seeds) {
    let regret = 0;
    let seen = new Float32Array(0);
    const inner = definition.create(8);
    const world: World = {
      ...inner,
      reset: (from) => (seen = inner.reset(from).slice()),
      step(actions) {
        for (let i = 0; i < inner.n; i++) {
          const at = i * inner.observation.size;
          regret += truth.best(seen, at) - truth.of(seen, at, actions[i]!);
        }
        const step = inner.step(actions);
        seen = step.observations.slice();
        return step;
      },
    };
    const read = readSettings(agentNamed(name).settings, settings);
    if (!read.ok) throw new Error(read.error.message);
    const { observation, action } = world;
    const agent = await agentNamed(name).create({ observation, action, rng: rng(seed) }, read.value);
    await rollout(agent, world, {
      steps: lengths.at(-1)!,
      seed,
      discount: 0,
      async onLesson(_report, steps) {
        const place = lengths.indexOf(steps);
        if (place < 0) return;
        regrets[place]!.push(regret);
        shares[place]!.push(await shareOfBest(definition.create(8), truth, agent.policy(), judgeSeed(seed)));
      },
    });
  }
  const { user } = process.cpuUsage(began);
  const row = {
    world: id,
    agent: name,
    settings,
    ...Object.fromEntries(
      lengths.flatMap((steps, i) => [
        [`regret@${steps}`, figures(regrets[i]!)],
        [`share@${steps}`, figures(shares[i]!)],
      ]),
    ),
    stepsPerProcessorSecond: Math.round((1e6 * seeds.length * lengths.at(-1)!) / user),
  };
  console.log(JSON.stringify(row));
  if (String(seeds) === String(reported))
    record('bandits', {
      command: 'node bench/bandits.ts',
      data: 'none: simulated worlds',
      seeds,
      rows: merged('bandits', [row], ['world', 'agent', 'settings']),
    });
}

/** Of the greedy policy over 4,000 episodes of one step: what its actions earn in expectation, over what the best ones do. */
async function shareOfBest(world: World, truth: Truth, policy: Policy, seed: number): Promise<number> {
  const { n, observation } = world;
  let seen = world.reset(seed).slice();
  let [earned, best] = [0, 0];
  for (let round = 0; round < 4000 / n; round++) {
    const scores = await policy.evaluate(seen, n);
    const actions = Int32Array.from({ length: n }, (_, i) => policy.greedy(scores, i)[0]!);
    for (let i = 0; i < n; i++) {
      earned += truth.of(seen, i * observation.size, actions[i]!);
      best += truth.best(seen, i * observation.size);
    }
    seen = world.step(actions).observations.slice();
  }
  return earned / best;
}

function figures(values: readonly number[]): { mean: number; low: number; high: number } {
  const { mean, low, high } = tInterval(values);
  return { mean: rounded(mean), low: rounded(low), high: rounded(high) };
}
