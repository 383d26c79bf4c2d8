import type { Command } from 'commander';
import { openEngine } from '../adapters/index.ts';
import { agentNamed } from '../agent/index.ts';
import { TendrilError } from '../core/index.ts';
import { oracleChoices, type Simulation, simulate } from '../eval/index.ts';
import type { Engine } from '../math/index.ts';
import { type ShopWorld, worldNamed } from '../world/index.ts';
import { collect, pairs, settingsByAgent } from './named-values.ts';
import { names, positiveWhole, share, wholeFromZero, wholeNumber } from './option-values.ts';
import { printRows } from './output.ts';
import { progressLine } from './progress.ts';
import { tunedAgents, tunedDiscount } from './tuned-agents.ts';

interface Options {
  readonly world: string;
  readonly agents: readonly string[];
  readonly seeds: number;
  readonly seed: number;
  readonly interactions: number;
  readonly shoppers: number;
  readonly epochs: number;
  readonly discount: number;
  readonly set: readonly string[];
  readonly option: readonly string[];
  readonly oracle: boolean;
  readonly json: boolean;
}

/** `tendril simulate`: agents learn in a simulated shop and are judged on the same shoppers. */
export function simulateCommand(command: Command): void {
  command
    .description(
      'Lets each agent learn from the same number of interactions with simulated shoppers, once for each seed, and judges it on the same shoppers with the same luck: cumulative reward, success rate, and the share of what a policy that knows everything would earn. Agents with networks take minutes; --seeds 1 and fewer --interactions show less, sooner.',
    )
    .option('--world <id>', 'the world', 'shop-v1')
    .option('--agents <names>', 'separated by commas; differences are of the first to each other', names, [
      'dqn',
      'popularity',
      'markov',
      'item-knn',
    ])
    .option('--seeds <n>', 'training runs of each agent', positiveWhole, 3)
    .option('--seed <n>', 'the first of the seeds', wholeNumber, 1)
    .option('--interactions <n>', 'slates each agent may learn from', positiveWhole, 20_000)
    .option('--shoppers <n>', 'shoppers an agent is judged on', positiveWhole, 400)
    .option('--epochs <n>', 'points of the learning curve', wholeFromZero, 0)
    .option('--discount <x>', 'weight of what comes after the next slate, 0 to 1', share, tunedDiscount)
    .option(
      '--set <agent.setting=value>',
      'a setting of an agent instead of the tuned one (bench/shop.ts) or the default; may be repeated',
      collect,
      [],
    )
    .option('--option <name=value>', 'an option of the world; may be repeated', collect, [])
    .option('--no-oracle', 'skip the reference that knows the truth')
    .option('--json', 'one JSON object a line', false)
    .addHelpText(
      'after',
      `
Examples:
  $ tendril simulate --world shop-v1 --agents dqn,popularity,markov,item-knn --seeds 3 --interactions 20000 --json
  $ tendril simulate --agents popularity,markov --option items=50 --option shop=7 --set markov.epsilon=0.2`,
    )
    .action(run);
}

async function run(options: Options): Promise<void> {
  const definition = worldNamed(options.world);
  const worldOptions = pairs('--option', options.option);
  const settings = settingsByAgent(options.set, options.agents);
  const world = definition.create(1, worldOptions);
  if (world.action.kind !== 'slate') {
    throw new TendrilError('bad-setting', `world "${options.world}" shows no slates; accepted: shop-v1`);
  }
  let engine: Promise<Engine> | undefined;
  const line = progressLine('simulate');
  let result: Simulation;
  try {
    result = await simulate({
      world: (n) => definition.create(n, worldOptions),
      contestants: options.agents.map((name) => ({
        definition: agentNamed(name),
        ...tunedAgents[name],
        settings: { ...tunedAgents[name]?.settings, ...settings[name] },
      })),
      interactions: options.interactions,
      seeds: Array.from({ length: options.seeds }, (_, i) => options.seed + i),
      shoppers: options.shoppers,
      epochs: options.epochs,
      discount: options.discount,
      ...(options.oracle && 'hidden' in world && { oracle: (w) => oracleChoices(w as ShopWorld) }),
      engine: () => {
        engine ??= openEngine();
        return engine;
      },
      progress: line.report,
    });
  } finally {
    line.done();
  }
  printRows(rowsOf(result, options.json), options.json);
}

function rowsOf({ agents, oracle, differences }: Simulation, json: boolean): Record<string, unknown>[] {
  const rows = agents.map(({ agent, figures, reward, oracleShare, regret, runs }) => {
    const less = differences.find((entry) => entry.agent === agent)?.difference;
    return {
      agent,
      ...figures,
      rewardLow: finite(reward.low),
      rewardHigh: finite(reward.high),
      ...(oracle && { oracleShare, regret }),
      firstMinusThis: less?.mean ?? 0,
      differenceLow: finite(less?.low ?? 0),
      differenceHigh: finite(less?.high ?? 0),
      ...(json && { runs }),
    };
  });
  if (!oracle) return rows;
  const blank = {
    rewardLow: null,
    rewardHigh: null,
    firstMinusThis: null,
    differenceLow: null,
    differenceHigh: null,
  };
  return [...rows, { agent: '(oracle)', ...oracle, oracleShare: 1, regret: 0, ...blank }];
}

/** Bounds of one seed are infinite, which JSON cannot say. */
const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
