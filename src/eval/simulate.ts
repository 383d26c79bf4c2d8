import type { AgentDefinition } from '../agent/index.ts';
import { type Progress, readSettings, rng, silent, TendrilError } from '../core/index.ts';
import { rollout } from '../learn/index.ts';
import type { Engine } from '../math/index.ts';
import { type Interval, pairedTInterval, tInterval } from '../measure/index.ts';
import type { World } from '../world/index.ts';
import { type Choose, chosenBy, figuresOfLives, judgeLives, type SimulatedFigures } from './judge-lives.ts';

/** An agent to be compared, with what was chosen for it beforehand. */
export interface Contestant {
  readonly definition: AgentDefinition;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** For agents of sequences: deepest event types that count. */
  readonly interactions?: readonly string[];
  /** Points of its learning curve, where they are not those of the others. */
  readonly epochs?: number;
}

export interface SimulateOptions {
  /** Builds n worlds of the same shop. */
  readonly world: (n: number) => World;
  readonly contestants: readonly Contestant[];
  /** Steps each agent may learn from. */
  readonly interactions: number;
  readonly seeds: readonly number[];
  readonly discount?: number;
  /** Worlds an agent learns in at once. */
  readonly worlds?: number;
  /** Shoppers each trained agent is judged on: the same for all agents and seeds. */
  readonly shoppers?: number;
  readonly evaluationSeed?: number;
  /** Points of the learning curve, 0 for none, each judged on `curveShoppers`. */
  readonly epochs?: number;
  readonly curveShoppers?: number;
  /** Builds the choices of a reference that knows the truth, for the share of its reward. */
  readonly oracle?: (world: World) => Choose;
  readonly engine?: () => Promise<Engine>;
  readonly progress?: Progress;
}

export interface SimulatedAgent {
  readonly agent: string;
  /** Mean over seeds. */
  readonly figures: SimulatedFigures;
  /** Over seeds, of the mean reward of a life. */
  readonly reward: Interval;
  /** Oracle's mean reward minus the agent's, and the agent's as a share of it; where there is an oracle. */
  readonly regret?: number;
  readonly oracleShare?: number;
  readonly runs: readonly SimulatedRun[];
}

export interface SimulatedRun {
  readonly seed: number;
  readonly figures: SimulatedFigures;
  /** Reward per step while it learned. */
  readonly trainReward: number;
  /** Judged at each epoch, with what the agent said of itself (meanMaxQ, tdError, loss, epsilon...). */
  readonly curve: readonly {
    readonly steps: number;
    readonly figures: SimulatedFigures;
    readonly report: Readonly<Record<string, number>>;
  }[];
}

export interface Simulation {
  readonly agents: readonly SimulatedAgent[];
  readonly oracle?: SimulatedFigures;
  /** First agent's mean reward minus each other's, paired by seed. */
  readonly differences: readonly { readonly agent: string; readonly difference: Interval }[];
}

/**
 * The experiment: every agent learns from the same number of interactions (its own choices
 * decide what it sees), once for each seed, and is then judged without exploration on the same fixed shoppers with common random numbers.
 */
export async function simulate(options: SimulateOptions): Promise<Simulation> {
  const { contestants, seeds, shoppers = 400, evaluationSeed = 1_000_003, progress = silent } = options;
  const oracle =
    options.oracle && (await judgeOracle(options.world(shoppers), options.oracle, evaluationSeed));
  const agents: SimulatedAgent[] = [];
  let done = 0;
  for (const contestant of contestants) {
    const runs: SimulatedRun[] = [];
    for (const seed of seeds) {
      runs.push(
        await train(contestant, seed, options, (steps) =>
          progress(
            done + steps / options.interactions,
            contestants.length * seeds.length,
            contestant.definition.name,
          ),
        ),
      );
      done++;
    }
    const figures = meanFigures(runs.map((run) => run.figures));
    agents.push({
      agent: contestant.definition.name,
      figures,
      reward: tInterval(runs.map((run) => run.figures.reward)),
      ...(oracle && {
        regret: oracle.reward - figures.reward,
        oracleShare: figures.reward / oracle.reward,
      }),
      runs,
    });
  }
  const rewards = (agent: SimulatedAgent): number[] => agent.runs.map((run) => run.figures.reward);
  const first = agents[0];
  return {
    agents,
    ...(oracle && { oracle }),
    differences: agents.slice(1).map((agent) => ({
      agent: agent.agent,
      difference: pairedTInterval(rewards(first!), rewards(agent)),
    })),
  };
}

async function judgeOracle(
  world: World,
  oracle: (world: World) => Choose,
  seed: number,
): Promise<SimulatedFigures> {
  return figuresOfLives(await judgeLives(world, oracle(world), seed));
}

async function train(
  contestant: Contestant,
  seed: number,
  options: SimulateOptions,
  told: (steps: number) => void,
): Promise<SimulatedRun> {
  const { definition, settings, interactions } = contestant;
  const { discount = 0.95, worlds = 16, shoppers = 400, evaluationSeed = 1_000_003 } = options;
  const { curveShoppers = 100 } = options;
  const epochs = contestant.epochs ?? options.epochs ?? 0;
  const read = readSettings(definition.settings, settings);
  if (!read.ok) throw new TendrilError(read.error.code, `${definition.name}: ${read.error.message}`);
  const world = options.world(worlds);
  const agent = await definition.create(
    {
      observation: world.observation,
      action: world.action,
      rng: rng(seed).fork('agent'),
      ...(world.itemFeatures && { items: world.itemFeatures }),
      ...(definition.needsEngine && options.engine && { engine: await options.engine() }),
    },
    read.value,
  );
  // The best guess of `random` would be the same products for everybody: it is judged by what it draws.
  const chosen = (): Choose =>
    chosenBy(agent.policy(), definition.name === 'random' ? rng(seed).fork('judged') : undefined);
  const curve: SimulatedRun['curve'][number][] = [];
  const curveWorld = epochs > 0 ? options.world(curveShoppers) : undefined;
  const every = options.interactions / Math.max(1, epochs);
  const { reward, steps } = await rollout(agent, world, {
    steps: options.interactions,
    seed,
    discount,
    ...(interactions && { interactions }),
    async onLesson(report, done) {
      told(done);
      if (!curveWorld || done < every * (curve.length + 1)) return;
      const lives = await judgeLives(curveWorld, chosen(), evaluationSeed + 1);
      curve.push({ steps: done, figures: figuresOfLives(lives), report: { ...report } });
    },
  });
  const lives = await judgeLives(options.world(shoppers), chosen(), evaluationSeed);
  return { seed, figures: figuresOfLives(lives), trainReward: reward / steps, curve };
}

function meanFigures(all: readonly SimulatedFigures[]): SimulatedFigures {
  const mean = (of: (figures: SimulatedFigures) => number): number =>
    all.reduce((sum, figures) => sum + of(figures), 0) / all.length;
  return {
    reward: mean((f) => f.reward),
    slates: mean((f) => f.slates),
    visits: mean((f) => f.visits),
    hitRate: mean((f) => f.hitRate),
    successRate: mean((f) => f.successRate),
  };
}
